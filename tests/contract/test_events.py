"""Event files against the rules of template.yaml, and the rules against the code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from privatelink import event_names
from sandbox.emulator.event_patterns import matches
from tests.contract.stack import QUEUED, ROOT, event_files, function, of_type, patterns_of

FILES = [
    pytest.param(package, event, id=f"{package}/{path.stem}")
    for package in QUEUED
    for path, event in event_files(ROOT / "events" / package)
]
FOREIGN = [
    pytest.param(event, id=path.stem)
    for path, event in event_files(Path(__file__).parent / "foreign_events")
]


@pytest.mark.parametrize(("package", "event"), FILES)
def test_every_event_file_matches_a_rule_of_its_function(
    package: str, event: Mapping[str, Any]
) -> None:
    assert [name for name, pattern in patterns_of(package).items() if matches(pattern, event)]


@pytest.mark.parametrize("package", QUEUED)
def test_every_rule_of_a_function_has_an_event_file(package: str) -> None:
    events = [event for _, event in event_files(ROOT / "events" / package)]
    for name, pattern in patterns_of(package).items():
        assert any(matches(pattern, event) for event in events), name


@pytest.mark.parametrize("event", FOREIGN)
@pytest.mark.parametrize("package", QUEUED)
def test_a_foreign_event_matches_no_rule(package: str, event: Mapping[str, Any]) -> None:
    assert not [name for name, pattern in patterns_of(package).items() if matches(pattern, event)]


def test_there_are_foreign_events_to_speak_of() -> None:
    assert len(FOREIGN) >= 5


@pytest.mark.parametrize(("package", "event"), FILES)
def test_every_event_file_is_a_whole_envelope(package: str, event: Mapping[str, Any]) -> None:
    assert package
    assert set(event) == {
        *("version", "id", "detail-type", "source", "account", "time", "region", "resources"),
        "detail",
    }


def test_the_relay_is_subscribed_to_the_topic_that_may_be_published_to_by_privatelink() -> None:
    (event,) = function("relay_connection_notifications")["Events"].values()
    assert event["Type"] == "SNS"
    policy = of_type("AWS::SNS::TopicPolicy")["ConnectionNotificationTopicPolicy"]
    assert policy["Topics"] == [event["Properties"]["Topic"]]
    admitting = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert [s["Principal"] for s in admitting] == [{"Service": "vpce.amazonaws.com"}]


def event_of(detail_type: str) -> dict[str, object]:
    return {"source": event_names.EVENT_SOURCE, "detail-type": detail_type, "detail": {}}


@pytest.mark.parametrize("detail_type", [event_names.NOTIFICATION, event_names.SWEEP])
def test_what_the_code_knows_as_a_hint_reaches_the_accept_function(detail_type: str) -> None:
    patterns = patterns_of("accept_endpoint_connections")
    assert matches(patterns["HintRule"], event_of(detail_type))


@pytest.mark.parametrize("package", QUEUED[1:])
def test_what_the_code_sends_as_a_convergence_request_reaches_both_functions(
    package: str,
) -> None:
    assert matches(patterns_of(package)["ConvergenceRule"], event_of(event_names.CONVERGENCE))


@pytest.mark.parametrize("detail_type", [event_names.HELD, event_names.FINDING_RAISED])
def test_what_waits_for_a_person_is_told(detail_type: str) -> None:
    pattern = of_type("AWS::Events::Rule")["AttentionRule"]["EventPattern"]
    assert matches(pattern, event_of(detail_type))
    events = [event for _, event in event_files(ROOT / "events" / "notify_people")]
    assert any(event["detail-type"] == detail_type for event in events)
    assert all(matches(pattern, event) for event in events)


def test_the_schedule_asks_for_a_sweep() -> None:
    (schedule,) = of_type("AWS::Scheduler::Schedule").values()
    parameters = schedule["Target"]["EventBridgeParameters"]
    assert parameters == {"Source": event_names.EVENT_SOURCE, "DetailType": event_names.SWEEP}


def test_what_a_consumer_forwards_is_what_the_provider_takes() -> None:
    (forwarded,) = of_type("AWS::Events::Rule", "consumer/template.yaml").values()
    taken = of_type("AWS::Events::Rule")
    assert forwarded["EventPattern"] == taken["ForwardedEndpointCallRule"]["EventPattern"]
    assert forwarded["EventPattern"] == taken["EndpointCallRule"]["EventPattern"]


def test_a_pattern_that_eventbridge_refuses_is_an_error() -> None:
    with pytest.raises(ValueError, match="refuses"):
        matches({"source": "not a list"}, event_of(event_names.SWEEP))


def test_every_rule_keeps_what_it_cannot_deliver() -> None:
    for name, rule in of_type("AWS::Events::Rule").items():
        for target in rule["Targets"]:
            assert "DeadLetterConfig" in target, name
