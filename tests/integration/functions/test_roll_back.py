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


def test_a_breaker_that_was_only_observed_is_counted_anew_once_it_trips(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        world.connect()
    world.edit(CONSUMER, STRANGER)
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    assert "breaker-tripped" in world.findings()
    assert not counted(capsys, "BreakerTrippedAnew")
    world.edit("mode: observe", "mode: enforce")
    world.sweep()
    assert counted(capsys, "BreakerTrippedAnew")
    world.sweep()
    assert not counted(capsys, "BreakerTrippedAnew")


def test_a_breaker_that_the_calendar_trips_rolls_nothing_back(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        world.connect()
    world.edit("alias: sddc-tokyo", "expires: 2026-01-31")
    world.sweep()
    output = capsys.readouterr().out.replace(" ", "")
    assert '"BreakerTripped":[1.0]' in output
    assert "BreakerTrippedAnew" not in output


def test_a_breaker_that_the_calendar_trips_among_others_is_counted_anew(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        world.connect()
    world.connect(world.stranger)
    world.edit("alias: sddc-tokyo", "expires: 2026-01-31")
    world.sweep()
    assert counted(capsys, "BreakerTrippedAnew")


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


def test_mistakes_are_not_counted_when_their_message_is_delivered_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.allowlist = "services: ["
    with pytest.raises(AllowlistError):
        world.accept(world.event(BAKING), receives=2)
    assert not counted(capsys, "InvalidAllowlistDeployed")


@pytest.mark.parametrize("name", ["allowlist_deployed", "allowlist_rolled_back"])
def test_mistakes_are_not_counted_when_nothing_bakes(
    world: World, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    world.allowlist = "services: ["
    with pytest.raises(AllowlistError):
        world.accept(world.event(BAKING.with_stem(name)))
    assert not counted(capsys, "InvalidAllowlistDeployed")


def test_mistakes_are_not_counted_as_long_as_the_document_is_in_force(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.allowlist = "services: ["
    with pytest.raises(AllowlistError):
        world.accept()
    output = capsys.readouterr().out.replace(" ", "")
    assert '"AllowlistUnavailable":[1.0]' in output
    assert "InvalidAllowlistDeployed" not in output
