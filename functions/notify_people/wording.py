"""Words an event as a message that a person can act on, or forward.

Some of what events carry others have written, such as an answer of a consumer's account: it is
shown in one line each, cut, and behind its name, so that it cannot pass for words of ours.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from privatelink.errors import MalformedMessageError
from privatelink.event_names import FINDING_RAISED, HELD
from privatelink.gateways.topics import Message

_SUBJECT_MAX: Final = 100
_VALUE_MAX: Final = 1000
_WHAT_LETS_IN: Final[Mapping[str, str]] = {
    "unlisted-held": "To let it in, list the account for this service in the allowlist.",
    "expired": "To let it in, extend the account's entry in the allowlist.",
    "region-not-allowed": "To let it in, add the Region to the account's entry.",
    "over-cap": "To let it in, raise endpoints_max of the account's entry.",
}
"""By the rule that decided. Its name stands here, since whoever imports all rules starts later."""

type Detail = Mapping[str, object]


def word(detail_type: object, detail: object) -> Message:
    """Return the message about an event; MalformedMessageError if it is about something else."""
    if not isinstance(detail, Mapping):
        raise MalformedMessageError("detail", detail, "an object")
    if detail_type == HELD:
        return _held(detail)
    if detail_type == FINDING_RAISED:
        return _finding(detail)
    raise MalformedMessageError("detail-type", detail_type, f"{HELD} or {FINDING_RAISED}")


def _held(detail: Detail) -> Message:
    endpoint_id, account_id = _read(detail, "vpc_endpoint_id"), _read(detail, "account_id")
    return Message(
        _subject(f"waiting: {endpoint_id} of account {account_id}"),
        _paragraphs(
            f"The connection request of endpoint {endpoint_id} waits: {_read(detail, 'reason')}.",
            _WHAT_LETS_IN.get(_read(detail, "rule"), ""),
            _table(detail, ("account_id", "region", "service_id", "rule", "allowlist_version")),
            f"How it was decided, and what its owner does next: privatelink explain {endpoint_id}",
        ),
    )


def _finding(detail: Detail) -> Message:
    evidence = detail.get("evidence")
    if not isinstance(evidence, Mapping):
        raise MalformedMessageError("detail.evidence", evidence, "an object")
    severity, kind, subject = (_read(detail, name) for name in ("severity", "kind", "subject"))
    return Message(
        _subject(f"{severity}: {kind} of {subject}"),
        _paragraphs(
            _read(detail, "what_to_do"),
            _table(detail, ("kind", "subject", "severity", "service_id", "consumer")),
            "What was seen:",
            _table(evidence, sorted(map(str, evidence))),
            "What is open still, and how to mend it: privatelink status, privatelink doctor",
        ),
    )


def _read(detail: Detail, name: str) -> str:
    value = detail.get(name)
    if not isinstance(value, str):
        raise MalformedMessageError(f"detail.{name}", value, "a text")
    return _in_one_line(value)


def _table(detail: Detail, names: Iterable[str]) -> str:
    return "\n".join(
        f"  {_in_one_line(name)}: {_in_one_line(str(detail[name]))}"
        for name in names
        if detail.get(name)
    )


def _in_one_line(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text[:_VALUE_MAX])
    return shown if len(text) <= _VALUE_MAX else f"{shown}..."


def _subject(text: str) -> str:
    whole = f"privatelink-autopilot, {text}".encode("ascii", "replace").decode()
    return whole if len(whole) <= _SUBJECT_MAX else f"{whole[: _SUBJECT_MAX - 3]}..."


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(filter(None, paragraphs)) + "\n"
