"""How AWS is called: retries and time-outs of every client, and its errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from privatelink.errors import AccessDeniedError, AwsError, NotFoundError, ThrottledError

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import PaginatorConfigTypeDef

CLIENT_CONFIG: Final = Config(
    retries={"mode": "standard", "max_attempts": 5},
    connect_timeout=3,
    read_timeout=10,
    user_agent_extra="privatelink-autopilot",
)

IMPATIENT_CONFIG: Final = CLIENT_CONFIG.merge(
    Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=4)
)
"""For calls that a person waits for: two attempts of one that hangs are over within 15 seconds."""

FILTER_VALUES: Final = 200
"""EC2 takes that many values in one filter."""

LARGEST_PAGE: "Final[PaginatorConfigTypeDef]" = {"PageSize": 1000}
"""The largest page of most operations of EC2; those with a smaller one say so where they are.

As the reference of each has it, such as
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointConnections.html
"""

# AuthFailure and OptInRequired are what EC2 says in a Region that an account has not opted in to,
# the last two what other services say to the sessions of a role that is gone.
_DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthFailure",
        "OptInRequired",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    }
)
_THROTTLED: Final = frozenset(
    {
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyUpdates",
        "ProvisionedThroughputExceededException",
    }
)

_MESSAGE_MAX: Final = 1000
_ENCODED: Final = "Encoded authorization failure message:"


@contextmanager
def translated_errors(operation: str) -> Iterator[None]:
    """Raise what botocore raises within the block as an AwsError that names the operation."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        message = error.response.get("Error", {}).get("Message", "")
        # What EC2 encodes is long, is another text each time, and tells people nothing.
        message = message.partition(_ENCODED)[0].rstrip()
        raise _kind(code)(operation, code, _in_one_line(message)) from error
    except BotoCoreError as error:
        raise AwsError(operation, type(error).__name__, _in_one_line(str(error))) from error


def _in_one_line(message: str) -> str:
    """Return what fits into one line: AWS quotes others, and botocore answers of any length."""
    return "".join(c if c.isprintable() else " " for c in message[:_MESSAGE_MAX])


def _kind(code: str) -> type[AwsError]:
    if code in _DENIED:
        return AccessDeniedError
    if code in _THROTTLED:
        return ThrottledError
    # EC2 names what is missing before the dot: InvalidVpcEndpointServiceId.NotFound.
    return NotFoundError if code.endswith(("NotFound", "NotFoundException")) else AwsError
