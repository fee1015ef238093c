"""Findings: what a person has to look at, in words that can be forwarded."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How much it hurts."""

    WARNING = "warning"
    """Somebody waits, or something will not be tidied up."""
    ERROR = "error"
    """Something that the allowlist asks for does not happen."""


class FindingKind(StrEnum):
    """What is the matter."""

    SERVICE_NOT_FOUND = "service-not-found"
    UNKNOWN_STATE = "unknown-state"
    LIVE_WITHOUT_ENTRY = "live-without-entry"
    NO_PORTS = "no-ports"
    ROLE_NOT_ASSUMABLE = "role-not-assumable"
    PERMISSION_MISSING = "permission-missing"
    DEFAULT_SECURITY_GROUP = "default-security-group"
    NO_OPTED_IN_GROUP = "no-opted-in-group"
    OPTED_OUT_GROUP = "opted-out-group"
    PARAMETER_CLASH = "parameter-clash"
    NO_ADDRESS = "no-address"


class _Text(StrEnum):
    """What to do, by the name of the kind."""

    SERVICE_NOT_FOUND = (
        "The allowlist names an endpoint service that this account does not have in this Region:"
        " correct service_id, or remove the entry."
    )
    UNKNOWN_STATE = (
        "EC2 reports a state that this version does not know, so nothing is done about the"
        " endpoint: look at it in the console, and update this stack."
    )
    LIVE_WITHOUT_ENTRY = (
        "The endpoint is connected although no valid entry lists its account. It is left as it is:"
        " list the account, or reject the connection."
    )
    NO_PORTS = (
        "No port can be opened: add a listener to the service's Network Load Balancer, or ports to"
        " the consumer's entry."
    )
    ROLE_NOT_ASSUMABLE = (
        "Deploy consumer/template.yaml in the consumer's account with this provider's account id,"
        " stack name and external id."
    )
    PERMISSION_MISSING = (
        "The consumer's role does not allow the call: update consumer/template.yaml there, and look"
        " for service control policies and permissions boundaries."
    )
    DEFAULT_SECURITY_GROUP = (
        "The endpoint has its VPC's default security group, which is never touched because VMware's"
        " cross-account interfaces use it: attach a group of its own with the opt-in tag."
    )
    NO_OPTED_IN_GROUP = (
        "None of the endpoint's security groups is opted in: tag one with"
        " privatelink-autopilot:managed-ingress = true."
    )
    OPTED_OUT_GROUP = (
        "The group has rules of this stack and is not opted in any more, so they are left: tag it"
        " again, or remove the rules by hand."
    )
    PARAMETER_CLASH = (
        "Parameters of another owner stand where this endpoint's belong; they are not touched:"
        " remove them, or give one of the services another alias."
    )
    NO_ADDRESS = (
        "The endpoint is available and has no IPv4 address that could be published: give it a"
        " subnet with IPv4 addresses."
    )


_WARNINGS: Final = frozenset(
    {FindingKind.UNKNOWN_STATE, FindingKind.LIVE_WITHOUT_ENTRY, FindingKind.OPTED_OUT_GROUP}
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is the matter with one subject; the same thing has the same id each time."""

    kind: FindingKind
    subject: str
    evidence: Mapping[str, str]

    @property
    def id(self) -> str:
        """Stable as long as the finding is the same."""
        return f"{self.kind}/{self.subject}"

    @property
    def severity(self) -> Severity:
        """How much it hurts."""
        return Severity.WARNING if self.kind in _WARNINGS else Severity.ERROR

    @property
    def what_to_do(self) -> str:
        """Say how to mend it."""
        return _Text[self.kind.name].value
