"""What the functions have found amiss, and is so as far as they know."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from console.checks.check import Check, Question
from privatelink.findings import Severity
from privatelink.gateways.records import OpenFinding, ServiceRecord

_NO_EVIDENCE: Final = frozenset({"kind", "severity", "what_to_do"})


def check_findings(records: Mapping[str, ServiceRecord], told: Collection[str]) -> Iterator[Check]:
    """Tell the open findings of services, by their aliases, but for those that have been told."""
    for alias, record in records.items():
        checks = [
            recorded(Question(f"findings/{alias}/{key}", f"open finding of {whose}"), key, finding)
            for whose, key, finding in _open_findings(alias, record)
            if key not in told
        ]
        question = Question(f"findings/{alias}", f"open findings of {alias}")
        yield from checks or [question.ok("none but those above" if told else "none")]


def recorded(question: Question, key: str, finding: OpenFinding) -> Check:
    """Say what is on record as a finding."""
    said = finding.attributes
    evidence = "; ".join(f"{name}: {said[name]}" for name in sorted(said.keys() - _NO_EVIDENCE))
    found = f"{key}, since {finding.raised:%Y-%m-%d %H:%M} UTC"
    is_warning = said.get("severity") == Severity.WARNING
    return question.recorded(
        f"{found} ({evidence})" if evidence else found,
        mend=said.get("what_to_do", ""),
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        finding=key,
    )


def _open_findings(alias: str, record: ServiceRecord) -> Iterator[tuple[str, str, OpenFinding]]:
    """Return findings of the service itself, and then of its consumers, with whose they are."""
    for _, on_record in sorted(record.parts.items()):
        for key, finding in sorted(on_record.open_findings.items()):
            yield alias, key, finding
    for scope, on_record in sorted(record.consumers.items(), key=lambda item: item[0].prefix):
        for key, finding in sorted(on_record.open_findings.items()):
            yield f"{scope.consumer} at {alias}", key, finding
