"""The model's answers against botocore's description: every field exists."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from botocore import xform_name
from botocore.model import ListShape, Shape, StructureShape
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionContext, ActionResult
from moto.elbv2.responses import ELBV2Response

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.patches import BALANCING, OPERATIONS
from tests.integration.privatelink_model.balancing import create, health, listen, target_group
from tests.integration.privatelink_model.interfaces import operations
from tests.integration.privatelink_model.parties import REMOTE_REGION, Party, Provider

NAMES = {patch.name for patch in OPERATIONS}
NAMES_OF_BALANCING = {patch.name for patch in BALANCING if patch.owner is ELBV2Response}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Record what is answered before it is written as XML, which drops what does not exist."""
    recorded: list[tuple[str, Any]] = []
    original = ActionResult.execute_result

    def record(self: ActionResult, context: ActionContext) -> TYPE_RESPONSE:
        recorded.append((xform_name(str(context.operation_model.name)), self.result))
        return original(self, context)

    monkeypatch.setattr(ActionResult, "execute_result", record)
    return recorded


def balance_everything(provider: Provider) -> None:
    group_id = provider.group()
    balancer_arn = create(provider, group_id)["LoadBalancerArn"]
    target_group_arn = target_group(provider, "10.0.0.10")
    listen(provider, balancer_arn, target_group_arn)
    provider.elbv2.describe_load_balancers(LoadBalancerArns=[balancer_arn])
    provider.elbv2.describe_listeners(LoadBalancerArn=balancer_arn)
    provider.elbv2.describe_target_groups(LoadBalancerArn=balancer_arn)
    health(provider, target_group_arn)
    provider.elbv2.set_security_groups(LoadBalancerArn=balancer_arn, SecurityGroups=[group_id])


def call_everything(provider: Provider, consumer: Party) -> None:
    service_id, name = provider.service("*")
    created = provider.ec2.create_vpc_endpoint_connection_notification(
        ServiceId=service_id,
        ConnectionNotificationArn=f"arn:aws:sns:{REGION}:{PROVIDER}:connections",
        ConnectionEvents=["Connect"],
    )["ConnectionNotification"]
    notification_id = created["ConnectionNotificationId"]
    provider.ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification_id, ConnectionEvents=["Accept"]
    )
    provider.ec2.describe_vpc_endpoint_connection_notifications()
    provider.ec2.delete_vpc_endpoint_connection_notifications(
        ConnectionNotificationIds=[notification_id, "vpce-nfn-0"]
    )
    group_id = consumer.group()
    endpoint_id = consumer.request(name, SecurityGroupIds=[group_id])
    consumer.interfaces(endpoint_id)
    provider.connections()
    provider.accept(service_id, endpoint_id, "vpce-0")
    provider.reject(service_id, endpoint_id, "vpce-0")
    consumer.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id, AddSubnetIds=consumer.subnet_ids[2:]
    )
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id, "vpce-0"])
    consumer.ec2.describe_security_groups(GroupIds=[group_id])
    (rule,) = consumer.ec2.authorize_security_group_ingress(
        GroupId=group_id, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/8"
    )["SecurityGroupRules"]
    consumer.ec2.describe_security_group_rules()
    consumer.ec2.revoke_security_group_ingress(
        GroupId=group_id, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
    )
    consumer.ec2.describe_vpcs()
    consumer.ec2.describe_route_tables()
    consumer.ec2.describe_managed_prefix_lists()
    consumer.ec2.describe_vpc_endpoint_services(ServiceNames=[name])
    provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=service_id, AddSupportedRegions=[REMOTE_REGION]
    )
    provider.ec2.describe_vpc_endpoint_service_configurations()
    provider.ec2.describe_vpc_endpoint_service_permissions(ServiceId=service_id)
    provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service_id, "vpce-svc-0"])


def strangers(value: object, shape: Shape, path: str) -> Iterator[str]:
    """Yield the fields of an answer that its shape does not have.

    moto's own objects have many attributes besides, so that only what the model writes itself is
    looked at: mappings and data classes.
    """
    if isinstance(shape, ListShape):
        assert isinstance(value, (list, tuple)), path
        for each in value:
            yield from strangers(each, shape.member, f"{path}[]")
    if not isinstance(shape, StructureShape):
        return
    known = dict(shape.members)
    if is_dataclass(value):
        names = {xform_name(each): each for each in known}
        yield from (f"{path}.{each.name}" for each in fields(value) if each.name not in names)
    if isinstance(value, dict) and "key" not in value:  # moto writes tags in lower case
        for name, each in value.items():
            if name not in known:
                yield f"{path}.{name}"
            elif each is not None:
                yield from strangers(each, known[name], f"{path}.{name}")


def test_every_operation_is_called_and_every_field_that_it_answers_exists(
    provider: Provider, consumer: Party, answers: list[tuple[str, Any]]
) -> None:
    call_everything(provider, consumer)
    assert {name for name, _ in answers} >= NAMES
    for name, result in answers:
        if name in NAMES:
            shape = operations()[name].output_shape
            assert shape is not None
            assert list(strangers(result, shape, name)) == []


def test_every_field_that_load_balancing_answers_exists(
    provider: Provider, answers: list[tuple[str, Any]]
) -> None:
    balance_everything(provider)
    assert {name for name, _ in answers} >= NAMES_OF_BALANCING
    for name, result in answers:
        if name in NAMES_OF_BALANCING:
            shape = operations("elbv2")[name].output_shape
            assert shape is not None
            assert list(strangers(result, shape, name)) == []


def test_a_field_that_does_not_exist_is_seen() -> None:
    shape = operations()["describe_vpc_endpoint_connections"].output_shape
    assert shape is not None
    answer = {"VpcEndpointConnections": [{"ServiceId": "x", "VpcId": "y"}], "More": 1}
    assert list(strangers(answer, shape, "")) == [".VpcEndpointConnections[].VpcId", ".More"]
