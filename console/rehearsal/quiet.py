"""Keeps what the functions log and count off the terminal."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from privatelink.telemetry import logger, metrics

_METRICS_DISABLED: Final = "POWERTOOLS_METRICS_DISABLED"


@contextmanager
def quiet() -> Iterator[None]:
    """Let nothing be logged or counted within the block."""
    level, before = logger.log_level, os.environ.get(_METRICS_DISABLED)
    logger.setLevel(logging.CRITICAL)
    # Powertools prints a metric by itself once it has a hundred values.
    os.environ[_METRICS_DISABLED] = "true"
    try:
        yield
    finally:
        metrics.clear_metrics()
        logger.setLevel(level)
        del os.environ[_METRICS_DISABLED]
        if before is not None:
            os.environ[_METRICS_DISABLED] = before
