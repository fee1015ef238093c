import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from console.errors import ConsoleError, is_expected, told, told_together
from privatelink.errors import (
    AccessDeniedError,
    AllowlistUnavailableError,
    AwsError,
    ConsumerDeniedError,
    InvalidAllowlistError,
    Problem,
    ThrottledError,
)
from privatelink.gateways.calls import translated_errors

WHO = "arn:aws:sts::123456789012:assumed-role/operator/somebody"
STACK = "arn:aws:cloudformation:ap-northeast-1:123456789012:stack/privatelink-autopilot/*"


def said(code: str, message: str, operation: str = "DescribeStacks") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(
            f"User: {WHO} is not authorized to perform: cloudformation:DescribeStacks on resource: "
            f"{STACK} because no identity-based policy allows the "
            "cloudformation:DescribeStacks action",
            f"{WHO} may not cloudformation:DescribeStacks on {STACK}.",
            id="who, action and resource",
        ),
        pytest.param(
            "You are not authorized to perform this operation. User: "
            f"{WHO} is not authorized to perform: ec2:DescribeVpcEndpointConnections because no "
            "identity-based policy allows the ec2:DescribeVpcEndpointConnections action",
            f"{WHO} may not ec2:DescribeVpcEndpointConnections.",
            id="an action without resource",
        ),
    ],
)
def test_a_denial_names_action_and_resource(message: str, expected: str) -> None:
    error = told(said("AccessDenied", message))
    assert error.message == expected
    assert error.hint.startswith("Allow ")
    assert expected.split(" may not ")[1] == error.hint.removeprefix("Allow ")


def test_a_denial_that_ec2_encodes_names_the_action_of_its_operation() -> None:
    message = "You are not authorized to perform this operation."
    error = told(said("UnauthorizedOperation", message, "DescribeVpcEndpoints"))
    assert "may not ec2:DescribeVpcEndpoints." in error.message
    assert message in error.message
    assert error.hint == "Allow ec2:DescribeVpcEndpoints."


def test_a_denial_told_by_a_gateway_is_told_like_one_of_botocores() -> None:
    message = f"User: {WHO} is not authorized to perform: sts:AssumeRole on resource: {STACK}"
    denied = said("AccessDenied", message, "AssumeRole")
    with pytest.raises(AccessDeniedError) as raised, translated_errors("AssumeRole"):
        raise denied
    assert told(raised.value).message == told(denied).message


@pytest.mark.parametrize(
    "error",
    [
        said("ExpiredToken", "The security token included in the request is expired"),
        said("ExpiredTokenException", "The security token included in the request is expired"),
        said("RequestExpired", "Request has expired."),
        UnauthorizedSSOTokenError(),
        TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
        AwsError("DescribeVpcEndpointConnections", "RequestExpired", "Request has expired."),
        AwsError("AssumeRole", "TokenRetrievalError", "Token has expired and refresh failed"),
    ],
    ids=lambda error: f"{type(error).__name__}: {error}",
)
def test_expired_credentials_are_to_be_renewed(error: Exception) -> None:
    assert told(error).message.startswith("The AWS credentials have expired: ")
    assert "aws sso login" in told(error).hint


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (NoCredentialsError(), "There are no usable AWS credentials", "--profile"),
        (said("InvalidClientTokenId", "It is invalid."), "no usable AWS credentials", "--profile"),
        (ProfileNotFound(profile="work"), "(work) could not be found", "list-profiles"),
        (
            EndpointConnectionError(endpoint_url="https://sts.nowhere-1.amazonaws.com/"),
            "AWS could not be reached: Could not connect to the endpoint URL",
            "Region",
        ),
        (ThrottledError("DescribeStacks", "Throttling", "Rate exceeded"), "later", "again"),
        (
            ConsumerDeniedError("arn:aws:iam::111122223333:role/r", "AssumeRole", "no"),
            "does not allow AssumeRole",
            "consumer/template.yaml in account 111122223333",
        ),
        (AllowlistUnavailableError("AppConfig a/b/c", "gone"), "AppConfig a/b/c: gone", ""),
        (
            InvalidAllowlistError((Problem("services", 1, "a mapping", 2, 3),)),
            "\n  line 2, column 3: services: found 1, expected a mapping",
            "",
        ),
        (said("InternalError", "?"), "DescribeStacks failed with InternalError: ?", ""),
        (BotoCoreError(), "The AWS call failed with BotoCoreError", ""),
    ],
    ids=lambda value: str(value) if isinstance(value, Exception) else "",
)
def test_what_is_wrong_is_told_with_what_to_do(error: Exception, message: str, hint: str) -> None:
    assert message in told(error).message
    assert hint in told(error).hint


def test_errors_of_a_group_are_told_one_by_one() -> None:
    group = ExceptionGroup(
        "sweep", [ConsoleError("one"), ExceptionGroup("inner", [said("InternalError", "two")])]
    )
    assert is_expected(group)
    assert [each.message for each in told_together(group)] == [
        "one",
        "DescribeStacks failed with InternalError: two",
    ]


def test_a_group_with_a_bug_in_it_keeps_its_traceback() -> None:
    assert not is_expected(ExceptionGroup("sweep", [ConsoleError("one"), KeyError("a bug")]))
    assert not is_expected(ValueError("a bug"))
