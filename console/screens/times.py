"""How times and ages are written for people."""

from datetime import datetime, timedelta
from typing import Final

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


def age(span: timedelta) -> str:
    """Write a span in its largest unit that leaves two or more: 45 s, 90 min, 47 h, 12 d."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if span >= 2 * unit:
            return f"{span // unit} {name}"
    return f"{max(0, int(span.total_seconds()))} s"


def when(at: datetime) -> str:
    """Write a time in UTC, to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def when_ago(at: datetime, now: datetime) -> str:
    """Write a time, and how long ago it was."""
    return f"{when(at)}, {age(now - at)} ago"
