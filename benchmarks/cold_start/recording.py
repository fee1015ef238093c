"""Recordings: which clients a function makes, what it asks AWS with them, and what AWS answers.

Answers are found again by who asks, in which Region, for what. Times are taken out of questions:
a later run says another one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

_TIME: Final = re.compile(
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}(?::|%3A)[0-9]{2}(?::|%3A)[0-9.]+(?:Z|(?:\+|%2B)[0-9:%3A]+)?"
)
_ACTION: Final = re.compile(rb"(?:^|&)Action=([A-Za-z0-9]+)")


class Question(NamedTuple):
    """What a request asks; `target` is the method and path, or `X-Amz-Target` where that is sent.

    `caller` is the access key id that the request is signed with.
    """

    caller: str
    region: str
    target: str
    body: bytes

    @classmethod
    def of(cls, caller: str, region: str, target: str, body: bytes) -> "Question":
        """Return the question of a request."""
        return cls(caller, region, target, _TIME.sub(b"TIME", body))

    @property
    def name(self) -> str:
        """The operation, or where its service tells it by that alone, method and path."""
        action = _ACTION.search(self.body)
        return action[1].decode() if action else self.target.rpartition(".")[2]


class Answer(NamedTuple):
    """What AWS answers, as it is sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange(NamedTuple):
    """One call: of which client, in boto3's words, and in those of HTTP."""

    client: int
    operation: str
    params: Mapping[str, Any]
    question: Question
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Clients by the arguments they were made with, and the calls in order."""

    clients: tuple[Mapping[str, Any], ...]
    exchanges: tuple[Exchange, ...]

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that were called, in order."""
        return tuple(exchange.operation for exchange in self.exchanges)

    def answers(self) -> Iterator[tuple[Question, Answer]]:
        """Yield what was answered to which question, in order."""
        return ((exchange.question, exchange.answer) for exchange in self.exchanges)


@dataclass(frozen=True, kw_only=True)
class RecordedPass:
    """One invocation of a function, recorded; `variables` are those of its environment."""

    function: str
    event: Mapping[str, Any]
    response: object
    variables: Mapping[str, str]
    recording: Recording
