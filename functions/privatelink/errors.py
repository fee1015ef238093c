"""What can go wrong, and whether trying again helps.

PrivateLinkError
├── AllowlistError                  nothing is changed anywhere until it is mended
│   ├── AllowlistUnavailableError   yes: AppConfig could not be read
│   │   └── NothingDeployedError    no: no document has been deployed
│   ├── InvalidAllowlistError       no: the document itself is wrong
│   ├── RefusedAllowlistError       no: the document would do harm
│   └── UncheckedAllowlistError     perhaps: what it would do could not be read
├── MalformedMessageError           no: the message says nothing that can be used
├── InvalidSettingError             no: the function's environment is wrong
├── UnsuccessfulItemsError          perhaps: EC2 took the call and refused some of its items
├── ConsumerDeniedError             no: the consumer has to let us in; it becomes a finding
└── AwsError                        an AWS call failed
    ├── AccessDeniedError           no: a policy is missing
    ├── ThrottledError              yes: later
    └── NotFoundError               perhaps: EC2 is eventually consistent
"""

import reprlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

# What is found is shown in part: it may be long, and whole messages do not belong in a log.
_SHOWN: Final = reprlib.Repr(maxstring=100, maxother=100)
_TOLD: Final = 100
"""How much of what speaks against a document is told in one message."""


def _told(reasons: Sequence[object]) -> str:
    """Return the first of many reasons, and how many there are besides."""
    left = len(reasons) - _TOLD
    return "; ".join((*map(str, reasons[:_TOLD]), *([f"and {left} more"] if left > 0 else [])))


class PrivateLinkError(Exception):
    """Anything that this project raises on purpose."""


class AllowlistError(PrivateLinkError):
    """There is no allowlist to decide by, so that nothing may be changed."""


class AllowlistUnavailableError(AllowlistError):
    """The deployed allowlist could not be read, or none has been deployed."""

    def __init__(self, source: str, cause: str) -> None:
        super().__init__(source, cause)
        self.source = source
        self.cause = cause

    def __str__(self) -> str:
        return f"the allowlist could not be read from {self.source}: {self.cause}"


class NothingDeployedError(AllowlistUnavailableError):
    """No allowlist has been deployed yet."""


class Problem(NamedTuple):
    """One mistake in a document: where it stands, what stands there, what was expected.

    `line` and `column` count from 1; of what is missing they are those of what it is missing from.
    """

    path: str
    value: object
    expected: str
    line: int | None = None
    column: int | None = None

    @property
    def found(self) -> str:
        """What stands there, as it is told to people."""
        return "nothing" if self.value is None else _SHOWN.repr(self.value)

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{place}{self.path}: found {self.found}, expected {self.expected}"


class InvalidAllowlistError(AllowlistError):
    """The allowlist has mistakes; all of them are in `problems`, the first of them in the text."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return f"the allowlist has {len(self.problems)} mistake(s): {_told(self.problems)}"


class RefusedAllowlistError(AllowlistError):
    """The allowlist would do harm, and is not deployed; `objections` has all that is against it."""

    def __init__(self, objections: tuple[object, ...]) -> None:
        super().__init__(objections)
        self.objections = objections

    def __str__(self) -> str:
        count = len(self.objections)
        return f"the allowlist is refused for {count} reason(s): {_told(self.objections)}"


class UncheckedAllowlistError(AllowlistError):
    """What the allowlist would do cannot be told, so that it is not deployed."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"the allowlist is refused, since what it would do could not be read: {self.cause}"


class MalformedMessageError(PrivateLinkError):
    """A message could not be understood."""

    def __init__(self, path: str, value: object, expected: str) -> None:
        super().__init__(path, value, expected)
        self.path = path
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        return f"message {self.path}: found {_SHOWN.repr(self.value)}, expected {self.expected}"


class InvalidSettingError(PrivateLinkError):
    """An environment variable is missing or has no usable value."""

    def __init__(self, name: str, value: str | None, expected: str) -> None:
        super().__init__(name, value, expected)
        self.name = name
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        found = "nothing" if self.value is None else repr(self.value)
        return f"environment variable {self.name}: found {found}, expected {self.expected}"


class AwsError(PrivateLinkError):
    """An AWS call failed with `code`."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(operation, code, message)
        self.operation = operation
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.operation} failed with {self.code}: {self.message}"


class AccessDeniedError(AwsError):
    """A policy does not allow the call."""


class ThrottledError(AwsError):
    """AWS asks to come back later, and the retries of the call are used up."""


class NotFoundError(AwsError):
    """What the call names does not exist, or not yet."""


class UnsuccessfulItemsError(PrivateLinkError):
    """EC2 answered with success and refused some of the items: id to (code, message)."""

    def __init__(self, operation: str, items: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(operation, items)
        self.operation = operation
        self.items = items

    def __str__(self) -> str:
        refused = ", ".join(f"{item} ({code}: {text})" for item, (code, text) in self.items.items())
        return f"{self.operation} refused {refused}"


class ConsumerDeniedError(PrivateLinkError):
    """A consumer's role cannot be assumed, or does not allow a call."""

    def __init__(self, role_arn: str, operation: str, message: str) -> None:
        super().__init__(role_arn, operation, message)
        self.role_arn = role_arn
        self.operation = operation
        self.message = message

    def __str__(self) -> str:
        return f"{self.role_arn} does not allow {self.operation}: {self.message}"


@contextmanager
def collected(errors: list[PrivateLinkError]) -> Iterator[None]:
    """Note an error that is raised within the block, and go on behind it."""
    try:
        yield
    except PrivateLinkError as error:
        errors.append(error)


def raise_together(what: str, errors: Sequence[PrivateLinkError]) -> None:
    """Raise an ExceptionGroup of errors, if there are any, whose message names them all."""
    if errors:
        raise ExceptionGroup(f"{what}: {'; '.join(map(str, errors))}", errors)
