"""What the consumers of a service share: readings of it, and the time that passes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest

from privatelink.batches import BatchResponse, side_by_side
from privatelink.event_names import CONVERGENCE
from sandbox.accounts import CONSUMER
from tests.integration.functions.harness import break_once, failed
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Party

type Handler = Callable[..., BatchResponse]

CROWD: Final = tuple(f"{number:012}" for number in range(200_000_000_001, 200_000_000_010))
SERVICE: Final = "DescribeVpcEndpointServiceConfigurations"
LISTENERS: Final = "DescribeListeners"
CONNECTIONS: Final = "DescribeVpcEndpointConnections"


@pytest.fixture
def crowd(world: World) -> Mapping[str, tuple[Party, str]]:
    """Have nine more consumers connect; return each with its security group, by account id."""
    assert world.allowlist is not None
    crowd = {CONSUMER: (world.consumer, world.group_id)}
    world.connect()
    for account_id in CROWD:
        party = Party(account_id)
        group_id = world.opted_in_group(party)
        world.connect(party, SecurityGroupIds=[group_id])
        world.allowlist += f"""
      - account_id: "{account_id}"
        source_cidrs: [192.168.0.0/20]
"""
        crowd[account_id] = party, group_id
    return crowd


def swept(world: World) -> Sequence[Mapping[str, Any]]:
    """Have a sweep look at the service; return its requests for convergence."""
    world.accept()
    return [
        {"detail-type": CONVERGENCE, "detail": detail}
        for detail in world.published_events(CONVERGENCE)
    ]


def calls_of(world: World, handler: Handler, requests: Sequence[object]) -> Counter[str]:
    """Converge, and return how often each operation was called."""
    before = len(world.calls)
    assert failed(handler(*requests)) == []
    return Counter(world.calls[before:])


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("function", ["authorize", "publish"])
def test_a_sweep_reads_a_service_once_however_many_consumers_it_has(
    world: World, function: str
) -> None:
    handler = getattr(world, function)
    requests = swept(world)
    assert len(requests) == 10
    first = calls_of(world, handler, requests)
    assert (first[SERVICE], first[LISTENERS], first[CONNECTIONS]) == (1, 1, 0)
    assert first["DescribeVpcEndpoints"] == 10
    again = calls_of(world, handler, requests)
    assert (again[SERVICE], again[LISTENERS], again[CONNECTIONS]) == (0, 0, 0)
    later = calls_of(world, handler, swept(world))
    assert (later[SERVICE], later[LISTENERS], later[CONNECTIONS]) == (1, 1, 0)


def test_the_newest_request_of_a_batch_says_what_has_to_be_read(world: World) -> None:
    world.connect()
    old, new = swept(world), swept(world)
    assert calls_of(world, world.authorize, [*old, *new])[SERVICE] == 1
    assert calls_of(world, world.authorize, old)[SERVICE] == 0
    assert calls_of(world, world.authorize, [*old, *swept(world)])[SERVICE] == 1


def test_a_request_that_does_not_say_when_it_was_made_has_everything_read(world: World) -> None:
    world.connect()
    (request,) = swept(world)
    del request["detail"]["requested"]
    for _ in range(2):
        assert calls_of(world, world.authorize, [request])[SERVICE] == 1


def test_a_request_that_claims_to_be_old_sees_nothing_older_than_ten_minutes(world: World) -> None:
    world.connect()
    (request,) = swept(world)
    request["detail"]["requested"] = "2000-01-01T00:00:00+00:00"
    world.authorize(request)
    world.later(minutes=9)
    assert calls_of(world, world.authorize, [request])[SERVICE] == 0
    world.later(minutes=2)
    assert calls_of(world, world.authorize, [request])[SERVICE] == 1


def test_a_new_listener_is_seen_by_the_next_sweep(world: World) -> None:
    world.connect()
    world.sweep()
    world.listen(443, "TCP")
    world.sweep()
    assert world.ingress() == ["192.168.0.0/20 tcp/443", "192.168.0.0/20 tcp/80"]


def test_nothing_is_revoked_by_what_was_read_a_while_ago(world: World) -> None:
    world.connect()
    requests = swept(world)
    world.authorize(*requests)
    world.listen(443, "TCP")
    # Another execution environment has seen the listener, by a later sweep.
    world.consumer.ec2.authorize_security_group_ingress(
        GroupId=world.group_id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "192.168.0.0/20"}],
            }
        ],
        TagSpecifications=[
            {"ResourceType": "security-group-rule", "Tags": tags_of_ours(world)},
        ],
    )
    assert calls_of(world, world.authorize, requests)["RevokeSecurityGroupIngress"] == 0
    assert world.ingress() == ["192.168.0.0/20 tcp/443", "192.168.0.0/20 tcp/80"]


def tags_of_ours(world: World) -> list[Any]:
    rules = world.consumer.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [world.group_id]}]
    )["SecurityGroupRules"]
    (tags,) = (rule["Tags"] for rule in rules if rule.get("Tags"))
    return list(tags)


def test_a_follow_up_goes_by_a_service_that_was_read_within_five_minutes(world: World) -> None:
    world.privatelink.pending_seconds = 3600
    world.request()
    world.accept()
    ((_, follow_up),) = world.follow_ups()
    world.published_events(CONVERGENCE)
    before = datetime.now(UTC)
    assert calls_of(world, world.accept, [follow_up])[SERVICE] == 0
    (request,) = world.published_events(CONVERGENCE)
    requested = datetime.fromisoformat(request["requested"])
    assert before <= requested + timedelta(minutes=5) <= datetime.now(UTC)
    ((_, follow_up),) = world.follow_ups()
    world.later(minutes=6)
    assert calls_of(world, world.accept, [follow_up])[SERVICE] == 1


@pytest.mark.parametrize("function", ["authorize", "publish"])
def test_consumers_converge_side_by_side(
    world: World, crowd: Mapping[str, tuple[Party, str]], function: str
) -> None:
    world.equipment["crew"] = side_by_side(4)
    requests = swept(world)
    calls = calls_of(world, getattr(world, function), requests)
    assert (calls[SERVICE], calls[LISTENERS]) == (1, 1)
    for account_id, (party, group_id) in crowd.items():
        if function == "authorize":
            assert world.ingress(group_id, party) == ["192.168.0.0/20 tcp/80"]
        else:
            assert f"/privatelink/web/{party.vpc_id}/ip" in world.parameters(account_id)
    later = calls_of(world, getattr(world, function), swept(world))
    assert not [name for name in later if name.startswith(("Authorize", "Put", "BatchWrite"))]


def test_side_by_side_one_that_fails_fails_alone(
    world: World, session: boto3.Session, crowd: Mapping[str, tuple[Party, str]]
) -> None:
    world.equipment["crew"] = side_by_side(4)
    requests = swept(world)
    break_once(session, "ec2.DescribeVpcEndpoints")
    (message_id,) = failed(world.authorize(*requests))
    late = requests[int(message_id.removeprefix("m"))]
    for account_id, (party, group_id) in crowd.items():
        is_late = late["detail"]["account_id"] == account_id
        assert world.ingress(group_id, party) == ([] if is_late else ["192.168.0.0/20 tcp/80"])
    assert failed(world.authorize(late)) == []
    party, group_id = crowd[late["detail"]["account_id"]]
    assert world.ingress(group_id, party) == ["192.168.0.0/20 tcp/80"]
