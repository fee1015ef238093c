"""Items of the ledger that somebody has spoilt stop nobody, and decide about nobody otherwise."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import failed
from tests.integration.functions.world import EVENTS, World

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

type Stored = dict[str, Any]

KINDS: Final = {
    "ENDPOINT#": {"account_id", "state", "action", "rule", "first_rule", "decided", "accepted"},
    "PRINCIPAL#": {"at"},
    "#FINDING#breaker-tripped/": {"raised", "kind", "severity", "tripped_at", "withdrawals"},
    "#FINDING#left-behind/": {"raised", "kind", "stays"},
    "#TRACE": {"touched", "holds"},
    "#WOULD": {"would"},
    "vpce-svc-": {"service_name", "since", "mode"},
}
NONSENSE: Final[Mapping[str, Stored]] = {
    "null": {"NULL": True},
    "number": {"N": "7"},
    "list": {"L": [{"S": "x"}, {"N": "7"}]},
    "binary": {"B": b"\xff"},
    "text": {"S": "nonsense"},
}
SERVICE: Final = """
  {alias}:
    service_id: {service_id}
    manage_principals: true
    mode: {mode}
    consumers:
      - account_id: "{account_id}"
        source_cidrs: [192.168.0.0/20]
"""
TRACE: Final = f"CONSUMER#{CONSUMER}/{REGION}#ingress#TRACE"
GONE: Final = f"{STRANGER}/{REGION}"


def table() -> "DynamoDBClient":
    return in_process_client("dynamodb", PROVIDER, REGION)


def items() -> list[Stored]:
    return list(table().scan(TableName="ledger")["Items"])


def put(*stored: Stored) -> None:
    for item in stored:
        table().put_item(TableName="ledger", Item=item)


def spoil(sort_key: str, names: Iterable[str], value: Stored) -> int:
    """Replace attributes wherever a sort key has a part; return of how many items."""
    found = [item for item in items() if sort_key in item["sk"]["S"]]
    put(*(item | dict.fromkeys(names, value) for item in found))
    return len(found)


def listed(alias: str, service_id: str, account_id: str, mode: str = "enforce") -> str:
    return SERVICE.format(alias=alias, service_id=service_id, account_id=account_id, mode=mode)


def leave_behind(service_id: str, *, days: int = 0) -> None:
    """Have something of ours be with somebody who has left, and lets nobody in."""
    now = datetime.now(UTC)
    key = {"pk": {"S": f"SERVICE#{service_id}"}}
    scope = f"CONSUMER#{GONE}#ingress#"
    raised, touched = ((now - timedelta(days=days, hours=1)).isoformat() for _ in range(2))
    finding = {"kind": "left-behind", "severity": "warning", "stays": "a rule", "raised": raised}
    put(
        key
        | {"sk": {"S": f"{scope}FINDING#left-behind/{GONE}/ingress"}}
        | {name: {"S": text} for name, text in finding.items()},
        key
        | {"sk": {"S": f"{scope}TRACE"}, "touched": {"S": touched}, "holds": {"SS": ["a rule"]}},
    )


def look(world: World) -> list[str]:
    """Make a pass over every service, by the allowlist in force."""
    path = EVENTS / "accept_endpoint_connections" / "allowlist_deployed.json"
    return failed(world.accept(world.event(path)))


def outcome(world: World) -> tuple[object, ...]:
    """Make a pass over every service; return what it has decided, and what it goes on knowing."""
    world.calls.clear()
    undone = look(world)
    written = [c for c in world.calls if c.startswith(("Accept", "Reject", "Modify"))]
    asked = {
        (each["service_id"], each["account_id"], each["leaving"])
        for each in world.published_events("Consumer Convergence Requested")
    }
    known = {item["sk"]["S"] for item in items() if item["sk"]["S"].startswith(("S", "C", "vpce"))}
    return undone, written, asked, known


@pytest.fixture
def other(world: World) -> str:
    """The name of another service, beside one that is observed, and one within the breaker."""
    other_id, other_name = world.provider.service("*")
    seen_id, seen_name = world.provider.service("*")
    there = listed("other", other_id, CONSUMER) + listed("seen", seen_id, CONSUMER, "observe")
    world.allowlist = "services:" + listed("web", world.service_id, CONSUMER) + there
    ids = [world.connect() for _ in range(4)]
    world.consumer.request(seen_name)
    look(world)
    world.allowlist = "services:" + listed("web", world.service_id, STRANGER) + there
    look(world)
    # What are left would not trip it.
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=ids[:2])
    leave_behind(other_id)
    for _ in range(2):
        look(world)
    assert world.findings() == {"breaker-tripped", "left-behind"}
    outcome(world)
    return other_name


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_spoilt_item_changes_no_decision_about_its_service_or_another(
    world: World, other: str, nonsense: str
) -> None:
    before = items()
    world.consumer.request(other)
    usual, states = outcome(world), sorted(world.provider.states().values())
    for sort_key, names in KINDS.items():
        put(*before)
        assert spoil(sort_key, names, NONSENSE[nonsense]), "there is such an item"
        world.consumer.request(other)
        assert outcome(world) == usual, sort_key
        states = sorted([*states, "available"])
        assert sorted(world.provider.states().values()) == states


@pytest.mark.parametrize("nonsense", [*NONSENSE.values(), {"S": "9" * 5000}, {"S": "٣"}])
def test_a_breaker_whose_number_is_spoilt_stays_open_until_the_number_is_raised(
    world: World, nonsense: Stored
) -> None:
    ids = [world.connect() for _ in range(4)]
    world.sweep()
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=ids[:2])
    assert spoil("#FINDING#breaker-tripped/", ["tripped_at"], nonsense)
    for _ in range(2):
        assert world.sweep() == []
    assert [world.provider.states()[i] for i in ids[2:]] == ["available", "available"]
    assert world.findings() == {"breaker-tripped"}
    world.edit("consumers:", "max_withdrawals: 8\n    consumers:")
    world.sweep()
    assert [world.provider.states()[i] for i in ids[2:]] == ["rejected", "rejected"]
    assert world.findings() == set()


def test_a_finding_that_is_open_since_nobody_knows_when_is_open_since_now(world: World) -> None:
    for _ in range(4):
        world.connect()
    world.sweep()
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    world.published_events("Finding Raised")
    began = datetime.now(UTC)
    assert spoil("#FINDING#", ["raised"], {"S": "nonsense"})
    world.sweep()
    (finding,) = (item for key, item in world.ledger().items() if "#FINDING#" in key)
    assert datetime.fromisoformat(finding["raised"]) >= began
    assert world.published_events("Finding Raised") == []


@pytest.mark.parametrize("spoilt", ["", "touched", "holds", "raised"])
def test_what_was_left_is_given_up_only_if_it_can_be_read_since_when_it_is(
    world: World, spoilt: str
) -> None:
    world.accept()
    leave_behind(world.service_id, days=31)
    if spoilt:
        spoil(GONE, [spoilt], NONSENSE["text"])
    world.accept()
    kept = f"CONSUMER#{GONE}#ingress#TRACE" in world.ledger()
    assert kept is bool(spoilt)


@pytest.mark.parametrize("holds", [{"L": [{"S": "a rule"}]}, {"NS": ["7"]}, {"S": "a rule"}])
def test_a_trace_that_cannot_be_added_to_is_replaced(world: World, holds: Stored) -> None:
    world.connect()
    world.authorize()
    assert spoil(TRACE, ["holds"], holds)
    world.edit("192.168.0.0/20", "192.168.16.0/20")
    assert failed(world.authorize()) == []
    assert world.ingress() == ["192.168.16.0/20 tcp/80"]
    names = world.ledger()[TRACE]["holds"].split("\n")
    assert any("192.168.16.0/20" in name for name in names)
    assert {"a rule", "7"}.intersection(names), "what stood there is not forgotten"


@pytest.mark.parametrize("names", [[], ["touched"], ["holds"]])
def test_a_spoilt_trace_is_kept_though_nothing_of_ours_is_left(
    world: World, names: list[str]
) -> None:
    endpoint_id = world.connect()
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.authorize()
    assert world.ingress() == []
    assert spoil(TRACE, names, NONSENSE["list"])
    for _ in range(2):
        world.later(minutes=10)
        assert failed(world.authorize()) == []
    assert any(item["sk"]["S"] == TRACE for item in items()) is bool(names)
