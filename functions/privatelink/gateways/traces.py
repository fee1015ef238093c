"""Traces in the ledger of what may be with a consumer.

Several functions, or one more than once, may be at work on the same consumer at the same time, and
EC2 may show what was a moment ago. So names are added before anything is put, and are struck off,
or the trace removed, only if nothing has been put for some minutes and nobody has touched the trace
since it was read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from privatelink.gateways.claims import Share
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.records import NEVER

_SEEN_WITHIN: Final = timedelta(minutes=5)
"""By then EC2 shows what was written, and whoever was writing meanwhile has ended."""


@dataclass(frozen=True, kw_only=True)
class Traces:
    """Keeps the traces of shares."""

    ledger: Ledger
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def hold(self, share: Share, expected: Iterable[str], *, writes: bool) -> None:
        """Note what may be with the consumer in a moment: before it is.

        What is about to be written is noted even if it is on record already: whoever looks at the
        same time and sees nothing must not take the trace away.
        """
        expected = frozenset(expected)
        if expected and (writes or not expected <= share.holds):
            # All names, since those of a trace that cannot be read in full may have to be replaced.
            trace = share.record.trace
            known = share.holds if trace and trace.touched == NEVER else frozenset()
            self.ledger.leave_trace(share.scope, self.clock(), expected | known)

    def is_settled(self, share: Share) -> bool:
        """Whether there is a trace, and what is seen now is all that there is."""
        trace = share.record.trace
        return trace is not None and self.clock() - trace.touched > _SEEN_WITHIN

    def has_held(self, share: Share, name: str) -> bool:
        """Whether a name was with the consumer, and nothing has been put there since by us."""
        return name in share.holds and self.is_settled(share)

    def settle(self, share: Share, present: Iterable[str]) -> None:
        """Strike off what is not with the consumer any more."""
        gone = share.holds.difference(present)
        if share.record.trace is not None and gone and self.is_settled(share):
            self.ledger.strike_from_trace(share.scope, share.record.trace, gone)

    def release(self, share: Share) -> None:
        """Remove the trace: nothing of ours was seen."""
        if share.record.trace is not None and self.is_settled(share):
            self.ledger.remove_trace(share.scope, share.record.trace)
