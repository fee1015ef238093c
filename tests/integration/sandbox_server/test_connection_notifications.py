import json
from functools import partial
from typing import Any

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.process import Sandbox
from sandbox.waiting import wait_until
from tests.integration.sandbox_server.roles import document

NETWORK = "10.7.0.0/16"


@pytest.fixture(scope="module")
def service(sandbox: Sandbox) -> dict[str, Any]:
    """Return an endpoint service that the consumer may connect to."""
    ec2, elbv2 = sandbox.client("ec2", PROVIDER), sandbox.client("elbv2", PROVIDER)
    vpc_id = ec2.create_vpc(CidrBlock=NETWORK)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock=NETWORK)["Subnet"]["SubnetId"]
    balancer = elbv2.create_load_balancer(
        Name="notified", Type="network", Scheme="internal", Subnets=[subnet]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    created: dict[str, Any] = ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[balancer], AcceptanceRequired=True
    )["ServiceConfiguration"]
    ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=created["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{CONSUMER}:root"]
    )
    return created


def key_for(sandbox: Sandbox, publisher: str) -> str:
    """Return a key that a service may use for endpoint services."""
    services = f"arn:aws:ec2:{REGION}:{PROVIDER}:vpc-endpoint-service/*"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": publisher},
        "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:SourceArn": services}},
    }
    created = sandbox.client("kms", PROVIDER).create_key(Policy=document(statement))
    return str(created["KeyMetadata"]["Arn"])


def topic_with_queue(sandbox: Sandbox, name: str, publisher: str, key: str = "") -> tuple[str, str]:
    """Return a topic on which `publisher` may publish, and the URL of a queue subscribed to it."""
    sns, sqs = sandbox.client("sns", PROVIDER), sandbox.client("sqs", PROVIDER)
    topic_arn = sns.create_topic(Name=name, Attributes={"KmsMasterKeyId": key})["TopicArn"]
    admits = {
        "Effect": "Allow",
        "Principal": {"Service": publisher},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:{REGION}:{PROVIDER}:vpc-endpoint-service/*"}
        },
    }
    sns.set_topic_attributes(
        TopicArn=topic_arn, AttributeName="Policy", AttributeValue=document(admits)
    )
    queue_arn = f"arn:aws:sqs:{REGION}:{PROVIDER}:{name}"
    delivers = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    queue = sqs.create_queue(QueueName=name, Attributes={"Policy": document(delivers)})["QueueUrl"]
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
    return topic_arn, queue


def test_a_topic_is_told_of_a_connection_request_if_it_and_its_key_admit_privatelink(
    sandbox: Sandbox, service: dict[str, Any]
) -> None:
    ec2, sqs = sandbox.client("ec2", PROVIDER), sandbox.client("sqs", PROVIDER)
    ours, other = "vpce.amazonaws.com", "s3.amazonaws.com"
    silent = [
        topic_with_queue(sandbox, "silent", other),
        topic_with_queue(sandbox, "without-key", ours, key_for(sandbox, other)),
        topic_with_queue(sandbox, "of-aws", ours, "alias/aws/sns"),
    ]
    told = [
        topic_with_queue(sandbox, "told", ours),
        topic_with_queue(sandbox, "encrypted", ours, key_for(sandbox, ours)),
    ]
    for topic_arn, _queue in silent + told:
        ec2.create_vpc_endpoint_connection_notification(
            ServiceId=service["ServiceId"],
            ConnectionNotificationArn=topic_arn,
            ConnectionEvents=["Connect"],
        )

    consumer = sandbox.client("ec2", CONSUMER)
    vpc_id = consumer.create_vpc(CidrBlock=NETWORK)["Vpc"]["VpcId"]
    endpoint = consumer.create_vpc_endpoint(
        VpcEndpointType="Interface", VpcId=vpc_id, ServiceName=service["ServiceName"]
    )["VpcEndpoint"]["VpcEndpointId"]

    def messages(queue: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = sqs.receive_message(QueueUrl=queue).get("Messages", [])
        return found

    for _topic, queue in told:
        [message] = wait_until(partial(messages, queue), what="a notification")
        assert endpoint in json.loads(message["Body"])["Message"]
    for _topic, queue in silent:
        assert not messages(queue)


@pytest.mark.parametrize(("pending_seconds", "state"), [(3600, "pending"), (0, "available")])
def test_an_accepted_connection_becomes_available_after_the_configured_delay(
    sandbox: Sandbox, service: dict[str, Any], pending_seconds: float, state: str
) -> None:
    ec2, consumer = sandbox.client("ec2", PROVIDER), sandbox.client("ec2", CONSUMER)
    vpc_id = consumer.create_vpc(CidrBlock=NETWORK)["Vpc"]["VpcId"]
    endpoint = consumer.create_vpc_endpoint(
        VpcEndpointType="Interface", VpcId=vpc_id, ServiceName=service["ServiceName"]
    )["VpcEndpoint"]["VpcEndpointId"]

    sandbox.configure(pending_seconds=pending_seconds)
    ec2.accept_vpc_endpoint_connections(ServiceId=service["ServiceId"], VpcEndpointIds=[endpoint])
    sandbox.configure(pending_seconds=0)

    [found] = consumer.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    assert found["State"] == state
