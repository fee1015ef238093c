"""Whether everything could be delivered and worked off."""

from collections.abc import Iterator, Mapping
from typing import Final

from console.checks.check import Check, Question
from console.gateways.queues import Queues

_FAILED: Final = (
    "The log of {function} says why it failed. Mend that, then have the messages redriven, or purge"
    " the queue: the next sweep looks at everything anyway."
)
_UNDELIVERED: Final = (
    "The messages' attributes say what could not be delivered where, and why. Mend that, then purge"
    " the queue: the next sweep looks at everything anyway."
)
_QUEUES: Final[Mapping[str, str]] = {
    "AcceptDeadLetters": _FAILED.format(function="AcceptEndpointConnections"),
    "IngressDeadLetters": _FAILED.format(function="AuthorizeSecurityGroupIngress"),
    "AddressDeadLetters": _FAILED.format(function="PublishEndpointAddresses"),
    "UndeliveredEvents": _UNDELIVERED,
}
"""Queues that are empty when all is well, and what to do when they are not."""


def check_queues(queues: Queues, physical_ids: Mapping[str, str]) -> tuple[Check, ...]:
    """Check that the queues of what went wrong are empty."""
    return tuple(
        check
        for logical_id, mend in _QUEUES.items()
        for check in _look(queues, logical_id, physical_ids.get(logical_id, ""), mend)
    )


def _look(queues: Queues, logical_id: str, url: str, mend: str) -> tuple[Check, ...]:
    question = Question(f"queues/{logical_id}", f"queue {logical_id}")

    def look() -> Iterator[Check]:
        yield check_emptiness(question, queues.count_messages(url), mend)

    return question.answer(look)


def check_emptiness(question: Question, messages: int, mend: str) -> Check:
    """Check that no messages are in a queue."""
    if not messages:
        return question.ok("empty")
    return question.problem(f"not empty, messages: about {messages}", mend)
