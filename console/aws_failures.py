"""What AWS and botocore say, in words for the person at the terminal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from privatelink.errors import AwsError

_INVALID_ENDPOINT: Final = "Invalid endpoint: "
"""How botocore's ValueError begins, which has no type of its own."""


class Telling(NamedTuple):
    """What is wrong, and what to do about it."""

    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What went wrong, in one shape; the operation is empty if no call was made.

    The code of what botocore raises by itself is the name of its class.
    """

    operation: str
    code: str
    message: str

    @classmethod
    def of(cls, error: Exception) -> "Failure | None":
        """Return the failure that an error tells of, or None: it is no AWS call's."""
        match error:
            case AwsError(operation=operation, code=code, message=message):
                return cls(operation=operation, code=code, message=message)
            case ClientError():
                said = error.response.get("Error", {})
                code, message = said.get("Code", "Unknown"), said.get("Message", "")
                return cls(operation=error.operation_name, code=code, message=message)
            case BotoCoreError():
                return cls(operation="", code=type(error).__name__, message=str(error))
            case ValueError() if str(error).startswith(_INVALID_ENDPOINT):
                url = str(error).removeprefix(_INVALID_ENDPOINT)
                return cls(operation="", code="InvalidEndpoint", message=url)
            case OSError():
                return cls(operation="", code="OSError", message=_of_system(error))
        return None


def _of_system(error: OSError) -> str:
    """Return what the operating system says, of which file."""
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what


def telling_of(failure: Failure) -> Telling:
    """Return what is told of a failure."""
    telling = _TELLINGS.get(failure.code)
    if telling:
        return telling(failure)
    what = f"{failure.operation} failed" if failure.operation else "The AWS call failed"
    return Telling(f"{what} with {failure.code}: {failure.message}")


def no_region() -> Telling:
    """Say that nothing names a Region."""
    return Telling(
        "No Region is set.", "Name the stack's: --region REGION, AWS_REGION, or the profile's."
    )


# "User: ARN is not authorized to perform: ACTION on resource: ARN because ...", which most services
# say; EC2 begins with another sentence, and leaves the resource out where there is none.
_NOT_AUTHORIZED: Final = re.compile(
    r"(?:User: (?P<who>\S+) )?is not authorized to perform: (?P<action>[\w-]+:\w+)"
    r"(?: on resource: (?P<resource>\S+))?"
)


def _denied(failure: Failure) -> Telling:
    """Say who may not do what on which resource, as exactly as AWS tells."""
    found = _NOT_AUTHORIZED.search(failure.message)
    if not found:
        action = _action(failure)
        return Telling(
            f"The caller may not {action}. AWS says: {failure.message}", f"Allow {action}."
        )
    resource = (found["resource"] or "").rstrip(".")
    what = f"{found['action']} on {resource}" if resource else found["action"]
    return Telling(f"{found['who'] or 'The caller'} may not {what}.", f"Allow {what}.")


def _action(failure: Failure) -> str:
    # EC2 alone may keep its action to itself, in a message that has to be decoded.
    is_ec2 = failure.code == "UnauthorizedOperation"
    return f"ec2:{failure.operation}" if is_ec2 else failure.operation


def _no_credentials(failure: Failure) -> Telling:
    return Telling(
        f"There are no usable AWS credentials: {failure.message}",
        "Log in (aws sso login, aws login), or name a profile: --profile NAME, or AWS_PROFILE.",
    )


def _expired(failure: Failure) -> Telling:
    return Telling(
        f"The AWS credentials have expired: {failure.message}",
        "Log in again (aws sso login, aws login), or renew the credentials of the environment.",
    )


def _no_profile(failure: Failure) -> Telling:
    return Telling(f"{failure.message}.", "aws configure list-profiles lists those there are.")


def _no_url(failure: Failure) -> Telling:
    return Telling(
        f"The endpoint of AWS is no URL: {failure.message}",
        "Mend AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_ and a service's name, or the profile's.",
    )


def _not_reached(failure: Failure) -> Telling:
    return Telling(
        f"AWS could not be reached: {failure.message}",
        "Check the network, the proxy and the Region.",
    )


def _throttled(failure: Failure) -> Telling:
    return Telling(
        f"AWS asks to come back later: {failure.operation}: {failure.message}",
        "The account's calls are used up for the moment: try again in a minute.",
    )


_NOT_REACHED: Final = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "ConnectionError",
        "EndpointConnectionError",
        "HTTPClientError",
        "ProxyConnectionError",
        "ReadTimeoutError",
        "SSLError",
    }
)
_THROTTLED: Final = frozenset(
    {
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_OF_AWS: Final = frozenset({"InternalError", "InternalServerException", "ServiceUnavailable"})
"""Failures of AWS itself."""


def is_passing(error: AwsError) -> bool:
    """Tell whether a failure may be over in a minute."""
    return error.code in _NOT_REACHED | _THROTTLED | _OF_AWS


_TELLINGS: Final[Mapping[str, Callable[[Failure], Telling]]] = {
    code: telling
    for telling, codes in (
        (
            _no_credentials,
            (
                "AuthFailure",
                "CredentialRetrievalError",
                "IncompleteSignature",
                "InvalidAccessKeyId",
                "InvalidClientTokenId",
                "InvalidSignatureException",
                "LoginInsufficientPermissions",
                "MissingAuthenticationToken",
                "NoCredentialsError",
                "PartialCredentialsError",
                "SignatureDoesNotMatch",
                "UnrecognizedClientException",
            ),
        ),
        (
            _expired,
            (
                "ExpiredToken",
                "ExpiredTokenException",
                "LoginAuthorizationCodeError",
                "LoginError",
                "LoginRefreshRequired",
                "LoginTokenLoadError",
                "RefreshWithMFAUnsupportedError",
                "RequestExpired",
                "SSOError",
                "SSOTokenLoadError",
                "TokenRetrievalError",
                "UnauthorizedSSOTokenError",
            ),
        ),
        (_denied, ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")),
        (_not_reached, _NOT_REACHED),
        (_throttled, _THROTTLED),
        (_no_profile, ("ProfileNotFound",)),
        (_no_url, ("InvalidEndpoint",)),
        (lambda failure: Telling(f"{failure.message}."), ("OSError",)),
        (lambda _: no_region(), ("NoRegionError",)),
    )
    for code in codes
}
