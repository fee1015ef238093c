"""What AWS really said, where the recordings are at hand: RECORDED_AWS_DATA names their folder."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from privatelink.findings import FindingKind
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.prefix_lists import PrefixLists
from privatelink.hints import Hint, read_hint
from privatelink.ingress import plan_ingress
from privatelink.model import ConnectionState, SecurityGroup, SecurityGroupId, ServiceId
from privatelink.opting_in import OPT_IN_TAG
from sandbox.emulator.event_patterns import matches
from tests.contract.stack import patterns_of
from tests.unit.builders import HTTP, OWNER, SERVICE_ID, consumer_entry

FOLDER = os.environ.get("RECORDED_AWS_DATA")
pytestmark = pytest.mark.skipif(FOLDER is None, reason="RECORDED_AWS_DATA names no folder")


def recorded(name: str) -> Any:  # noqa: ANN401 - JSON
    text = (Path(FOLDER or "") / name).read_text()
    return json.loads(text, object_hook=_read_time)


def _read_time(item: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    if item.pop("__class__", None) == "datetime":
        return datetime(**item, tzinfo=UTC)
    return item


@pytest.fixture
def ec2() -> Any:  # noqa: ANN401 - a client and what stands in for AWS
    client = boto3.client(
        "ec2",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - opens nothing
    )
    with Stubber(client) as stubber:
        yield client, stubber


def test_the_recorded_creation_of_an_endpoint_is_taken_as_a_hint() -> None:
    record = recorded("cloudtrail.create_vpc_endpoint.json")
    event = {
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ec2",
        "account": "111122223333",
        "region": record["awsRegion"],
        "detail": record,
    }
    taking = {
        name for name, p in patterns_of("accept_endpoint_connections").items() if matches(p, event)
    }
    assert taking == {"EndpointCallRule", "ForwardedEndpointCallRule"}
    # An endpoint to AWS's own service names none of ours, so that all are looked at.
    endpoint_id = record["responseElements"]["CreateVpcEndpointResponse"]["vpcEndpoint"][
        "vpcEndpointId"
    ]
    assert read_hint(json.dumps(event)) == Hint(
        service_ids=frozenset(), vpc_endpoint_ids=frozenset({endpoint_id})
    )


def test_the_recorded_event_about_a_transit_gateway_is_ignored() -> None:
    event = recorded("eventbridge_cloudtrail.delete_tgw_attachment.json")
    for pattern in patterns_of("accept_endpoint_connections").values():
        assert not matches(pattern, event)
    assert read_hint(json.dumps(event)) is None


def test_the_recorded_endpoint_with_the_default_group_is_refused_with_a_finding(
    ec2: tuple[Any, Stubber],
) -> None:
    client, stubber = ec2
    answer = recorded("describe_vpc_endpoints.interface_pl.json")["data"]
    stubber.add_response("describe_vpc_endpoints", answer)
    service_name = answer["VpcEndpoints"][0]["ServiceName"]
    endpoints = InterfaceEndpoints(client).describe_vpc_endpoints(service_name)
    (endpoint,) = (e for e in endpoints if e.vpc_endpoint_id == "vpce-04a4c8e2145cb966e")
    assert endpoint.state is ConnectionState.AVAILABLE
    assert len(endpoint.network_interface_ids) == 2
    (group,) = answer["VpcEndpoints"][0]["Groups"]
    plan = plan_ingress(
        service_id=SERVICE_ID,
        owner=OWNER,
        entry=consumer_entry(),
        ports=frozenset({HTTP}),
        endpoints=[endpoint],
        groups={
            SecurityGroupId(group["GroupId"]): SecurityGroup(
                group_id=SecurityGroupId(group["GroupId"]),
                group_name=group["GroupName"],
                tags={OPT_IN_TAG: "true"},
            )
        },
        rules=[],
    )
    assert not plan.authorize
    assert [finding.kind for finding in plan.findings] == [FindingKind.DEFAULT_SECURITY_GROUP]


def test_the_recorded_gateway_endpoint_is_none_of_ours(ec2: tuple[Any, Stubber]) -> None:
    client, stubber = ec2
    stubber.add_response(
        "describe_vpc_endpoints", recorded("describe_vpc_endpoints.interface_pl.json")["data"]
    )
    endpoints = InterfaceEndpoints(client).describe_vpc_endpoints("com.amazonaws.us-east-1.s3")
    assert "vpce-0bc8bcfcc74fa2db9" not in {e.vpc_endpoint_id for e in endpoints}


def test_the_recorded_endpoint_service_is_read(ec2: tuple[Any, Stubber]) -> None:
    client, stubber = ec2
    answer = recorded("describe_vpc_endpoint_service_configurations.json")["data"]
    stubber.add_response("describe_vpc_endpoint_service_configurations", answer)
    service_id = ServiceId("vpce-svc-042193297e333714e")
    service = EndpointServices(client).describe_vpc_endpoint_service_configuration(service_id)
    assert service.service_name.endswith(service_id)
    assert [arn.split("/")[-2] for arn in service.load_balancer_arns] == ["example-load-balancer"]


@pytest.mark.parametrize("max_entries", [1, None], ids=["a customer's", "one of AWS's"])
def test_the_recorded_prefix_lists_are_read(
    ec2: tuple[Any, Stubber], max_entries: int | None
) -> None:
    client, stubber = ec2
    answer = recorded("describe_managed_prefix_lists.json")["data"]
    for row in answer["PrefixLists"]:
        assert row["MaxEntries"] == 1
        if max_entries is None:
            del row["MaxEntries"]
    stubber.add_response("describe_managed_prefix_lists", answer)
    ids = ["pl-02d12d37020480a5f", "pl-0c79279cd77a6e7c2"]
    found = PrefixLists(client).describe_managed_prefix_lists(ids)
    assert list(found) == ids
    assert {each.name for each in found.values()} == {"All VPC CIDR"}
    assert {each.address_family for each in found.values()} == {"IPv4"}
    assert {each.max_entries for each in found.values()} == {max_entries}
