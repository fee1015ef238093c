"""The log, the ledger, the events and the console say the same of a decision."""

from collections.abc import Iterator

import pytest

from accept_endpoint_connections.entries import announcements, changed_entries, log_and_count
from console.explaining import explain
from console.screens.explain import explained
from privatelink.rules import Action, Rule
from privatelink.telemetry import metrics
from tests.unit.builders import NOW
from tests.unit.console.sights import facts_about, shown
from tests.unit.decided import WORLDS


@pytest.fixture(autouse=True)
def _no_metrics_of_others() -> Iterator[None]:
    yield
    metrics.clear_metrics()


@pytest.mark.parametrize("rule", Rule)
def test_the_log_the_ledger_the_event_and_the_console_give_one_reason(
    rule: Rule, caplog: pytest.LogCaptureFixture
) -> None:
    plan = WORLDS[rule].plan
    decision = plan.decisions[-1]
    vpc_endpoint_id = decision.connection.vpc_endpoint_id
    entries = changed_entries(plan, {}, allowlist_version="v", now=NOW, observing=False)
    log_and_count(plan, entries, observing=False, tripped_before=False)
    logged = [
        r.__dict__ for r in caplog.records if r.__dict__["vpc_endpoint_id"] == vpc_endpoint_id
    ]
    document = explain(facts_about(rule))
    assert document.decision is not None
    text = " ".join(shown(explained(document, NOW)).split())

    assert entries[vpc_endpoint_id].reason == decision.reason
    assert document.decision.reason == decision.reason
    assert f"Decision: {decision.action}, because {decision.reason}" in text
    done = decision.action in {Action.ACCEPT, Action.REJECT}
    assert [each["reason"] for each in logged] == [decision.reason] * done
    told = [event.detail["reason"] for event in announcements([decision], "v")]
    assert told == [decision.reason] * (done or decision.action is Action.HOLD)
