"""Who may create endpoints of a service: what people have allowed, and what the stack has."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.lifecycle import views
from tests.lifecycle.oracle import Oracle, Standing


def root_of(account_id: str) -> str:
    """Return the principal that stands for all of an account."""
    return f"arn:aws:iam::{account_id}:root"


@dataclass
class ByHand:
    """Remembers which principals of each service people have allowed.

    What the ledger has as the stack's when a person allows it again counts as the stack's:
    principals bear no tags, and nobody can tell.
    """

    _allowed: dict[str, set[str]] = field(default_factory=dict)

    def of(self, service_id: str) -> AbstractSet[str]:
        """Return the principals of a service that people have allowed."""
        return self._allowed.get(service_id, set())

    def allow(self, service_id: str, principal: str) -> None:
        """Allow a principal as a person does."""
        is_new = principal not in views.services()[service_id].principals
        if is_new and not views.is_on_record(service_id, principal):
            self._allowed.setdefault(service_id, set()).add(principal)
        _modify(service_id, allowed=[principal])

    def disallow(self, service_id: str, principal: str) -> None:
        """Allow a principal no more, whoever had allowed it."""
        self._allowed.get(service_id, set()).discard(principal)
        _modify(service_id, disallowed=[principal])

    def believe_the_record(self) -> None:
        """Take for the stack's what is on record: EC2 has misled it about what is allowed."""
        for service_id, service in views.services().items():
            self._allowed[service_id] = {
                each for each in service.principals if not views.is_on_record(service_id, each)
            }


def disappointments(oracle: Oracle, by_hand: ByHand) -> Iterator[str]:
    """Yield where the principals at rest are not those that should be allowed."""
    for service_id in oracle.aliases:
        allowed, theirs = set(views.services()[service_id].principals), by_hand.of(service_id)
        wanted = wanted_by(oracle, service_id)
        standing, entry = oracle.standing(service_id), oracle.entry(service_id)
        is_managed = standing is Standing.ENFORCED and entry.manage_principals
        if theirs - allowed:
            yield f"{theirs - allowed} of {service_id} is allowed no more, which a person did allow"
        if is_managed and wanted - allowed:
            yield f"{wanted - allowed} of {service_id} is not allowed"
        left = allowed - theirs - wanted - _protected(oracle, service_id)
        if left and (is_managed or standing is Standing.REMOVED):
            yield f"{left} of {service_id} is still allowed by the stack, and nobody asks for it"


def _protected(oracle: Oracle, service_id: str) -> AbstractSet[str]:
    """Return the roots of the accounts whose connections the circuit breaker keeps."""
    if not oracle.is_stopped(service_id):
        return frozenset()
    losses = oracle.losses(service_id)
    return {root_of(each.owner_id) for each in views.endpoints(service_id) if each.id in losses}


def wanted_by(oracle: Oracle, service_id: str) -> AbstractSet[str]:
    """Return the roots of the accounts that have a valid entry."""
    consumers = oracle.entry(service_id).consumers
    return {root_of(each) for each in consumers if oracle.valid(service_id, each)}


def _modify(
    service_id: str, *, allowed: Sequence[str] = (), disallowed: Sequence[str] = ()
) -> None:
    in_process_client("ec2", PROVIDER, REGION).modify_vpc_endpoint_service_permissions(
        ServiceId=service_id, AddAllowedPrincipals=allowed, RemoveAllowedPrincipals=disallowed
    )
