"""What may go wrong with a deployment: each goes wrong within a block, and is mended behind it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME, STRANGER
from sandbox.consumers import SDDC_CIDR, deploy_consumer_role, remove_consumer_role
from sandbox.walkthrough import Walkthrough


def resource(walkthrough: Walkthrough, logical_id: str) -> str:
    """Return the physical id of a resource of the provider's stack."""
    detail = walkthrough.sandbox.client("cloudformation", PROVIDER).describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId=logical_id
    )["StackResourceDetail"]
    return str(detail["PhysicalResourceId"])


def _provider(walkthrough: Walkthrough, service: str) -> Any:  # noqa: ANN401 - a boto3 client
    return walkthrough.sandbox.client(service, PROVIDER)


@contextmanager
def no_notification(walkthrough: Walkthrough) -> Iterator[None]:
    """Delete the service's connection notification, which otherwise the next sweep makes again."""
    ec2 = _provider(walkthrough, "ec2")
    (found,) = ec2.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"]
    ids = [found["ConnectionNotificationId"]]
    ec2.delete_vpc_endpoint_connection_notifications(ConnectionNotificationIds=ids)
    yield
    ec2.create_vpc_endpoint_connection_notification(
        **{name: found[name] for name in ("ServiceId", "ConnectionNotificationArn")},
        ConnectionEvents=found["ConnectionEvents"],
    )


@contextmanager
def few_notifications(walkthrough: Walkthrough) -> Iterator[None]:
    """Have the service notify of one kind of event only, which otherwise the next sweep mends."""
    ec2 = _provider(walkthrough, "ec2")
    (found,) = ec2.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"]
    modify, name = ec2.modify_vpc_endpoint_connection_notification, "ConnectionNotificationId"
    modify(**{name: found[name]}, ConnectionEvents=["Accept"])
    yield
    modify(**{name: found[name]}, ConnectionEvents=found["ConnectionEvents"])


@contextmanager
def closed_topic(walkthrough: Walkthrough) -> Iterator[None]:
    """Let nobody but the topic's owner publish."""
    with _topic_policy(walkthrough, {"Version": "2012-10-17", "Statement": []}):
        yield


@contextmanager
def open_topic(walkthrough: Walkthrough) -> Iterator[None]:
    """Let the endpoint services of every account publish."""
    topic = walkthrough.autopilot["ConnectionNotificationTopicArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "vpce.amazonaws.com"},
        "Action": "SNS:Publish",
        "Resource": topic,
    }
    with _topic_policy(walkthrough, {"Version": "2012-10-17", "Statement": [statement]}):
        yield


@contextmanager
def _topic_policy(walkthrough: Walkthrough, policy: dict[str, Any]) -> Iterator[None]:
    sns = _provider(walkthrough, "sns")
    topic = walkthrough.autopilot["ConnectionNotificationTopicArn"]
    before = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    attribute = {"TopicArn": topic, "AttributeName": "Policy"}
    sns.set_topic_attributes(**attribute, AttributeValue=json.dumps(policy))
    yield
    sns.set_topic_attributes(**attribute, AttributeValue=before)


@contextmanager
def strangers_forward(walkthrough: Walkthrough) -> Iterator[None]:
    """Let an account put events on the bus that is no consumer's."""
    events, bus = _provider(walkthrough, "events"), walkthrough.autopilot["EventBusName"]
    policy = json.loads(events.describe_event_bus(Name=bus)["Policy"])
    (statement,) = policy["Statement"]
    root = f"arn:aws:iam::{STRANGER}:root"
    stranger = statement | {"Sid": "Stranger", "Principal": {"AWS": root}}
    both = policy | {"Statement": [statement, stranger]}
    events.put_permission(EventBusName=bus, Policy=json.dumps(both))
    yield
    events.put_permission(EventBusName=bus, Policy=json.dumps(policy))


@contextmanager
def no_subscription(walkthrough: Walkthrough) -> Iterator[None]:
    """Have nobody relay what is published to the topic."""
    sns = _provider(walkthrough, "sns")
    topic = walkthrough.autopilot["ConnectionNotificationTopicArn"]
    (found,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    attributes = sns.get_subscription_attributes(SubscriptionArn=found["SubscriptionArn"])
    redrive = attributes["Attributes"].get("RedrivePolicy")
    sns.unsubscribe(SubscriptionArn=found["SubscriptionArn"])
    yield
    sns.subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=found["Endpoint"],
        Attributes={"RedrivePolicy": redrive} if redrive else {},
    )


@contextmanager
def no_schedule(walkthrough: Walkthrough) -> Iterator[None]:
    """Disable the schedule."""
    scheduler = _provider(walkthrough, "scheduler")
    schedule = scheduler.get_schedule(Name=resource(walkthrough, "SweepSchedule"))
    kept = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target", "Description")
    settings = {name: schedule[name] for name in kept}
    scheduler.update_schedule(**settings, State="DISABLED")
    yield
    scheduler.update_schedule(**settings, State="ENABLED")


@contextmanager
def no_sweep(walkthrough: Walkthrough) -> Iterator[None]:
    """Remove what tells that the function that sweeps has been running."""
    logs = _provider(walkthrough, "logs")
    group = {"logGroupName": resource(walkthrough, "AcceptEndpointConnectionsLogs")}
    for stream in logs.describe_log_streams(**group)["logStreams"]:
        logs.delete_log_stream(**group, logStreamName=stream["logStreamName"])
    yield
    name, now = {"logStreamName": "again"}, round(time.time() * 1000)
    logs.create_log_stream(**group, **name)
    logs.put_log_events(**group, **name, logEvents=[{"timestamp": now, "message": "START"}])


@contextmanager
def dead_letter(walkthrough: Walkthrough) -> Iterator[None]:
    """Have a message that a function has failed on."""
    sqs, url = _provider(walkthrough, "sqs"), resource(walkthrough, "IngressDeadLetters")
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    yield
    sqs.purge_queue(QueueUrl=url)


@contextmanager
def no_acceptance(walkthrough: Walkthrough) -> Iterator[None]:
    """Have the service accept every connection by itself."""
    modify = _provider(walkthrough, "ec2").modify_vpc_endpoint_service_configuration
    modify(ServiceId=walkthrough.service_id, AcceptanceRequired=False)
    yield
    modify(ServiceId=walkthrough.service_id, AcceptanceRequired=True)


@contextmanager
def enforcement(walkthrough: Walkthrough) -> Iterator[None]:
    """Have the load balancer's security groups judge PrivateLink traffic."""
    elbv2 = _provider(walkthrough, "elbv2")
    (balancer,) = elbv2.describe_load_balancers()["LoadBalancers"]
    groups = {
        "LoadBalancerArn": balancer["LoadBalancerArn"],
        "SecurityGroups": balancer["SecurityGroups"],
    }
    name = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    elbv2.set_security_groups(**groups, **{name: "on"})
    yield
    elbv2.set_security_groups(**groups, **{name: "off"})


@contextmanager
def no_target(walkthrough: Walkthrough) -> Iterator[None]:
    """Take the web server out of the target group."""
    elbv2 = _provider(walkthrough, "elbv2")
    (group,) = elbv2.describe_target_groups()["TargetGroups"]
    arn = {"TargetGroupArn": group["TargetGroupArn"]}
    health = elbv2.describe_target_health(**arn)["TargetHealthDescriptions"]
    targets = [each["Target"] for each in health]
    elbv2.deregister_targets(**arn, Targets=targets)
    yield
    elbv2.register_targets(**arn, Targets=targets)


@contextmanager
def other_zone(walkthrough: Walkthrough) -> Iterator[None]:
    """Have the load balancer move from the zone of the consumer's endpoint to another."""
    elbv2, ec2 = _provider(walkthrough, "elbv2"), _provider(walkthrough, "ec2")
    (balancer,) = elbv2.describe_load_balancers()["LoadBalancers"]
    arn = balancer["LoadBalancerArn"]
    subnets = [each["SubnetId"] for each in balancer["AvailabilityZones"]]
    zones = {each["ZoneName"] for each in balancer["AvailabilityZones"]}
    every = ec2.describe_availability_zones()["AvailabilityZones"]
    (unused,) = {zone["ZoneName"] for zone in every} - zones
    other = ec2.create_subnet(
        VpcId=balancer["VpcId"], CidrBlock="192.168.13.0/24", AvailabilityZone=unused
    )["Subnet"]["SubnetId"]
    elbv2.set_subnets(LoadBalancerArn=arn, Subnets=[other, *subnets[1:]])
    yield
    elbv2.set_subnets(LoadBalancerArn=arn, Subnets=subnets)
    ec2.delete_subnet(SubnetId=other)


@contextmanager
def no_route(walkthrough: Walkthrough) -> Iterator[None]:
    """Remove the route to the SDDC from the Connected VPC."""
    ec2 = walkthrough.sandbox.client("ec2", CONSUMER)
    vpc = {"Name": "vpc-id", "Values": [walkthrough.networks[CONSUMER]["VpcId"]]}
    (table,) = (
        table
        for table in ec2.describe_route_tables(Filters=[vpc])["RouteTables"]
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == SDDC_CIDR
    )
    (route,) = (r for r in table["Routes"] if r.get("DestinationCidrBlock") == SDDC_CIDR)
    named = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": SDDC_CIDR}
    ec2.delete_route(**named)
    yield
    ec2.create_route(**named, NetworkInterfaceId=route["NetworkInterfaceId"])


@contextmanager
def no_roles(walkthrough: Walkthrough) -> Iterator[None]:
    """Remove the consumer's roles."""
    remove_consumer_role(walkthrough.sandbox, CONSUMER)
    yield
    deploy_consumer_role(walkthrough.sandbox, CONSUMER, walkthrough.autopilot)


@contextmanager
def no_opted_in_group(walkthrough: Walkthrough) -> Iterator[None]:
    """Have the consumer take back that its group may be opened."""
    ec2 = walkthrough.sandbox.client("ec2", CONSUMER)
    group = [walkthrough.networks[CONSUMER]["SecurityGroupId"]]
    tag = {"Key": "privatelink-autopilot:managed-ingress", "Value": "true"}
    ec2.delete_tags(Resources=group, Tags=[tag])
    yield
    ec2.create_tags(Resources=group, Tags=[tag])
