"""EC2's types, which a stack makes where EC2's own API sees them, or not at all."""

import pytest
from botocore.exceptions import ClientError

from tests.integration.sandbox_events.account import Account, Json, unique
from tests.integration.sandbox_events.templates import one


def test_routes_lead_where_the_template_says(consumer: Account) -> None:
    template: Json = {
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.3.0/24"},
            },
            "Host": {
                "Type": "AWS::EC2::Instance",
                "Properties": {
                    "ImageId": "ami-12c6146b",
                    "InstanceType": "t3.nano",
                    "SubnetId": {"Ref": "Subnet"},
                },
            },
            "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
            "Route": {
                "Type": "AWS::EC2::Route",
                "Properties": {
                    "RouteTableId": {"Ref": "Table"},
                    "DestinationCidrBlock": "192.168.0.0/20",
                    "InstanceId": {"Ref": "Host"},
                },
            },
            "Association": {
                "Type": "AWS::EC2::SubnetRouteTableAssociation",
                "Properties": {"RouteTableId": {"Ref": "Table"}, "SubnetId": {"Ref": "Subnet"}},
            },
        },
        "Outputs": {name: {"Value": {"Ref": name}} for name in ("Table", "Subnet", "Host")},
    }
    stack = unique("routes")

    ids = consumer.deploy(stack, template)

    ec2 = consumer.client("ec2")
    (table,) = ec2.describe_route_tables(RouteTableIds=[ids["Table"]])["RouteTables"]
    routes = {route["DestinationCidrBlock"]: route for route in table["Routes"]}
    assert routes["192.168.0.0/20"]["InstanceId"] == ids["Host"]
    assert [entry["SubnetId"] for entry in table["Associations"]] == [ids["Subnet"]]
    consumer.remove(stack)
    with pytest.raises(ClientError, match=r"InvalidRouteTableID\.NotFound"):
        ec2.describe_route_tables(RouteTableIds=[ids["Table"]])


def test_tags_change_in_place_and_nothing_else_does(consumer: Account) -> None:
    stack, ec2 = unique("tagged"), consumer.client("ec2")

    def template(colour: str, cidr: str = "10.0.0.0/16") -> Json:
        tags = [{"Key": colour, "Value": "yes"}]
        return one("AWS::EC2::VPC", CidrBlock=cidr, Tags=tags, EnableDnsSupport="true")

    vpc_id = consumer.deploy(stack, template("red"))["It"]
    assert consumer.deploy(stack, template("blue"))["It"] == vpc_id
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    keys = {tag["Key"] for tag in vpc["Tags"] if not tag["Key"].startswith("aws:")}
    assert keys == {"blue"}

    template_with_instance = one("AWS::EC2::Subnet", VpcId=vpc_id, CidrBlock="10.0.1.0/24")
    subnet_stack = unique("subnet")
    consumer.deploy(subnet_stack, template_with_instance)
    template_with_instance["Resources"]["It"]["Properties"]["MapPublicIpOnLaunch"] = "true"
    with pytest.raises(AssertionError, match="cannot change an AWS::EC2::Subnet"):
        consumer.deploy(subnet_stack, template_with_instance)


@pytest.mark.parametrize("type_name", ["AWS::EC2::NatGateway", "AWS::EC2::TransitGateway"])
def test_a_type_that_would_be_made_where_nobody_sees_it_is_refused(
    consumer: Account, type_name: str
) -> None:
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        consumer.deploy(unique("refused"), one(type_name))


def test_a_property_that_would_be_dropped_fails_the_stack(consumer: Account) -> None:
    with pytest.raises(AssertionError, match="does not know the properties Colour"):
        consumer.deploy(
            unique("refused"), one("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", Colour="red")
        )
