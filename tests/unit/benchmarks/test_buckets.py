"""AWS's token buckets."""

import pytest

from benchmarks.simulation.buckets import Buckets, Rate, TokenBucket, rate_of
from sandbox.in_process.wire import Call


def admitted(bucket: TokenBucket, *times: float) -> list[bool]:
    return [bucket.take(at) for at in times]


def test_a_bucket_is_full_to_begin_with() -> None:
    assert admitted(TokenBucket(Rate(2, 1)), 0, 0, 0) == [True, True, False]


def test_a_bucket_fills_as_time_passes() -> None:
    bucket = TokenBucket(Rate(2, 0.5))
    assert admitted(bucket, 0, 0, 1, 2, 3.9, 4) == [True, True, False, True, False, True]


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(Rate(2, 1))
    assert admitted(bucket, 100, 100, 100) == [True, True, False]


def test_what_is_refused_takes_nothing() -> None:
    bucket = TokenBucket(Rate(1, 1))
    assert admitted(bucket, 0, 0.2, 0.4, 0.6, 0.8, 1) == [True, *[False] * 4, True]


@pytest.mark.parametrize(
    ("service", "operation", "rate"),
    [
        ("ec2", "AcceptVpcEndpointConnections", (10, 1)),
        ("ec2", "RejectVpcEndpointConnections", (10, 1)),
        ("ec2", "CreateVpcEndpoint", (4, 0.3)),
        ("ec2", "AuthorizeSecurityGroupIngress", (50, 5)),
        ("ec2", "CreateTags", (100, 10)),
        ("ec2", "ModifyVpcEndpointServicePermissions", (50, 5)),
        ("ec2", "DescribeVpcEndpointConnections", (100, 20)),
        ("ssm", "PutParameter", (10, 3)),
        ("ssm", "GetParametersByPath", (40, 40)),
        ("dynamodb", "Query", None),
    ],
)
def test_each_operation_has_its_rate(
    service: str, operation: str, rate: tuple[float, float] | None
) -> None:
    assert rate_of(service, operation) == rate


def test_accounts_regions_and_operations_share_no_bucket() -> None:
    buckets = Buckets()

    def call(account_id: str = "1", region: str = "a", operation: str = "Accept") -> bool:
        name = f"{operation}VpcEndpointConnections"
        return buckets.admit(Call("ec2", name, account_id, region, {}), 0)

    assert [call() for _ in range(11)] == [*[True] * 10, False]
    assert call(account_id="2")
    assert call(region="b")
    assert call(operation="Reject")
    assert buckets.throttles == {("1", "AcceptVpcEndpointConnections"): 1}
