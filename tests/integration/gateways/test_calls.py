"""AWS's errors in our words."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from privatelink.errors import AccessDeniedError, AwsError, NotFoundError, ThrottledError
from privatelink.gateways.calls import translated_errors


def raised(code: str, message: str = "no") -> AwsError:
    with pytest.raises(AwsError) as caught, translated_errors("DescribeVpcs"):
        raise ClientError({"Error": {"Code": code, "Message": message}}, "DescribeVpcs")
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UnauthorizedOperation", AccessDeniedError),
        ("AccessDenied", AccessDeniedError),
        ("RequestLimitExceeded", ThrottledError),
        ("InvalidVpcEndpointServiceId.NotFound", NotFoundError),
        ("InternalError", AwsError),
    ],
)
def test_an_error_is_of_a_kind_that_says_whether_a_retry_helps(
    code: str, kind: type[AwsError]
) -> None:
    assert type(raised(code)) is kind


def test_what_ec2_encodes_is_left_out() -> None:
    message = "You are not authorized. Encoded authorization failure message: Zm9v" + "x" * 999
    assert raised("UnauthorizedOperation", message).message == "You are not authorized."


def test_a_connection_that_fails_is_an_error_of_aws_too() -> None:
    with pytest.raises(AwsError, match="EndpointConnectionError"), translated_errors("Query"):
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")
