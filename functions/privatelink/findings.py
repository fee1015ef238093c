"""Findings: what a person has to look at, in words that can be forwarded."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct


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
    BREAKER_TRIPPED = "breaker-tripped"
    ACCEPTANCE_NOT_REQUIRED = "acceptance-not-required"
    NOTIFICATION_DISABLED = "notification-disabled"
    PRIVATELINK_RULES_ENFORCED = "privatelink-rules-enforced"
    LISTENERS_DIFFER = "listeners-differ"
    NO_HEALTHY_TARGET = "no-healthy-target"
    NO_PORTS = "no-ports"
    ROLE_NOT_ASSUMABLE = "role-not-assumable"
    PERMISSION_MISSING = "permission-missing"
    DEFAULT_SECURITY_GROUP = "default-security-group"
    NO_OPTED_IN_GROUP = "no-opted-in-group"
    OPTED_OUT_GROUP = "opted-out-group"
    SECURITY_GROUP_QUOTA = "security-group-quota"
    LEFT_BEHIND = "left-behind"
    PARAMETER_CLASH = "parameter-clash"
    PARAMETER_QUOTA = "parameter-quota"
    NO_ADDRESS = "no-address"
    ADDRESS_NOT_RESOLVED = "address-not-resolved"
    ADDRESS_OUTSIDE_PRIMARY_CIDR = "address-outside-primary-cidr"
    NO_ROUTE_TO_SOURCE = "no-route-to-source"


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
    BREAKER_TRIPPED = (
        "More live connections would be withdrawn at once than max_withdrawals of the service"
        " allows, so none is. If an entry is missing by mistake, list it again. If they are to go,"
        " raise max_withdrawals to their number in the next version of the allowlist; a service"
        " that has been removed is listed again for that, with consumers: []."
    )
    ACCEPTANCE_NOT_REQUIRED = (
        "The endpoint service accepts every connection by itself. Those who are not listed are"
        " rejected as soon as they are seen, and have had access until then: switch acceptance"
        " required on again."
    )
    NOTIFICATION_DISABLED = (
        "EC2 has disabled the service's connection notification, so that requests wait for the"
        " next sweep: see that the topic and its policy are as this stack made them, then delete"
        " the notification, and the next sweep makes another."
    )
    PRIVATELINK_RULES_ENFORCED = (
        "The load balancer's security groups judge PrivateLink traffic by the consumers' own"
        " addresses, which overlap with others: switch enforcement of inbound rules on PrivateLink"
        " traffic off."
    )
    LISTENERS_DIFFER = (
        "The service's load balancers do not listen on the same ports, so that a connection fails"
        " or not depending on which of them it meets: give all of them the same listeners."
    )
    NO_HEALTHY_TARGET = (
        "No target of the listener is healthy, so that connections are accepted and not answered:"
        " look at the targets and their health checks."
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
        " for service control policies and permissions boundaries, and whether EndpointRegions"
        " there names the Region of the endpoints."
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
    SECURITY_GROUP_QUOTA = (
        "The rules do not fit into the security group, and none is added: remove rules,"
        " aggregate source_cidrs, name fewer ports, or attach a group of its own to the endpoint."
    )
    LEFT_BEHIND = (
        "The consumer has left and does not let us in any more, so that what is listed stays: have"
        " the role deployed again, or the rules and parameters removed by hand. It is tried again"
        " with every sweep, for 30 days."
    )
    PARAMETER_CLASH = (
        "Parameters of another owner stand where this endpoint's belong; they are not touched:"
        " remove them, or give one of the services another alias."
    )
    PARAMETER_QUOTA = (
        "Parameter Store cannot hold what is to be published, so that nothing of it is: remove"
        " parameters, or name fewer ports in the consumer's entry."
    )
    NO_ADDRESS = (
        "The endpoint is available and has no IPv4 address that could be published: give it a"
        " subnet with IPv4 addresses."
    )
    ADDRESS_NOT_RESOLVED = (
        "The endpoint's DNS name has no address, so that nothing is published for it; it is tried"
        " again with every sweep. If it stays so, give the stack a role in the account."
    )
    ADDRESS_OUTSIDE_PRIMARY_CIDR = (
        "An address of the endpoint is not in its VPC's primary CIDR, and nothing else of the VPC"
        " can be reached from an SDDC: place the endpoint in subnets of the primary CIDR."
    )
    NO_ROUTE_TO_SOURCE = (
        "The route table of the endpoint's subnet has no active route that contains the source and"
        " leads to the SDDC, so that answers do not arrive: correct source_cidrs, connect the"
        " segment, or have the subnet use the VPC's main route table."
    )


_WARNINGS: Final = frozenset(
    {
        FindingKind.UNKNOWN_STATE,
        FindingKind.NOTIFICATION_DISABLED,
        FindingKind.LISTENERS_DIFFER,
        FindingKind.OPTED_OUT_GROUP,
        FindingKind.LEFT_BEHIND,
        FindingKind.ADDRESS_NOT_RESOLVED,
        FindingKind.NO_ROUTE_TO_SOURCE,
    }
)
_SHOWN: Final = 100


def enumerated(items: Iterable[str]) -> str:
    """Return items as evidence: in order, and not more of them than an event can carry."""
    everything = sorted(items)
    more = len(everything) - _SHOWN
    shown = ", ".join(everything[:_SHOWN]) or "none"
    return f"{shown} and {more} more" if more > 0 else shown


class Finding(Struct, frozen=True, kw_only=True):
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
