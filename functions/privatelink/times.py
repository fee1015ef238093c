"""Times as they are written down: ISO 8601, with their zone."""

from datetime import UTC, datetime


def read_time(value: object) -> datetime | None:
    """Read a time that is written with its zone; None: that is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None
