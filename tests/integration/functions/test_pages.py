"""Every paginated call is read to its last page: two Regions, five consumers, a row a page."""

from collections import Counter
from typing import Any

import boto3
import botocore.session
import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Party

pytestmark = pytest.mark.slow

FAR: str = "eu-west-1"
CONSUMERS = (CONSUMER, STRANGER, "777788889999", "888899990000", "999900001111")
# Operations that answer in pages, and the field that says where the next one begins.
TOKENS = {
    "DescribeVpcEndpointConnections": "NextToken",
    "DescribeVpcEndpointConnectionNotifications": "NextToken",
    "DescribeVpcEndpointServicePermissions": "NextToken",
    "DescribeVpcEndpoints": "NextToken",
    "DescribeNetworkInterfaces": "NextToken",
    "DescribeSecurityGroups": "NextToken",
    "DescribeSecurityGroupRules": "NextToken",
    "DescribeManagedPrefixLists": "NextToken",
    "DescribeRouteTables": "NextToken",
    "DescribeVpcs": "NextToken",
    "DescribeLoadBalancers": "Marker",
    "DescribeListeners": "Marker",
    "GetParametersByPath": "NextToken",
    "Query": "ExclusiveStartKey",
}
# Asked for one service by its id, it has nothing to page.
ONE_AT_A_TIME = "DescribeVpcEndpointServiceConfigurations"


@pytest.fixture
def pages(world: World, session: boto3.Session) -> Counter[str]:
    """Have answers come in the smallest pages; count the pages after the first, by operation."""
    world.privatelink.largest_page = 1
    further: Counter[str] = Counter()

    def note(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        if params.get(TOKENS.get(model.name, "")):
            further[model.name] += 1

    def halve(params: dict[str, Any], **_: object) -> None:
        params["Limit"] = 1

    session.events.register("provide-client-params.dynamodb.Query", halve)
    session.events.register("provide-client-params", note)
    return further


def far_away(world: World) -> tuple[str, str]:
    """Have the consumer connect from another Region; return its group and endpoint there."""
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AddSupportedRegions=[FAR]
    )
    party = Party(CONSUMER, FAR)
    group_id = world.opted_in_group(party)
    endpoint_id = party.request(
        world.service_name, ServiceRegion=REGION, SecurityGroupIds=[group_id]
    )
    return group_id, endpoint_id


def entries() -> str:
    return "".join(
        f'      - account_id: "{account}"\n'
        f"        source_cidrs: [192.168.0.0/20, 10.99.0.0/16]\n"
        f"        regions: [{REGION}, {FAR}]\n"
        for account in CONSUMERS
    )


def test_every_paginated_call_is_read_to_its_end(world: World, pages: Counter[str]) -> None:
    parties = {account: Party(account) for account in CONSUMERS[1:]} | {CONSUMER: world.consumer}
    world.listen(443, "TCP")
    second = in_process_client("elbv2", PROVIDER, REGION).create_load_balancer(
        Name="second", Type="network", Scheme="internal", Subnets=world.provider.subnet_ids
    )["LoadBalancers"][0]["LoadBalancerArn"]
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AddNetworkLoadBalancerArns=[second]
    )
    other, other_name = world.provider.service("*")
    assert world.allowlist is not None
    world.allowlist = (
        f"services:\n  web:\n    service_id: {world.service_id}\n    manage_principals: true\n"
        f"    consumers:\n{entries()}"
        f"  other:\n    service_id: {other}\n    consumers:\n{entries()}"
    )
    groups = {}
    for account, party in parties.items():
        groups[account] = [world.opted_in_group(party, name) for name in ("first", "second")]
        for name in (world.service_name, other_name):
            party.request(name, SubnetIds=party.subnet_ids, SecurityGroupIds=groups[account])
    for name in ("a", "b"):
        _admit_prefix_list(world.consumer, groups[CONSUMER][0], name)
    second_vpc = Party(CONSUMER)
    in_second_vpc = world.opted_in_group(second_vpc)
    second_vpc.request(world.service_name, SecurityGroupIds=[in_second_vpc])
    far_group, far_endpoint = far_away(world)
    assert world.sweep() == []
    assert world.sweep() == []

    assert set(TOKENS) - set(pages) == set()
    assert set(world.calls) & paginated() - set(TOKENS) == {ONE_AT_A_TIME}
    world.calls.clear()
    assert world.sweep() == []
    assert world.writes == []

    world.privatelink.largest_page = 1000
    assert set(world.provider.states().values()) == {"available"}
    rules = [f"{c} tcp/{p}" for c in ("10.99.0.0/16", "192.168.0.0/20") for p in (443, 80)]
    for account, party in parties.items():
        for group_id in groups[account]:
            own = [rule for rule in world.ingress(group_id, party) if not rule.startswith("pl-")]
            assert own == sorted(rules)
        assert len(world.parameters(account)) == (12 if account != CONSUMER else 17)
    assert world.ingress(in_second_vpc, second_vpc) == sorted(rules)
    assert world.ingress(far_group, Party(CONSUMER, FAR)) == sorted(rules)
    far = in_process_client("ssm", CONSUMER, FAR).get_parameters_by_path(
        Path="/privatelink", Recursive=True
    )["Parameters"]
    assert far_endpoint in next(p["Value"] for p in far if p["Name"].endswith("/endpoint"))


def paginated() -> set[str]:
    """Return the operations of the services that the SDK knows to answer in pages."""
    loader = botocore.session.get_session().get_component("data_loader")
    services = ("ec2", "elbv2", "ssm", "dynamodb")
    return {
        name
        for service in services
        for name in loader.load_service_model(service, "paginators-1")["pagination"]
    }


def _admit_prefix_list(party: Party, group_id: str, name: str) -> None:
    prefix_list = party.ec2.create_managed_prefix_list(
        PrefixListName=name, MaxEntries=5, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    party.ec2.authorize_security_group_ingress(
        GroupId=group_id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "PrefixListIds": [{"PrefixListId": prefix_list}],
            }
        ],
    )
