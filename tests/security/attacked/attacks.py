"""What an attack is: one call of an API, what it would do, and why it must be refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from sandbox.accounts import REGION
from sandbox.process import Client

REFUSED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",  # SNS's word
        "UnauthorizedOperation",  # EC2's
    }
)
"""What services call a call that IAM refuses; any other error is the service's own."""


type Parameters[Scene] = Callable[[Scene], Mapping[str, Any]]
"""What a call is made with, given what there is to attack."""


@dataclass(frozen=True, kw_only=True)
class Attack[Scene]:
    """One call. `parameters` are made from what the attacker finds, a double of it for controls."""

    what: str
    why: str
    service: str
    operation: str
    parameters: Parameters[Scene]
    region: str = REGION

    def __str__(self) -> str:
        """Return the sentence that the test is known by."""
        return self.what

    def tried(self, client: Client, scene: Scene) -> str:
        """Make the call; return the code of the error that it ends in, "" if it succeeds."""
        try:
            getattr(client, self.operation)(**self.parameters(scene))
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""


def always(**parameters: object) -> Parameters[object]:
    """Return parameters that need nothing of what there is."""
    return lambda _: parameters
