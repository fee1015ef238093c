"""Those who leave the allowlist, and those who would by mistake."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import break_once, clear_caches, failed
from tests.integration.functions.world import EVENTS, World
from tests.integration.privatelink_model.parties import Clock

TRACE = f"CONSUMER#{CONSUMER}/{REGION}#{{}}#TRACE"


def deny_the_role(session: boto3.Session, world: World) -> None:
    """Have the consumer take our role away; the functions forget their sessions."""
    for _ in range(20):
        break_once(session, "sts.AssumeRole", "AccessDenied")
    clear_caches()
    world.calls.clear()


def let_all_in_again(session: boto3.Session) -> None:
    """Use up what `deny_the_role` has left."""
    sts, role_arn = session.client("sts"), "arn:aws:iam::111122223333:role/any"
    for _ in range(20):
        try:
            sts.assume_role(RoleArn=role_arn, RoleSessionName="any", Policy='{"Statement": []}')
        except sts.exceptions.ClientError:
            continue
        return


def test_a_consumer_that_is_not_listed_any_more_is_cut_and_nothing_is_left(world: World) -> None:
    endpoint_id = world.connect()
    world.sweep()
    assert world.parameters()
    world.edit(CONSUMER, STRANGER)
    assert world.sweep() == []
    assert world.provider.states() == {endpoint_id: "rejected"}
    assert world.ingress() == []
    assert world.parameters(CONSUMER) == world.parameters(PROVIDER) == {}
    entries = [e for e in world.history(endpoint_id) if e.get("rule") == "live-unlisted"]
    assert [e["reason"] for e in entries] == [f"account {CONSUMER} is connected and not listed"]
    (rejected,) = world.published_events("Endpoint Connection Rejected")
    assert rejected["rule"] == "live-unlisted"
    world.sweep()
    world.calls.clear()
    world.sweep()
    assert world.writes == []


def test_an_entry_expires_by_itself_when_its_last_day_is_over(world: World) -> None:
    endpoint_id = world.connect()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    world.edit("alias: sddc-tokyo", f"expires: {tomorrow}")
    world.later(days=1)
    world.sweep()
    assert world.provider.states() == {endpoint_id: "available"}
    world.later(days=1)
    world.sweep()
    assert world.provider.states() == {endpoint_id: "rejected"}
    assert world.ingress() == []
    assert world.ledger()[f"ENDPOINT#{endpoint_id}"]["rule"] in {"live-expired", "ended"}


def test_a_mass_withdrawal_needs_a_human(world: World) -> None:
    ids = [world.connect() for _ in range(4)]
    world.sweep()
    good, rules = world.parameters(), world.ingress()
    world.edit(CONSUMER, STRANGER)
    assert world.sweep() == []
    assert set(world.provider.states().values()) == {"available"}
    assert (world.parameters(), world.ingress()) == (good, rules)
    assert world.findings() == {"breaker-tripped"}
    (raised,) = world.published_events("Finding Raised")
    assert raised["id"] == f"breaker-tripped/{world.service_id}"
    assert all(endpoint_id in raised["evidence"]["connections"] for endpoint_id in ids)
    assert "max_withdrawals" in raised["what_to_do"]
    world.sweep()
    assert world.published_events("Finding Raised") == []
    world.edit("consumers:", "max_withdrawals: 4\n    consumers:")
    assert world.sweep() == []
    assert set(world.provider.states().values()) == {"rejected"}
    assert (world.parameters(), world.ingress(), world.findings()) == ({}, [], set())


def test_the_breaker_does_not_keep_others_waiting(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        world.connect()
    request = world.request(world.stranger)
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert world.provider.states()[request] == "available"
    assert '"BreakerTripped":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_what_a_leaver_without_a_role_keeps_is_listed_tried_again_and_given_up(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.connect()
    world.sweep()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    deny_the_role(session, world)
    assert world.sweep() == []
    assert world.findings() == {"left-behind"}
    raised = {r["subject"]: r for r in world.published_events("Finding Raised")}
    place = f"{CONSUMER}/{REGION}"
    assert "192.168.0.0/20 on tcp/80" in raised[f"{place}/ingress"]["evidence"]["stays"]
    assert f"{world.consumer.vpc_id}/ip" in raised[f"{place}/addresses"]["evidence"]["stays"]
    # Our own copies go all the same.
    assert world.parameters(PROVIDER) == {}
    world.sweep()
    assert world.published_events("Finding Raised") == []
    later(world, days=31)
    assert world.sweep() == []
    assert world.published_events("Consumer Convergence Requested") == []
    assert TRACE.format("ingress") not in world.ledger()
    given_up = world.ledger()[f"CONSUMER#{place}#ingress#GIVEN_UP"]
    assert "192.168.0.0/20 on tcp/80" in given_up["holds"]
    world.sweep()
    assert world.findings() == set()


def later(world: World, *, days: int) -> None:
    """Let the ledger's findings have been open for longer."""
    table = in_process_client("dynamodb", PROVIDER, REGION)
    for key, item in world.ledger().items():
        if "#FINDING#" in key:
            past = (datetime.now(UTC) - timedelta(days=days)).isoformat()
            table.update_item(
                TableName="ledger",
                Key={"pk": {"S": item["pk"]}, "sk": {"S": key}},
                UpdateExpression="SET raised = :past",
                ExpressionAttributeValues={":past": {"S": past}},
            )


def test_a_leaver_that_lets_us_in_again_is_cleaned(world: World, session: boto3.Session) -> None:
    endpoint_id = world.connect()
    world.sweep()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    deny_the_role(session, world)
    world.sweep()
    let_all_in_again(session)
    assert world.sweep() == []
    assert (world.ingress(), world.parameters()) == ([], {})
    world.sweep()
    assert world.findings() == set()


def test_a_live_consumer_that_denies_the_role_keeps_its_copies(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    world.sweep()
    copies = world.parameters(PROVIDER)
    assert copies
    deny_the_role(session, world)
    world.sweep()
    assert world.parameters(PROVIDER) == copies
    assert world.findings() == {"role-not-assumable"}


def test_rules_of_a_breaker_stopped_connection_stay_and_those_of_gone_ones_go(
    world: World,
) -> None:
    ids = [world.connect() for _ in range(5)]
    world.sweep()
    world.edit(CONSUMER, STRANGER)
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=ids[:1])
    world.sweep()
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]
    assert failed(world.accept()) == []


def test_the_hold_of_a_stranger_ends_after_the_time(world: World, clock: Clock) -> None:
    # The model's clock stands still in the past, by which the request is old.
    assert datetime.now(UTC) - clock() > timedelta(days=2)
    endpoint_id = world.request(world.stranger)
    world.edit("consumers:", "hold_timeout: 48h\n    consumers:")
    world.sweep()
    assert world.provider.states() == {endpoint_id: "rejected"}
    (rejected,) = world.published_events("Endpoint Connection Rejected")
    assert rejected["rule"] == "unlisted-timed-out"


@pytest.mark.parametrize(
    "function", ["authorize_security_group_ingress", "publish_endpoint_addresses"]
)
def test_that_a_consumer_is_said_to_leave_takes_nothing_from_it(
    world: World, function: str
) -> None:
    world.connect()
    world.sweep()
    rules, parameters = world.ingress(), world.parameters()
    event = world.event(EVENTS / function / "consumer_leaving.json")
    assert failed(world.authorize(event)) == failed(world.publish(event)) == []
    assert (world.ingress(), world.parameters()) == (rules, parameters)
