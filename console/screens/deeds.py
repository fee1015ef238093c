"""What is decided and done, as lines of an outline."""

from collections.abc import Iterable, Iterator
from typing import Final

from console.documents.plan import PlannedDecision, PlannedDeed, PlannedFinding, Unknown
from console.rehearsal.deeds import DeedKind, Stage
from console.screens.outline import Heading, Marked, Note, Part

_ACTIONS: Final = {"accept": "+", "reject": "-", "hold": "=", "keep": "=", "nothing": "="}
_SHOWN: Final = 100
_ENTRANCE: Final = "The current consumer/template.yaml, deployed there, lets the console in."


# The mark of a kind of deed, and what is put before its subject.
_TOLD: Final = {
    DeedKind.ACCEPT_CONNECTION: ("+", "connection of "),
    DeedKind.REJECT_CONNECTION: ("-", "connection of "),
    DeedKind.CREATE_NOTIFICATION: ("+", "connection notification of "),
    DeedKind.MODIFY_NOTIFICATION: ("~", "connection notification, for every event: "),
    DeedKind.ALLOW_PRINCIPAL: ("+", "allowed principal: account "),
    DeedKind.REMOVE_PRINCIPAL: ("-", "allowed principal: account "),
    DeedKind.AUTHORIZE_INGRESS: ("+", ""),
    DeedKind.REVOKE_INGRESS: ("-", ""),
    DeedKind.CREATE_PARAMETER: ("+", ""),
    DeedKind.OVERWRITE_PARAMETER: ("~", ""),
    DeedKind.DELETE_PARAMETER: ("-", ""),
}
_BETWEEN: Final = {DeedKind.AUTHORIZE_INGRESS: ": ", DeedKind.REVOKE_INGRESS: ": "}
_CONNECTIONS: Final = frozenset({DeedKind.ACCEPT_CONNECTION, DeedKind.REJECT_CONNECTION})


def decision_line(decision: PlannedDecision) -> Marked:
    """Return the line of a decision."""
    return Marked(
        _ACTIONS[decision.action],
        f"{decision.action} {decision.vpc_endpoint_id} of {owner_of(decision)}",
        decision.reason,
    )


def owner_of(decision: PlannedDecision) -> str:
    """Return whose endpoint it is."""
    whose = f"{decision.account_id}/{decision.region}"
    has_name = decision.consumer not in {None, decision.account_id}
    return f"{decision.consumer}, {whose}" if has_name else whose


def deed_lines(deeds: Iterable[PlannedDeed]) -> Iterator[Part]:
    """Yield deeds by the account that they are done in; connections have lines of their own."""
    by_account: dict[str, list[PlannedDeed]] = {}
    for deed in deeds:
        if deed.kind not in _CONNECTIONS:
            by_account.setdefault(deed.account, []).append(deed)
    for account, done in by_account.items():
        whose = "in the provider's account" if account == "provider" else f"in {account}"
        yield Heading(whose, 2)
        yield from map(deed_line, done)


def deed_line(deed: PlannedDeed) -> Marked:
    """Return the line of a deed."""
    mark, words = _TOLD[DeedKind(deed.kind)]
    # What an `endpoint` leaf says in JSON is for machines.
    value = "" if deed.value.startswith("{") else deed.value
    value = f"{value[:_SHOWN]}…" if len(value) > _SHOWN else value
    between = _BETWEEN.get(DeedKind(deed.kind), " = ") if value else ""
    return Marked(
        mark,
        f"{words}{deed.subject}{between}{value}",
        "once available" if deed.when == Stage.ONCE_AVAILABLE else "",
    )


def mark_of(deed: PlannedDeed) -> str:
    """Return whether something comes, changes or goes."""
    mark, _ = _TOLD[DeedKind(deed.kind)]
    return mark


def finding_lines(findings: Iterable[PlannedFinding]) -> Iterator[Part]:
    """Yield findings, each with what to do."""
    for number, finding in enumerate(findings):
        if not number:
            yield Heading("what a person has to look at", 2)
        whose = f", at {finding.consumer}" if finding.consumer else ""
        yield Marked("!", f"{finding.severity}: {finding.kind}: {finding.subject}{whose}")
        for name, value in finding.evidence.items():
            yield Note(f"{name.replace('_', ' ')}:", value)
        yield Note(finding.what_to_do)


def unknown_lines(unknown: Unknown) -> Iterator[Part]:
    """Yield what is not known of a service."""
    parts = [
        *(
            Marked("?", f"rules and parameters in {each.account}", f"{each.why}. {_ENTRANCE}")
            for each in unknown.consumers
        ),
        *(
            Marked("?", f"addresses of {each}", "AWS tells them once it is available")
            for each in unknown.addresses
        ),
        *(Marked("?", error) for error in unknown.errors),
    ]
    if parts:
        yield Heading("not known", 2)
        yield from parts
