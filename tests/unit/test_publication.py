import json
from collections.abc import Iterable
from copy import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.choice import choose_endpoints
from privatelink.findings import FindingKind
from privatelink.model import (
    InterfaceEndpoint,
    NetworkInterface,
    NetworkInterfaceId,
    Parameter,
    ParameterName,
    ParameterType,
    Region,
    ServiceId,
)
from privatelink.parameter_places import Publisher
from privatelink.publication import PublicationPlan, plan_publication
from tests.unit.builders import (
    HOME,
    HTTP,
    OTHER_OWNER,
    OWNER,
    SERVICE_ID,
    endpoint,
    interface,
)

SHELF = "/privatelink/web"
VPC = "vpc-0123456789abcdef0"
OTHER_VPC = "vpc-0123456789abcdef1"
PUBLISHER = Publisher(
    owner=OWNER,
    service_id=SERVICE_ID,
    region=HOME,
    ports=frozenset({HTTP}),
    allowlist_version="0123456789ab",
)
INTERFACES = (interface(),)


def plan(
    *current: Parameter,
    endpoints: Iterable[InterfaceEndpoint] = (endpoint(),),
    interfaces: Iterable[NetworkInterface] = INTERFACES,
    publisher: Publisher = PUBLISHER,
    shelf: str = SHELF,
    is_listed: bool = True,
) -> PublicationPlan:
    choice = choose_endpoints(endpoints, {i.network_interface_id: i for i in interfaces})
    return plan_publication(shelf, choice, current, publisher, is_listed=is_listed)


def is_empty(result: PublicationPlan) -> bool:
    return not (result.create or result.overwrite or result.delete)


def applied(result: PublicationPlan, current: Iterable[Parameter] = ()) -> tuple[Parameter, ...]:
    """Return the parameters that are there once a plan has been applied."""
    world = {parameter.name: parameter for parameter in current}
    world |= {parameter.name: parameter for parameter in (*result.create, *result.overwrite)}
    return tuple(p for name, p in world.items() if name not in result.delete)


def values(result: PublicationPlan) -> dict[str, str]:
    return {parameter.name: parameter.value for parameter in result.create}


def test_publishes_the_address_under_service_and_vpc() -> None:
    result = values(plan())
    assert result[f"{SHELF}/{VPC}/ip"] == "10.0.3.181"
    assert result[f"{SHELF}/{VPC}/ips"] == "10.0.3.181"
    assert result[f"{SHELF}/{VPC}/az/apne1-az4/ip"] == "10.0.3.181"
    record = json.loads(result[f"{SHELF}/{VPC}/endpoint"])
    assert record == {
        "owner": "123456789012/ap-northeast-1/privatelink-autopilot",
        "service_id": SERVICE_ID,
        "region": HOME,
        "vpc_endpoint_id": endpoint().vpc_endpoint_id,
        "state": "available",
        "dns_names": list(endpoint().dns_names),
        "ports": ["tcp/80"],
        "addresses_from": "network-interfaces",
        "allowlist_version": "0123456789ab",
    }


def test_sorts_the_addresses_by_zone_and_takes_the_lowest_zones_as_the_one() -> None:
    result = plan(
        endpoints=[endpoint(interfaces=("eni-1", "eni-2"))],
        interfaces=[
            interface("eni-1", "apne1-az4", "10.0.3.181"),
            interface("eni-2", "apne1-az1", "10.0.4.7"),
        ],
    )
    assert values(result)[f"{SHELF}/{VPC}/ip"] == "10.0.4.7"
    assert values(result)[f"{SHELF}/{VPC}/ips"] == "10.0.4.7,10.0.3.181"
    types = {parameter.name: parameter.type for parameter in result.create}
    assert types[ParameterName(f"{SHELF}/{VPC}/ips")] is ParameterType.STRING_LIST


@pytest.mark.parametrize("state", ["pendingAcceptance", "pending", "rejected", "deleted"])
def test_publishes_nothing_for_an_endpoint_that_is_not_available(state: str) -> None:
    result = plan(endpoints=[endpoint(state=state)])
    assert is_empty(result)
    assert result.leaves_nothing


def test_withdraws_an_endpoint_that_is_not_available_any_more() -> None:
    current = plan().create
    result = plan(*current, endpoints=[endpoint(state="rejected")])
    assert set(result.delete) == {parameter.name for parameter in current}
    assert result.withdrawn == {VPC}
    assert result.leaves_nothing


def test_writes_nothing_when_the_parameters_are_there() -> None:
    assert is_empty(plan(*plan().create))


def test_a_change_of_the_allowlist_elsewhere_writes_nothing() -> None:
    newer = replace(PUBLISHER, allowlist_version="ba9876543210")
    assert is_empty(plan(*plan().create, publisher=newer))


def test_a_change_of_the_ports_is_written() -> None:
    closed = replace(PUBLISHER, ports=frozenset())
    assert [p.name for p in plan(*plan().create, publisher=closed).overwrite] == [
        f"{SHELF}/{VPC}/endpoint"
    ]


def test_an_address_that_changes_without_recreation_is_published_again() -> None:
    result = plan(*plan().create, interfaces=[interface(address="10.0.3.182")])
    assert {p.name.removeprefix(f"{SHELF}/{VPC}/") for p in result.overwrite} == {
        "ip",
        "ips",
        "az/apne1-az4/ip",
    }
    assert result.published == {VPC}


def test_a_value_changed_by_hand_is_repaired() -> None:
    tampered = [
        replace(p, value="203.0.113.9") if p.name.endswith("/az/apne1-az4/ip") else p
        for p in plan().create
    ]
    (repaired,) = plan(*tampered).overwrite
    assert repaired.value == "10.0.3.181"


def test_the_oldest_available_endpoint_of_a_vpc_is_published() -> None:
    old = endpoint(7, age=timedelta(hours=1), interfaces=("eni-2",))
    older_and_gone = endpoint(8, age=timedelta(hours=2), state="rejected")
    result = plan(
        endpoints=[endpoint(), old, older_and_gone],
        interfaces=[interface(), interface("eni-2", address="10.0.3.9")],
    )
    assert values(result)[f"{SHELF}/{VPC}/ip"] == "10.0.3.9"


def test_the_endpoint_leaf_is_written_first_and_deleted_last() -> None:
    current = plan().create
    assert current[0].name == f"{SHELF}/{VPC}/endpoint"
    assert plan(*current, endpoints=[]).delete[-1] == f"{SHELF}/{VPC}/endpoint"


def foreign(publisher: Publisher | None) -> tuple[Parameter, ...]:
    """Return the parameters that another publisher put where ours belong; None: some person."""
    if publisher is None:
        name = ParameterName(f"{SHELF}/{VPC}/ip")
        return (Parameter(name=name, value="10.9.9.9", type=ParameterType.STRING),)
    return plan(publisher=publisher, interfaces=[interface(address="10.9.9.9")]).create


@pytest.mark.parametrize(
    "publisher",
    [
        None,
        replace(PUBLISHER, owner=OTHER_OWNER),
        replace(PUBLISHER, service_id=ServiceId("vpce-svc-0ffffffffffffffff")),
        replace(PUBLISHER, region=Region("eu-west-1")),
    ],
    ids=["a person", "another stack", "another service", "another Region"],
)
def test_never_touches_what_is_not_ours_and_says_so_where_it_is_in_the_way(
    publisher: Publisher | None,
) -> None:
    result = plan(*foreign(publisher))
    assert is_empty(result)
    assert [finding.kind for finding in result.findings] == [FindingKind.PARAMETER_CLASH]
    assert not plan(*foreign(publisher), endpoints=[]).findings


def test_a_place_with_an_unreadable_endpoint_leaf_is_foreign() -> None:
    name = ParameterName(f"{SHELF}/{VPC}/endpoint")
    broken = Parameter(name=name, value="[not json", type=ParameterType.STRING)
    result = plan(broken)
    assert is_empty(result)
    assert result.findings[0].evidence["owner"] == "unknown"


@pytest.mark.parametrize(
    "value",
    [
        "[" * 100_000,
        json.dumps({"owner": "\x1b[31m\u202e"}),
        json.dumps({"owner": "x" * 3_000}),
        json.dumps({"owner": ["111122223333/ap-northeast-1/stack"]}),
        json.dumps({"owner": "../../x"}),
    ],
)
def test_an_owner_that_is_no_stack_is_not_repeated(value: str) -> None:
    name = ParameterName(f"{SHELF}/{VPC}/endpoint")
    result = plan(Parameter(name=name, value=value, type=ParameterType.STRING))
    assert is_empty(result)
    assert result.findings[0].evidence["owner"] == "unknown"


def test_an_owner_that_is_another_stack_is_named() -> None:
    leaf = Parameter(
        name=ParameterName(f"{SHELF}/{VPC}/endpoint"),
        value=json.dumps({"owner": str(OTHER_OWNER)}),
        type=ParameterType.STRING,
    )
    assert plan(leaf).findings[0].evidence["owner"] == str(OTHER_OWNER)


def test_the_providers_copies_do_not_disturb_its_own_share() -> None:
    copies = plan(shelf=f"{SHELF}/111122223333").create
    assert is_empty(plan(*copies, endpoints=[]))


def test_an_endpoint_whose_interfaces_are_not_all_visible_is_left_as_it_is() -> None:
    current = plan().create
    result = plan(*current, endpoints=[endpoint(interfaces=("eni-1", "eni-2"))])
    assert is_empty(result)
    assert not result.leaves_nothing


@pytest.mark.parametrize("state", ["partial", "somethingNew"])
def test_an_endpoint_in_a_state_that_is_not_clear_is_left_as_it_is(state: str) -> None:
    assert is_empty(plan(*plan().create, endpoints=[endpoint(state=state)]))


@pytest.mark.parametrize("interfaces", [("eni-1",), ()], ids=["without IPv4", "none at all"])
def test_an_endpoint_without_an_address_is_a_finding_and_left_as_it_is(
    interfaces: tuple[str, ...],
) -> None:
    choice = choose_endpoints(
        [endpoint(interfaces=interfaces)], {NetworkInterfaceId("eni-1"): interface(address="")}
    )
    assert [finding.kind for finding in choice.findings] == [FindingKind.NO_ADDRESS]
    assert is_empty(plan_publication(SHELF, choice, plan().create, PUBLISHER))


@pytest.mark.parametrize(
    "successor",
    [
        endpoint(2, state="partial"),
        endpoint(2, interfaces=()),
        endpoint(2, interfaces=("eni-1", "eni-unseen")),
    ],
    ids=["not clear", "no address", "not visible"],
)
def test_the_address_of_an_endpoint_that_is_gone_is_withdrawn_whatever_its_successor_is(
    successor: InterfaceEndpoint,
) -> None:
    result = plan(*plan().create, endpoints=[successor])
    assert len(result.delete) == 4
    assert result.withdrawn == {VPC}


def test_another_order_of_names_writes_nothing() -> None:
    names = ("a.vpce.amazonaws.com", "b.vpce.amazonaws.com")
    first = replace(endpoint(), dns_names=names)
    second = replace(endpoint(), dns_names=names[::-1])
    assert is_empty(plan(*plan(endpoints=[first]).create, endpoints=[second]))


def test_a_change_of_the_endpoint_leaf_alone_is_no_publication() -> None:
    closed = replace(PUBLISHER, ports=frozenset())
    assert plan(*plan().create, publisher=closed).published == frozenset()


@pytest.mark.parametrize("leaf", ["ip", "ips", "az/apne1-az4/ip"])
def test_a_parameter_of_another_type_in_our_place_is_left_and_named(leaf: str) -> None:
    name = f"{SHELF}/{VPC}/{leaf}"
    current = [
        replace(p, type=ParameterType.SECURE_STRING, value="AQICAHh") if p.name == name else p
        for p in plan().create
    ]
    result = plan(*current)
    assert is_empty(result)
    assert [finding.kind for finding in result.findings] == [FindingKind.PARAMETER_CLASH]
    withdrawal = plan(*current, endpoints=[])
    assert set(withdrawal.delete) == {p.name for p in current if p.name != name}


def test_a_note_that_a_person_leaves_in_our_place_stays() -> None:
    note = Parameter(
        name=ParameterName(f"{SHELF}/{VPC}/notes"), value="ask Ada", type=ParameterType.STRING
    )
    result = plan(*plan().create, note, endpoints=[])
    assert note.name not in result.delete
    assert len(result.delete) == 4


def test_for_an_account_that_is_not_listed_nothing_is_put_and_live_places_stay() -> None:
    assert is_empty(plan(is_listed=False))
    gone = plan(endpoints=[endpoint(vpc=OTHER_VPC)]).create
    result = plan(*plan().create, *gone, is_listed=False)
    assert set(result.delete) == {parameter.name for parameter in gone}
    assert result.withdrawn == {OTHER_VPC}
    assert not result.leaves_nothing


@given(
    st.lists(
        st.builds(
            endpoint,
            st.integers(1, 9),
            vpc=st.sampled_from([VPC, OTHER_VPC]),
            state=st.sampled_from(["available", "pending", "rejected", "partial"]),
            interfaces=st.sampled_from([("eni-1",), ("eni-2",), ("eni-1", "eni-2"), ("eni-3",)]),
        ),
        unique_by=lambda e: e.vpc_endpoint_id,
        max_size=4,
    ),
    st.sets(st.sampled_from(["mine", "foreign"])),
    st.sampled_from(["10.0.3.181", "10.0.3.182"]),
)
def test_planning_again_after_applying_yields_nothing(
    endpoints: list[InterfaceEndpoint], there: set[str], address: str
) -> None:
    before = plan().create if "mine" in there else ()
    other = replace(PUBLISHER, owner=OTHER_OWNER)
    if "foreign" in there:
        before += plan(endpoints=[endpoint(vpc=OTHER_VPC)], publisher=other).create
    interfaces = [interface(address=address), interface("eni-2", "apne1-az1", "10.0.4.7")]
    first = plan(*before, endpoints=endpoints, interfaces=interfaces)
    after = applied(first, before)
    assert is_empty(plan(*after, endpoints=endpoints, interfaces=interfaces))
    foreign_names = {p.name for p in before if str(OTHER_OWNER) in p.value}
    assert not foreign_names & {*first.delete, *(p.name for p in first.overwrite)}


def leaves(*, but: str) -> tuple[Parameter, ...]:
    return tuple(p for p in plan().create if p.name != f"{SHELF}/{VPC}/{but}")


def test_an_endpoint_leaf_that_somebody_deleted_is_put_again_where_all_else_is_ours() -> None:
    result = plan(*leaves(but="endpoint"))
    assert [p.name for p in result.create] == [f"{SHELF}/{VPC}/endpoint"]
    assert not result.findings
    assert result.holds == {p.name for p in plan().create}
    changed = [
        replace(p, value="203.0.113.9") if p.name.endswith(f"{VPC}/ip") else p
        for p in leaves(but="endpoint")
    ]
    result = plan(*changed)
    assert is_empty(result)
    assert [finding.kind for finding in result.findings] == [FindingKind.PARAMETER_CLASH]


def test_says_what_is_there_before_and_after() -> None:
    result = plan(*plan().create, endpoints=[])
    assert result.holds == {p.name for p in plan().create}
    assert result.leaves == frozenset()
    assert plan().holds == plan().leaves == {p.name for p in plan().create}
