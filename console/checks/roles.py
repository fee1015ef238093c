"""Whether a consumer lets the functions in, and the console."""

from collections.abc import Iterable, Iterator
from typing import Final

from console.checks.check import Check, Question
from console.checks.findings import recorded
from console.gateways.readers import TO_EXAMINE
from privatelink.errors import AccessDeniedError
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.claims import COPY
from privatelink.gateways.records import Scope, ScopeRecord, ServiceRecord
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.model import AccountId, Consumer

_KEPT_OUT: Final = (f"{FindingKind.ROLE_NOT_ASSUMABLE}/", f"{FindingKind.PERMISSION_MISSING}/")


def check_functions(
    question: Question, account_id: AccountId, records: Iterable[ServiceRecord]
) -> tuple[Check, ...]:
    """Tell what the functions have found when they entered an account."""
    found = {
        key: finding
        for _, on_record in _scopes(account_id, records)
        for key, finding in on_record.open_findings.items()
        if key.startswith(_KEPT_OUT)
    }
    if not found:
        return (question.ok("no finding says that the account keeps them out"),)
    return tuple(recorded(question, key, finding) for key, finding in sorted(found.items()))


def check_reader_role(
    question: Question, sessions: ConsumerSessions, consumer: Consumer, *, functions_enter: bool
) -> Check:
    """Check that the console may look into an account, with the external id of the functions."""
    role_arn = sessions.role_arn(consumer)
    try:
        sessions.enter(consumer, TO_EXAMINE)
    except AccessDeniedError:
        if functions_enter:
            return question.unknown(
                "it cannot be assumed, although the functions get in: zones and routes are not"
                " looked at",
                f"Deploy the current consumer/template.yaml in account {consumer.account_id}: it"
                " makes this role beside that of the functions.",
            )
        kept_out = Finding(kind=FindingKind.ROLE_NOT_ASSUMABLE, subject=role_arn, evidence={})
        return question.problem("it cannot be assumed", kept_out.what_to_do)
    return question.ok("it can be assumed with the external id")


def functions_enter(account_id: AccountId, records: Iterable[ServiceRecord]) -> bool:
    """Tell whether the functions have put something into an account, and still get in."""
    on_record = [each for _, each in _scopes(account_id, records)]
    findings = {key for each in on_record for key in each.open_findings}
    holds = {held for each in on_record if each.trace for held in each.trace.holds}
    kept_out = any(key.startswith(_KEPT_OUT) for key in findings)
    return not kept_out and any(not held.startswith(COPY) for held in holds)


def _scopes(
    account_id: AccountId, records: Iterable[ServiceRecord]
) -> Iterator[tuple[Scope, ScopeRecord]]:
    for record in records:
        for scope, on_record in record.consumers.items():
            if scope.consumer and scope.consumer.account_id == account_id:
                yield scope, on_record
