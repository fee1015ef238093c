"""VPCs with what lies in them, as CloudFormation makes them."""

from typing import Any, Final

from sandbox.emulator.cloudformation.resources import (
    Attributes,
    Client,
    Properties,
    Resource,
    deletion,
    found_at,
    is_true,
)

_ANYWHERE: Final = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _complete_vpc(client: Client, vpc_id: str, properties: Properties) -> None:
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        if name in properties:
            client.modify_vpc_attribute(
                VpcId=vpc_id, **{name: {"Value": is_true(properties[name])}}
            )


def _vpc_attributes(client: Client, vpc_id: str) -> Attributes:
    vpc = client.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    groups = client.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc_id]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    return {
        "VpcId": vpc_id,
        "CidrBlock": vpc["CidrBlock"],
        "DefaultSecurityGroup": groups[0]["GroupId"],
    }


def _complete_subnet(client: Client, subnet_id: str, properties: Properties) -> None:
    if "MapPublicIpOnLaunch" in properties:
        client.modify_subnet_attribute(
            SubnetId=subnet_id,
            MapPublicIpOnLaunch={"Value": is_true(properties["MapPublicIpOnLaunch"])},
        )


def _subnet_attributes(client: Client, subnet_id: str) -> Attributes:
    subnet = client.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    names = ("SubnetId", "VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId")
    return {name: subnet[name] for name in names}


def _permission(rule: Properties, peer: str) -> dict[str, Any]:
    """Return a rule of a template as the API's permission; `peer` is Source or Destination."""
    described = {"Description": rule["Description"]} if "Description" in rule else {}
    sets = (
        ("CidrIp", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        (f"{peer}PrefixListId", "PrefixListIds", "PrefixListId"),
        (f"{peer}SecurityGroupId", "UserIdGroupPairs", "GroupId"),
    )
    permission: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    permission |= {name: int(rule[name]) for name in ("FromPort", "ToPort") if name in rule}
    permission |= {
        api_set: [{api_name: rule[name], **described}]
        for name, api_set, api_name in sets
        if name in rule
    }
    return permission


def _complete_group(client: Client, group_id: str, properties: Properties) -> None:
    ingress = [_permission(rule, "Source") for rule in properties.get("SecurityGroupIngress", [])]
    egress = [
        _permission(rule, "Destination") for rule in properties.get("SecurityGroupEgress", [])
    ]
    if ingress:
        client.authorize_security_group_ingress(GroupId=group_id, IpPermissions=ingress)
    if egress:  # a group is born with one rule, which any of the template's own replace
        client.revoke_security_group_egress(GroupId=group_id, IpPermissions=[_ANYWHERE])
        client.authorize_security_group_egress(GroupId=group_id, IpPermissions=egress)


def _group_attributes(client: Client, group_id: str) -> Attributes:
    group = client.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    return {"GroupId": group_id, "Id": group_id, "VpcId": group["VpcId"]}


def _instance_attributes(client: Client, instance_id: str) -> Attributes:
    reservations = client.describe_instances(InstanceIds=[instance_id])["Reservations"]
    instance = reservations[0]["Instances"][0]
    return {
        "InstanceId": instance_id,
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "PrivateDnsName": instance.get("PrivateDnsName", ""),
        "PrivateIp": instance.get("PrivateIpAddress", ""),
        "PublicDnsName": instance.get("PublicDnsName", ""),
        "PublicIp": instance.get("PublicIpAddress", ""),
        "VpcId": instance["VpcId"],
    }


TYPES: Final[dict[str, Resource]] = {
    "AWS::EC2::VPC": Resource(
        service="ec2",
        operation="create_vpc",
        identifier=found_at("Vpc", "VpcId"),
        tagged_as="vpc",
        beside=frozenset({"EnableDnsSupport", "EnableDnsHostnames"}),
        complete=_complete_vpc,
        attributes=_vpc_attributes,
        delete=deletion("delete_vpc", "VpcId"),
    ),
    "AWS::EC2::Subnet": Resource(
        service="ec2",
        operation="create_subnet",
        identifier=found_at("Subnet", "SubnetId"),
        tagged_as="subnet",
        beside=frozenset({"MapPublicIpOnLaunch"}),
        complete=_complete_subnet,
        attributes=_subnet_attributes,
        delete=deletion("delete_subnet", "SubnetId"),
    ),
    "AWS::EC2::SecurityGroup": Resource(
        service="ec2",
        operation="create_security_group",
        identifier=found_at("GroupId"),
        tagged_as="security-group",
        name_property="GroupName",
        renamed={"GroupDescription": "Description"},
        beside=frozenset({"SecurityGroupIngress", "SecurityGroupEgress"}),
        complete=_complete_group,
        attributes=_group_attributes,
        delete=deletion("delete_security_group", "GroupId"),
    ),
    "AWS::EC2::RouteTable": Resource(
        service="ec2",
        operation="create_route_table",
        identifier=found_at("RouteTable", "RouteTableId"),
        tagged_as="route-table",
        attributes=lambda _, table_id: {"RouteTableId": table_id},
        delete=deletion("delete_route_table", "RouteTableId"),
    ),
    "AWS::EC2::Route": Resource(
        service="ec2",
        operation="create_route",
        identifier=lambda _, route: f"{route['RouteTableId']}|{route['DestinationCidrBlock']}",
        attributes=lambda _, route_id: {"CidrBlock": route_id.partition("|")[2]},
        delete=lambda client, _, route: client.delete_route(
            RouteTableId=route["RouteTableId"], DestinationCidrBlock=route["DestinationCidrBlock"]
        ),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Resource(
        service="ec2",
        operation="associate_route_table",
        identifier=found_at("AssociationId"),
        attributes=lambda _, association_id: {"Id": association_id},
        delete=deletion("disassociate_route_table", "AssociationId"),
    ),
    "AWS::EC2::Instance": Resource(
        service="ec2",
        operation="run_instances",
        identifier=found_at("Instances", 0, "InstanceId"),
        tagged_as="instance",
        fixed={"MinCount": 1, "MaxCount": 1},
        attributes=_instance_attributes,
        delete=lambda client, instance_id, _: client.terminate_instances(InstanceIds=[instance_id]),
    ),
}
