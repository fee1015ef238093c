from copy import replace

from privatelink.choice import choose_blindly, choose_by_names
from privatelink.findings import FindingKind
from privatelink.model import Consumer, EndpointConnection, Region
from privatelink.parameter_places import PlaceId
from privatelink.publication import plan_publication
from tests.unit.builders import HOME, LISTED, STRANGER, connection
from tests.unit.test_publication import PUBLISHER, SHELF, is_empty, plan

CONSUMER = Consumer(account_id=LISTED, region=HOME)


def named(number: int = 1, *, state: str = "available") -> EndpointConnection:
    waiting = connection(number, state=state)
    name = f"{waiting.vpc_endpoint_id}-abc"
    names = ("web.example", f"{name}-apne1-az4.example", f"{name}.example")
    return replace(waiting, dns_names=names)


def test_the_regional_name_is_the_shortest_and_addresses_are_in_numerical_order() -> None:
    asked: list[str] = []

    def resolve(name: str) -> list[str]:
        asked.append(name)
        return ["10.0.20.7", "10.0.3.181"]

    choice = choose_by_names([named()], CONSUMER, resolve)
    assert asked == [f"{connection(1).vpc_endpoint_id}-abc.example"]
    (published,) = choice.published.values()
    assert published.addresses == ("10.0.3.181", "10.0.20.7")
    assert list(choice.published) == [PlaceId(connection(1).vpc_endpoint_id)]


def test_only_available_connections_of_the_consumer_are_asked_for() -> None:
    others = [
        connection(2, owner=STRANGER, state="available"),
        connection(3, region=Region("eu-west-1"), state="available"),
        named(4, state="pending"),
        named(5, state="rejected"),
    ]
    choice = choose_by_names(others, CONSUMER, lambda _: ["10.0.3.181"])
    assert choice.published == {}
    assert choice.findings == ()


def test_a_name_that_does_not_resolve_leaves_what_is_there() -> None:
    first = choose_by_names([named()], CONSUMER, lambda _: ["10.0.3.181"])
    there = plan_publication(SHELF, first, (), PUBLISHER).create
    choice = choose_by_names([named()], CONSUMER, lambda _: [])
    assert [finding.kind for finding in choice.findings] == [FindingKind.ADDRESS_NOT_RESOLVED]
    assert is_empty(plan_publication(SHELF, choice, there, PUBLISHER))
    gone = choose_by_names([named(state="deleted")], CONSUMER, lambda _: [])
    assert len(plan_publication(SHELF, gone, there, PUBLISHER).delete) == len(there)


def test_blindly_nothing_is_put_and_only_what_has_ended_goes() -> None:
    there = plan().create
    live = choose_blindly([connection(1, state="available")], CONSUMER)
    assert is_empty(plan_publication(SHELF, live, there, PUBLISHER))
    unclear = choose_blindly([connection(1, state="somethingNew")], CONSUMER)
    assert is_empty(plan_publication(SHELF, unclear, there, PUBLISHER))
    ended = choose_blindly([connection(1, state="rejected")], CONSUMER)
    assert len(plan_publication(SHELF, ended, there, PUBLISHER).delete) == len(there)
