"""An event proves nothing: whatever it says, what is done is what EC2 and the allowlist say."""

import pytest
from hypothesis import given, settings

from privatelink.event_names import NOTIFICATION
from tests.integration.functions.harness import failed
from tests.integration.functions.world import EVENTS, World
from tests.security.figures import Figures
from tests.security.forged.events import BATCHES, HOSTILE
from tests.security.forged.forging import SETTINGS, estate, hand_over, undisturbed


@given(batches=BATCHES)
@settings(SETTINGS, max_examples=6)
def test_an_estate_comes_to_rest_as_it_does_without_forged_events(
    figures: Figures, batches: list[tuple[str, list[str]]]
) -> None:
    expected = undisturbed()
    with estate() as each:
        hand_over(each, batches, figures)
        each.nobody_is_let_in_or_cut()
        assert each.at_rest() == expected


def test_a_forged_message_fails_alone_and_the_genuine_ones_beside_it_are_worked_off(
    world: World,
) -> None:
    endpoint_id = world.request()
    forged = [*HOSTILE, "[" * 200_000]
    sweep = world.event(EVENTS / "accept_endpoint_connections" / "scheduled_sweep.json")
    assert failed(world.accept(*forged, sweep)) == [f"m{n}" for n in range(len(forged))]
    assert world.provider.states() == {endpoint_id: "available"}


@pytest.mark.parametrize("text", [*HOSTILE, "vpce-svc-0123456789abcdef0 " * 9_000, "[" * 200_000])
def test_whatever_stands_in_a_notification_one_small_event_comes_of_it(
    world: World, text: str
) -> None:
    ids = " ".join(f"vpce-svc-{n:017x}" for n in range(9_000))
    world.relay({"Records": [{"Sns": {"Message": text}}, {"Sns": {"Message": text + ids}}]})
    first, second = world.published_events(NOTIFICATION)
    assert len(str(first)) < 100
    # So many as no notification names stand for all there are.
    assert second == {"service_ids": [], "vpc_endpoint_ids": []}
