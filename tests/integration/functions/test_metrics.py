"""What the functions tell in metrics: facts, once each."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.accounts import CONSUMER, STRANGER
from tests.integration.functions.harness import break_once
from tests.integration.functions.world import EVENTS, World
from tests.integration.privatelink_model.parties import Clock

type Told = Callable[[], dict[str, list[float]]]

SWEEP = EVENTS / "accept_endpoint_connections" / "scheduled_sweep.json"


@pytest.fixture
def clock() -> Clock:
    """The model's clock, which agrees with the functions' own."""
    return Clock(now=datetime.now(UTC))


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Return what has been told since this was last asked, by the metrics' names."""

    def read() -> dict[str, list[float]]:
        values: dict[str, list[float]] = {}
        for record in _records(capsys.readouterr().out):
            for directive in record.get("_aws", {}).get("CloudWatchMetrics", ()):
                for metric in directive["Metrics"]:
                    values.setdefault(metric["Name"], []).extend(record[metric["Name"]])
        return values

    return read


def _records(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def swept(world: World) -> None:
    """Have everything looked at by a sweep that is asked for now."""
    world.accept(world.event(SWEEP) | {"time": world.now().isoformat()})


def test_a_request_that_is_accepted(world: World, told: Told) -> None:
    world.request()
    world.accept()
    assert told()["ConnectionsAccepted"] == [1]
    world.accept()
    assert "ConnectionsAccepted" not in told()


def test_a_request_that_is_held_counts_once(world: World, told: Told) -> None:
    world.request(world.stranger)
    world.accept()
    assert told()["ConnectionsHeld"] == [1]
    world.accept()
    assert "ConnectionsHeld" not in told()


def test_a_request_that_is_rejected_is_no_withdrawal(world: World, told: Told) -> None:
    world.edit("consumers:", "unlisted: reject\n    consumers:")
    world.request(world.stranger)
    world.accept()
    found = told()
    assert found["ConnectionsRejected"] == [1]
    assert "ConnectionsWithdrawn" not in found


def test_a_connection_that_is_withdrawn_is_no_rejected_request(world: World, told: Told) -> None:
    world.connect()
    world.accept()
    told()
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    found = told()
    assert found["ConnectionsWithdrawn"] == [1]
    assert "ConnectionsRejected" not in found


def test_in_observe_mode_nothing_has_been_done_and_nobody_is_waited_for(
    world: World, told: Told
) -> None:
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.request()
    world.request(world.stranger)
    world.sweep()
    assert not {"ConnectionsAccepted", "ConnectionsHeld", "OldestPendingSeconds"} & told().keys()


def test_acceptance_that_ec2_refuses(world: World, told: Told) -> None:
    world.request()
    break_once(world.session, "ec2.AcceptVpcEndpointConnections")
    world.later(seconds=90)
    world.accept()
    found = told()
    assert found["AcceptanceRefused"] == [1]
    assert found["OldestPendingSeconds"] == [pytest.approx(90, abs=30)]
    world.accept()
    assert told()["OldestPendingSeconds"] == [0]


def test_who_was_accepted_late_is_pending_since_then(
    world: World, clock: Clock, told: Told
) -> None:
    world.privatelink.pending_seconds = 1e6
    world.request(world.stranger)
    world.accept()
    world.later(hours=3)
    clock.advance(seconds=3 * 3600)
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    told()
    world.later(seconds=40)
    clock.advance(seconds=40)
    world.accept()
    assert told()["OldestPendingSeconds"] == [pytest.approx(40, abs=20)]


def test_a_sweep_tells_how_late_it_is_and_what_is_open(world: World, told: Told) -> None:
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=False
    )
    world.sweep()
    assert not {"OpenFindings", "SweepAgeSeconds"} & told().keys()
    swept(world)
    found = told()
    assert found["OpenFindings"] == found["OpenErrors"] == [1]
    assert found["SweepAgeSeconds"] == [pytest.approx(0, abs=20)]


def test_a_sweep_that_could_not_see_all_tells_nothing_of_findings(world: World, told: Told) -> None:
    break_once(world.session, "ec2.DescribeVpcEndpointConnections")
    swept(world)
    found = told()
    assert "OpenFindings" not in found
    assert found["MessagesFailedPercent"] == [100]


def test_the_time_to_ready_is_from_creation_to_the_first_address(
    world: World, clock: Clock, told: Told
) -> None:
    world.request()
    world.later(seconds=50)
    clock.advance(seconds=50)
    world.sweep()
    assert told()["TimeToReadySeconds"] == [pytest.approx(50, abs=20)]
    world.put_parameter(CONSUMER, next(iter(sorted(world.parameters()))), "192.0.2.1")
    world.sweep()
    assert "TimeToReadySeconds" not in told()


def test_who_had_to_wait_for_a_person_waits_from_acceptance(
    world: World, clock: Clock, told: Told
) -> None:
    world.edit(f'"{CONSUMER}"', f'"{STRANGER}"')
    world.request()
    world.sweep()
    world.later(hours=5)
    clock.advance(seconds=5 * 3600)
    world.edit(f'"{STRANGER}"', f'"{CONSUMER}"')
    world.sweep()
    assert told()["TimeToReadySeconds"] == [pytest.approx(0, abs=20)]


def test_who_was_there_before_us_did_not_wait_for_us(world: World, told: Told) -> None:
    world.connect()
    world.sweep()
    assert world.parameters()
    assert "TimeToReadySeconds" not in told()


def test_rules_that_somebody_revokes_are_drift(world: World, told: Told) -> None:
    world.connect()
    world.sweep()
    assert "DriftRepaired" not in told()
    world.later(minutes=10)
    rules = world.ingress()
    revoke(world)
    world.sweep()
    assert world.ingress() == rules
    assert told()["DriftRepaired"] == [1]


def test_parameters_that_somebody_deletes_or_writes_over_are_drift(
    world: World, told: Told
) -> None:
    world.connect()
    world.sweep()
    told()
    world.later(minutes=10)
    before = world.parameters()
    (name,) = (name for name in before if name.endswith("/ips"))
    world.delete_parameter(CONSUMER, name)
    world.sweep()
    assert sum(told()["DriftRepaired"]) == 1
    world.later(minutes=10)
    (name,) = (name for name in before if name.endswith("/ip") and "/az/" not in name)
    world.put_parameter(CONSUMER, name, "192.0.2.1")
    world.sweep()
    assert world.parameters() == before
    assert sum(told()["DriftRepaired"]) == 1


def test_what_a_change_of_the_allowlist_asks_for_is_no_drift(world: World, told: Told) -> None:
    world.connect()
    world.sweep()
    world.later(minutes=10)
    world.edit(r"\[192.168.0.0/20\]", "[192.168.0.0/20, 192.168.16.0/20]")
    world.edit("alias: sddc-tokyo", "alias: sddc-tokyo\n        ports: [{port: 80}, {port: 443}]")
    world.sweep()
    found = told()
    assert "RulesAuthorized" in found
    assert "DriftRepaired" not in found


def test_calls_that_are_throttled_after_their_retries(world: World, told: Told) -> None:
    break_once(world.session, "ec2.DescribeVpcEndpointConnections", "RequestLimitExceeded")
    world.accept()
    found = told()
    assert found["CallsThrottled"] == found["MessagesFailed"] == [1]


def revoke(world: World) -> None:
    """Revoke the inbound rules of the consumer's group, as a person does."""
    rules = world.consumer.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [world.group_id]}]
    )["SecurityGroupRules"]
    world.consumer.ec2.revoke_security_group_ingress(
        GroupId=world.group_id,
        SecurityGroupRuleIds=[r["SecurityGroupRuleId"] for r in rules if not r["IsEgress"]],
    )
