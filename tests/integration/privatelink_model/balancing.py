"""Load balancers with listeners and targets, as the tests make and read them."""

from typing import TYPE_CHECKING, Any

from tests.integration.privatelink_model.parties import Provider

if TYPE_CHECKING:
    from mypy_boto3_elbv2.type_defs import LoadBalancerTypeDef, TargetHealthDescriptionTypeDef


def create(provider: Provider, *group_ids: str, **more: object) -> "LoadBalancerTypeDef":
    arguments: dict[str, Any] = {
        "Name": "db",
        "Type": "network",
        "Scheme": "internal",
        "Subnets": provider.subnet_ids,
    }
    arguments |= {"SecurityGroups": list(group_ids)} if group_ids else {}
    (balancer,) = provider.elbv2.create_load_balancer(**(arguments | more))["LoadBalancers"]
    return balancer


def described(provider: Provider, arn: str) -> "LoadBalancerTypeDef":
    (balancer,) = provider.elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    return balancer


def target_group(provider: Provider, *addresses: str, name: str = "db") -> str:
    (group,) = provider.elbv2.create_target_group(
        Name=name, Protocol="TCP", Port=5432, VpcId=provider.vpc_id, TargetType="ip"
    )["TargetGroups"]
    arn = group["TargetGroupArn"]
    if addresses:
        targets: list[Any] = [{"Id": each} for each in addresses]
        provider.elbv2.register_targets(TargetGroupArn=arn, Targets=targets)
    return arn


def listen(provider: Provider, balancer_arn: str, target_group_arn: str, port: int = 5432) -> None:
    provider.elbv2.create_listener(
        LoadBalancerArn=balancer_arn,
        Protocol="TCP",
        Port=port,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group_arn}],
    )


def health(provider: Provider, arn: str, *ids: str) -> list["TargetHealthDescriptionTypeDef"]:
    targets: dict[str, Any] = {"Targets": [{"Id": each} for each in ids]} if ids else {}
    answer = provider.elbv2.describe_target_health(TargetGroupArn=arn, **targets)
    return answer["TargetHealthDescriptions"]


def states(provider: Provider, arn: str) -> dict[str, str]:
    return {each["Target"]["Id"]: each["TargetHealth"]["State"] for each in health(provider, arn)}
