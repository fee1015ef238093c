"""What an attack is: one call of an API, what it would do, and why it must be refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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

type Parameters[Scene] = Mapping[str, Any] | Callable[[Scene], Mapping[str, Any]]
"""What a call is made with, or how that follows from what there is to attack."""

type Row[Scene] = tuple[str, str, Parameters[Scene]]
"""An attack without its reason: what it would do, the call, and what that is made with."""


@dataclass(frozen=True)
class Attack[Scene]:
    """One call. `parameters` are made from what the attacker finds, a double of it for controls."""

    what: str
    why: str
    call: str
    """In boto3's words: `ec2:describe_vpcs`."""
    parameters: Parameters[Scene] = field(default_factory=dict)
    region: str = field(default=REGION, kw_only=True)

    @classmethod
    def because(
        cls, why: str, *rows: Row[Scene], region: str = REGION
    ) -> "tuple[Attack[Scene], ...]":
        """Return attacks that must be refused for the same reason."""
        return tuple(
            cls(what, why, call, parameters, region=region) for what, call, parameters in rows
        )

    def __str__(self) -> str:
        """Return the sentence that the test is known by."""
        return self.what

    @property
    def service(self) -> str:
        """Whose call it is."""
        return self.call.partition(":")[0]

    def tried(self, client: Client, scene: Scene) -> str:
        """Make the call; return the code of the error that it ends in, "" if it succeeds."""
        given = self.parameters
        parameters = given(scene) if callable(given) else given
        try:
            getattr(client, self.call.partition(":")[2])(**parameters)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""


def taking(role_arn: str) -> Mapping[str, Any]:
    """Return what `sts:assume_role` is called with."""
    return {"RoleArn": role_arn, "RoleSessionName": "attack"}
