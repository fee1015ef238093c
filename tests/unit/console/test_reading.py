"""Sockets are closed here but to loopback, on which nothing listens: what is sent fails."""

from typing import TypedDict

import boto3
import pytest

from console.reading import WriteRefusedError, guard


class Keys(TypedDict):
    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str


KEYS: Keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_session_token": "c"}


@pytest.fixture
def session() -> boto3.Session:
    return guard(boto3.Session(region_name="ap-northeast-1", **KEYS))


def sent(_request: object, **_: object) -> None:
    pytest.fail("a request has been sent")


def test_a_client_of_a_guarded_session_writes_nothing(session: boto3.Session) -> None:
    session.events.register("before-send", sent)
    with pytest.raises(WriteRefusedError, match="ec2 RejectVpcEndpointConnections"):
        session.client("ec2").reject_vpc_endpoint_connections(ServiceId="s", VpcEndpointIds=["e"])


def test_a_resource_of_a_guarded_session_writes_nothing(session: boto3.Session) -> None:
    session.events.register("before-send", sent)
    table = session.resource("dynamodb").Table("ledger")
    with pytest.raises(WriteRefusedError, match="dynamodb PutItem"):
        table.put_item(Item={"pk": "a"})
    with (
        pytest.raises(WriteRefusedError, match="dynamodb BatchWriteItem"),
        table.batch_writer() as b,
    ):
        b.delete_item(Key={"pk": "a"})


def test_a_consumers_client_of_a_guarded_session_writes_nothing(session: boto3.Session) -> None:
    """It has keys and a Region of its own, as ConsumerSessions gives them."""
    session.events.register("before-send", sent)
    ssm = session.client("ssm", region_name="us-east-1", **KEYS)
    with pytest.raises(WriteRefusedError, match="ssm PutParameter"):
        ssm.put_parameter(Name="/a", Value="b", Type="String")


def test_reading_goes_on(session: boto3.Session) -> None:
    class SentError(Exception):
        pass

    def intercepted(_request: object = None, **_: object) -> None:
        raise SentError

    session.events.register("before-send", intercepted)
    with pytest.raises(SentError):
        session.client("ec2").describe_vpc_endpoints()
    with pytest.raises(SentError):
        session.resource("dynamodb").Table("ledger").query(KeyConditions={})
