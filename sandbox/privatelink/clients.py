"""boto3 for code that runs against moto in process, on behalf of any account."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, overload

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.loaders import Loader

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

ACCOUNT_HEADER: Final = "x-moto-account-id"
"""moto lets this header decide whose request it is, before it looks at the access key."""


def in_process_session(*, account_id: str, region: str) -> boto3.Session:
    """Return a session whose clients act for an account, with credentials that open nothing."""
    inner = botocore.session.Session()
    inner.register_component("data_loader", _loader())
    session = boto3.Session(
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - opens nothing
        region_name=region,
        botocore_session=inner,
    )

    def act_for_the_account(params: dict[str, Any], **_: object) -> None:
        params["headers"][ACCOUNT_HEADER] = account_id

    session.events.register("before-call", act_for_the_account)
    return session


@overload
def in_process_client(
    service: Literal["dynamodb"], account_id: str, region: str
) -> "DynamoDBClient": ...
@overload
def in_process_client(service: Literal["ec2"], account_id: str, region: str) -> "EC2Client": ...
@overload
def in_process_client(
    service: Literal["elbv2"], account_id: str, region: str
) -> "ElasticLoadBalancingv2Client": ...
@overload
def in_process_client(
    service: Literal["events"], account_id: str, region: str
) -> "EventBridgeClient": ...
@overload
def in_process_client(service: Literal["sns"], account_id: str, region: str) -> "SNSClient": ...
@overload
def in_process_client(service: Literal["sqs"], account_id: str, region: str) -> "SQSClient": ...
@overload
def in_process_client(service: Literal["ssm"], account_id: str, region: str) -> "SSMClient": ...
@overload
def in_process_client(service: Literal["sts"], account_id: str, region: str) -> "STSClient": ...
@cache
def in_process_client(service: Any, account_id: str, region: str) -> BaseClient:
    """Return a client of a service that acts for an account in a Region.

    A client keeps nothing of a world that has ended, so that one serves all tests. For another
    service than these take `in_process_session(…).client(…)`.
    """
    client: BaseClient = in_process_session(account_id=account_id, region=region).client(service)
    return client


@cache
def _loader() -> Loader:
    """Share the service models, EC2's being several megabytes, between all sessions."""
    loader: Loader = botocore.session.Session().get_component("data_loader")
    return loader
