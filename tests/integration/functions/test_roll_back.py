"""What is counted once, so that AppConfig rolls back what did it, and not what mends it."""

import pytest

from privatelink.errors import AllowlistError
from sandbox.accounts import CONSUMER, STRANGER
from tests.integration.functions.world import EVENTS, World

BAKING = EVENTS / "accept_endpoint_connections" / "allowlist_baking.json"


def counted(capsys: pytest.CaptureFixture[str], metric: str) -> bool:
    """Tell whether a metric has been counted since this was last asked."""
    return f'"{metric}":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_a_breaker_that_trips_is_counted_anew_once(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        world.connect()
    world.sweep()
    assert not counted(capsys, "BreakerTrippedAnew")
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert counted(capsys, "BreakerTrippedAnew")
    world.sweep()
    output = capsys.readouterr().out.replace(" ", "")
    assert '"BreakerTripped":[1.0]' in output
    assert "BreakerTrippedAnew" not in output

    world.edit(STRANGER, CONSUMER)  # what is rolled back to
    world.sweep()
    assert "breaker-tripped" not in world.findings()
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert counted(capsys, "BreakerTrippedAnew")


def test_a_breaker_that_would_trip_in_observe_mode_is_not(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        world.connect()
    world.sweep()
    world.edit(CONSUMER, STRANGER)
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    assert "breaker-tripped" in world.findings()
    assert not counted(capsys, "BreakerTrippedAnew")


@pytest.mark.parametrize(
    ("document", "expected"), [("services: [", True), ("", False), (None, False)]
)
def test_mistakes_are_counted_when_the_document_is_deployed(
    world: World, capsys: pytest.CaptureFixture[str], document: str | None, *, expected: bool
) -> None:
    world.allowlist = document
    with pytest.raises(AllowlistError):
        world.accept(world.event(BAKING))
    assert counted(capsys, "InvalidAllowlistDeployed") is expected


def test_mistakes_are_not_counted_as_long_as_the_document_is_in_force(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.allowlist = "services: ["
    with pytest.raises(AllowlistError):
        world.accept()
    output = capsys.readouterr().out.replace(" ", "")
    assert '"AllowlistUnavailable":[1.0]' in output
    assert "InvalidAllowlistDeployed" not in output
