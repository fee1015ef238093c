"""Worlds in process, as in tests/integration/functions."""

from tests.integration.functions.conftest import clock, session, world

__all__ = ["clock", "session", "world"]
