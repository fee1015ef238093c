"""Log groups of functions."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_MILLISECONDS: Final = timedelta(milliseconds=1)
_LONG_AGO: Final = datetime.fromisoformat("1970-01-01T00:00:00Z")


class LogGroups:
    """The log groups of one account and Region."""

    def __init__(self, logs: "CloudWatchLogsClient") -> None:
        self._logs = logs

    def has_events(self, log_group_name: str, *, since: datetime) -> bool:
        """Tell whether anything has been logged since a time."""
        with translated_errors("FilterLogEvents"):
            # A page may be empty although others follow: the streams are searched one by one.
            pages = self._logs.get_paginator("filter_log_events").paginate(
                logGroupName=log_group_name,
                startTime=(since - _LONG_AGO) // _MILLISECONDS,
                PaginationConfig={"PageSize": 1},
            )
            return any(page["events"] for page in pages)
