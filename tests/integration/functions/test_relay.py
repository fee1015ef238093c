from pathlib import Path

import pytest

from tests.integration.functions.world import EVENTS, World

FILES = sorted((EVENTS / "relay_connection_notifications").glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_notification_becomes_one_event_with_the_ids_found_in_it(
    world: World, path: Path
) -> None:
    event = world.event(path)
    world.relay(event)
    (detail,) = world.published_events("Endpoint Connection Notification")
    message = event["Records"][0]["Sns"]["Message"]
    assert detail["service_ids"] == ([world.service_id] if "vpce-svc-" in message else [])
    assert bool(detail["vpc_endpoint_ids"]) == ("vpce-0" in message)


def test_the_text_of_a_notification_is_not_logged(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.relay({"Records": [{"Sns": {"Message": "secret vpce-svc-0123456789abcdef0"}}]})
    assert "secret" not in capsys.readouterr().out


def test_a_record_without_a_message_is_still_a_hint(world: World) -> None:
    world.relay({"Records": [{}]})
    (detail,) = world.published_events("Endpoint Connection Notification")
    assert detail == {"service_ids": [], "vpc_endpoint_ids": []}
