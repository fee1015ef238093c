"""A check: what was looked at, how it is, and how to mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from console.errors import told
from privatelink.errors import NotFoundError, PrivateLinkError
from privatelink.findings import Finding, Severity

_GONE: Final = "It has been deleted behind the stack's back: make it again, as it was."


class Result(StrEnum):
    """How it is."""

    OK = "ok"
    WARNING = "warning"
    """Nothing that the allowlist asks for fails on account of it, or not yet."""
    PROBLEM = "problem"
    UNKNOWN = "unknown"
    """It could not be looked at."""


class Check(Struct, frozen=True, kw_only=True):
    """What has been looked at, and how it is."""

    id: Annotated[
        str, Meta(description="what is checked, the same each time; it begins with the subject")
    ]
    subject: Annotated[str, Meta(description="the part of the deployment, as in hints")]
    looked_at: Annotated[str, Meta(description="what was looked at")]
    result: Annotated[Result, Meta(description="how it is; unknown: it could not be looked at")]
    found: Annotated[str, Meta(description="what was found there, or why nothing could be")]
    mend: Annotated[str, Meta(description="how to mend it; empty: there is nothing to do")] = ""
    finding: Annotated[
        str, Meta(description="id of the finding that says the same; empty: there is none")
    ] = ""


@dataclass(frozen=True)
class Question:
    """What is to be looked at; the id begins with the subject and a slash."""

    id: str
    looked_at: str

    def ok(self, found: str) -> Check:
        """Say that it is as it should be."""
        return self._check(Result.OK, found)

    def warning(self, found: str, mend: str) -> Check:
        """Say that somebody should have a look."""
        return self._check(Result.WARNING, found, mend)

    def problem(self, found: str, mend: str) -> Check:
        """Say that something does not work."""
        return self._check(Result.PROBLEM, found, mend)

    def unknown(self, found: str, mend: str) -> Check:
        """Say that it could not be looked at."""
        return self._check(Result.UNKNOWN, found, mend)

    def amiss(self, finding: Finding) -> Check:
        """Say what a finding says, in its own words."""
        evidence = "; ".join(f"{name}: {value}" for name, value in finding.evidence.items())
        found = f"{finding.kind}, {finding.subject}" + (f" ({evidence})" if evidence else "")
        return self.recorded(found, finding.what_to_do, finding.severity, finding.id)

    def recorded(self, found: str, mend: str, severity: Severity, finding: str) -> Check:
        """Say what is on record as a finding, by its id."""
        result = Result.PROBLEM if severity is Severity.ERROR else Result.WARNING
        return self._check(result, found, mend, finding=finding)

    def answer(self, look: Callable[[], Iterable[Check]]) -> tuple[Check, ...]:
        """Return what a look says; that something is gone; or that AWS does not let us look."""
        try:
            return tuple(look())
        except NotFoundError as error:
            return (self.problem(told(error).message, _GONE),)
        except PrivateLinkError as error:
            said = told(error)
            return (self.unknown(said.message, said.hint),)

    def _check(self, result: Result, found: str, mend: str = "", *, finding: str = "") -> Check:
        return Check(
            id=self.id,
            subject=self.id.partition("/")[0],
            looked_at=self.looked_at,
            result=result,
            found=found,
            mend=mend,
            finding=finding,
        )
