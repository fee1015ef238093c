"""What is said instead of a traceback: what is wrong, and what to do about it.

Whatever goes wrong in a way that can be expected ends here, be it told by botocore or by our own
gateways. What cannot be expected is a bug, and keeps its traceback.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from console.aws_failures import Failure, telling_of
from privatelink.errors import ConsumerDeniedError, InvalidAllowlistError, PrivateLinkError

ERROR: Final = 1
SOMETHING: Final = 2
STOPPED: Final = 130
"""Exit codes: of an error, of there being something to do or amiss, and of Ctrl-C."""


@dataclass(eq=False)
class ConsoleError(Exception):
    """Something that the person at the terminal can do something about; `hint` says what."""

    message: str
    hint: str = ""
    exit_code: int = ERROR

    def __str__(self) -> str:
        return self.message


def told(error: Exception) -> ConsoleError:
    """Return an expected error as it is told to a person."""
    if isinstance(error, ConsoleError):
        return error
    if isinstance(error, ConsumerDeniedError):
        account_id = error.role_arn.split(":")[4]
        return ConsoleError(
            str(error), f"Deploy the current consumer/template.yaml in account {account_id}."
        )
    if isinstance(error, InvalidAllowlistError):
        mistakes = "".join(f"\n  {problem}" for problem in error.problems)
        return ConsoleError(f"The allowlist is invalid:{mistakes}")
    failure = Failure.of(error)
    return ConsoleError(*telling_of(failure)) if failure else ConsoleError(str(error))


def told_together(error: Exception) -> Iterator[ConsoleError]:
    """Yield what is told of an error, or of each of a group's."""
    if isinstance(error, ExceptionGroup):
        for each in error.exceptions:
            yield from told_together(each)
    else:
        yield told(error)


def is_expected(error: Exception) -> bool:
    """Tell whether an error, or each of a group's, is one that can be told."""
    if isinstance(error, ExceptionGroup):
        return all(map(is_expected, error.exceptions))
    return isinstance(error, ConsoleError | PrivateLinkError) or Failure.of(error) is not None
