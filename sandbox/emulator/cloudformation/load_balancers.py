"""Load balancers with their listeners and targets, as CloudFormation makes them."""

from typing import Final

from sandbox.emulator.cloudformation.resources import (
    Attributes,
    Client,
    Properties,
    Resource,
    deletion,
    found_at,
)

# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
_NAME_LENGTH: Final = 32
_ENFORCE: Final = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


def _complete_balancer(client: Client, arn: str, properties: Properties) -> None:
    if _ENFORCE in properties:
        client.set_security_groups(
            LoadBalancerArn=arn,
            SecurityGroups=properties["SecurityGroups"],
            **{_ENFORCE: properties[_ENFORCE]},
        )
    if properties.get("LoadBalancerAttributes"):
        client.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=properties["LoadBalancerAttributes"]
        )


def _balancer_attributes(client: Client, arn: str) -> Attributes:
    balancer = client.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    return {
        "LoadBalancerArn": arn,
        "LoadBalancerName": balancer["LoadBalancerName"],
        "LoadBalancerFullName": arn.partition(":loadbalancer/")[2],
        "DNSName": balancer["DNSName"],
        "CanonicalHostedZoneID": balancer.get("CanonicalHostedZoneId", ""),
        "SecurityGroups": balancer.get("SecurityGroups", []),
    }


def _complete_targets(client: Client, arn: str, properties: Properties) -> None:
    targets = [
        {"Id": target["Id"], "Port": int(target.get("Port") or properties["Port"])}
        for target in properties.get("Targets") or []
    ]
    if targets:
        client.register_targets(TargetGroupArn=arn, Targets=targets)
    if properties.get("TargetGroupAttributes"):
        client.modify_target_group_attributes(
            TargetGroupArn=arn, Attributes=properties["TargetGroupAttributes"]
        )


def _target_group_attributes(client: Client, arn: str) -> Attributes:
    group = client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    return {
        "TargetGroupArn": arn,
        "TargetGroupName": group["TargetGroupName"],
        "TargetGroupFullName": arn.rpartition(":")[2],
        "LoadBalancerArns": group.get("LoadBalancerArns", []),
    }


TYPES: Final[dict[str, Resource]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Resource(
        service="elasticloadbalancing",
        operation="create_load_balancer",
        identifier=found_at("LoadBalancers", 0, "LoadBalancerArn"),
        name_property="Name",
        name_length=_NAME_LENGTH,
        beside=frozenset({_ENFORCE, "LoadBalancerAttributes"}),
        complete=_complete_balancer,
        attributes=_balancer_attributes,
        delete=deletion("delete_load_balancer", "LoadBalancerArn"),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Resource(
        service="elasticloadbalancing",
        operation="create_target_group",
        identifier=found_at("TargetGroups", 0, "TargetGroupArn"),
        name_property="Name",
        name_length=_NAME_LENGTH,
        beside=frozenset({"Targets", "TargetGroupAttributes"}),
        complete=_complete_targets,
        attributes=_target_group_attributes,
        delete=deletion("delete_target_group", "TargetGroupArn"),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Resource(
        service="elasticloadbalancing",
        operation="create_listener",
        identifier=found_at("Listeners", 0, "ListenerArn"),
        attributes=lambda _, arn: {"ListenerArn": arn},
        delete=deletion("delete_listener", "ListenerArn"),
    ),
}
