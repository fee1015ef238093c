"""Says which messages have failed, and what a person has to look at."""

from collections.abc import Sequence

from privatelink.errors import AllowlistError
from privatelink.findings import Finding
from privatelink.telemetry import count, logger


def log_failure(error: Exception, message_ids: Sequence[str]) -> None:
    """Say which messages an error sends back to the queue."""
    logger.error(
        str(error),
        exc_info=error,
        extra={"error": type(error).__name__, "message_ids": list(message_ids)},
    )
    count("MessagesFailed", len(message_ids))
    if isinstance(error, AllowlistError):
        count("AllowlistUnavailable")


def log_finding(finding: Finding) -> None:
    """Say what a person has to look at."""
    logger.warning(
        finding.what_to_do,
        extra={
            "finding": finding.id,
            "severity": finding.severity.value,
            "evidence": dict(finding.evidence),
        },
    )
    count("FindingsRaised")
