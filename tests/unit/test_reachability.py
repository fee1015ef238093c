from collections.abc import Mapping

import pytest

from privatelink.findings import Finding, FindingKind
from privatelink.model import (
    InterfaceEndpoint,
    NetworkInterfaceId,
    Route,
    RouteTable,
    RouteTableId,
    SubnetId,
    Vpc,
    VpcId,
)
from privatelink.reachability import Surroundings, check_reachability
from tests.unit.builders import endpoint, interface

VPC = VpcId("vpc-0123456789abcdef0")
OTHER_VPC = VpcId("vpc-0fedcba9876543210")
SOURCE = "192.168.0.0/20"
VMC = NetworkInterfaceId("eni-vmc")
OTHERS = NetworkInterfaceId("eni-firewall")
UNSEEN = NetworkInterfaceId("eni-unseen")
LED_TO = (
    interface(VMC, description="VMware VMC Interface 3"),
    interface(OTHERS, description="a firewall"),
)


def route(destination: str = SOURCE, target: str = VMC, state: str = "active") -> Route:
    return Route(destination=destination, target=target, state=state)


LOCAL = route("10.0.0.0/16", "local")


def table(
    *routes: Route,
    name: str = "rtb-main",
    is_main: bool = True,
    subnets: tuple[str, ...] = (),
    vpc: VpcId = VPC,
) -> RouteTable:
    return RouteTable(
        route_table_id=RouteTableId(name),
        vpc_id=vpc,
        is_main=is_main,
        subnet_ids=frozenset(map(SubnetId, subnets)),
        routes=(LOCAL, *routes),
    )


def check(
    *tables: RouteTable,
    endpoints: tuple[InterfaceEndpoint, ...] = (endpoint(),),
    sources: tuple[str, ...] = (SOURCE,),
    addresses: Mapping[str, str] | None = None,
    primary_cidr: str | None = "10.0.0.0/16",
) -> tuple[Finding, ...]:
    shown = [interface(i, address=a) for i, a in (addresses or {}).items()]
    vpcs = {VPC: Vpc(vpc_id=VPC, primary_cidr=primary_cidr)} if primary_cidr else {}
    return check_reachability(
        endpoints,
        {each.network_interface_id: each for each in (*shown, *LED_TO)},
        sources,
        Surroundings(vpcs=vpcs, route_tables=tables),
    )


def what_is_there(*routes: Route, source: str = SOURCE) -> str:
    """Return what the evidence says stands in the table instead of a route to the source."""
    (finding,) = check(table(*routes), sources=(source,))
    assert finding.kind is FindingKind.NO_ROUTE_TO_SOURCE
    return finding.evidence["sources"].partition(f"{source} from subnet-1 by rtb-main: ")[2]


@pytest.mark.parametrize(
    "routes",
    [
        [route()],
        [route(target="tgw-1")],
        [route("192.168.0.0/16")],
        [route("0.0.0.0/0", "tgw-1")],
        [route("192.168.0.0/16", "igw-1"), route()],
        [route(target=OTHERS), route(target=VMC)],
        [route("pl-1")],
        [route("pl-1", "tgw-1"), route(target="igw-1")],
    ],
    ids=[
        "to the SDDC",
        "to a transit gateway",
        "a wider one",
        "the default one",
        "a more specific one beside another",
        "two alike, of which one counts",
        "of a prefix list",
        "of a prefix list beside a wrong one",
    ],
)
def test_is_content_with_a_route_that_contains_the_source(routes: list[Route]) -> None:
    assert not check(table(*routes))


@pytest.mark.parametrize(
    ("routes", "instead"),
    [
        ([], "no route"),
        ([route("192.168.0.0/21"), route("192.168.8.0/21")], "no route"),
        ([route("10.1.0.0/16")], "no route"),
        ([route("::/0")], "no route"),
        ([route(state="blackhole")], "blackhole 192.168.0.0/20 to eni-vmc"),
        ([route(target="tgw-1", state="filtered")], "filtered 192.168.0.0/20 to tgw-1"),
        ([route("0.0.0.0/0", "igw-1")], "0.0.0.0/0 to igw-1"),
        ([route(target=OTHERS)], "192.168.0.0/20 to eni-firewall"),
        ([route("192.168.0.0/16"), route(target="igw-1")], "192.168.0.0/20 to igw-1"),
        ([route("pl-1", "igw-1")], "no route"),
        ([route("pl-1", state="blackhole")], "no route"),
    ],
)
def test_says_what_stands_in_the_table_instead(routes: list[Route], instead: str) -> None:
    assert what_is_there(*routes) == instead


def test_an_ipv6_source_needs_an_ipv6_route() -> None:
    source = "fd00:1::/48"
    assert not check(table(route("fd00::/16")), sources=(source,))
    assert what_is_there(route("0.0.0.0/0"), source=source) == "no route"
    assert what_is_there(route("::/0", "eigw-1"), source=source) == "::/0 to eigw-1"


@pytest.mark.parametrize(
    "more", [[], [route("10.0.4.0/24", "vpce-1")]], ids=["as it comes", "through an appliance"]
)
def test_a_workload_in_the_vpc_itself_needs_no_further_route(more: list[Route]) -> None:
    assert not check(table(*more), sources=("10.0.4.0/24",))


def test_nothing_is_held_against_a_network_interface_that_is_not_shown() -> None:
    assert not check(table(route(target=UNSEEN)))
    assert what_is_there(route(target=UNSEEN, state="blackhole")).startswith("blackhole")


def test_names_the_network_interfaces_that_routes_lead_to() -> None:
    tables = (table(route(), route("10.9.0.0/16", "tgw-1")), table(route(target=UNSEEN)))
    assert Surroundings(vpcs={}, route_tables=tables).network_interface_ids == {VMC, UNSEEN}


def test_looks_at_the_table_that_the_subnet_is_associated_with() -> None:
    own = table(name="rtb-own", is_main=False, subnets=("subnet-2",))
    both = endpoint(subnets=("subnet-1", "subnet-2"))
    (finding,) = check(table(route()), own, endpoints=(both,), sources=(SOURCE, "172.16.0.0/24"))
    assert finding.subject == both.vpc_endpoint_id
    assert finding.evidence == {
        "vpc_id": VPC,
        "sources": (
            "172.16.0.0/24 from subnet-1 by rtb-main: no route,"
            " 172.16.0.0/24 from subnet-2 by rtb-own: no route,"
            " 192.168.0.0/20 from subnet-2 by rtb-own: no route"
        ),
    }


@pytest.mark.parametrize(
    "tables",
    [
        [],
        [table(is_main=False)],
        [table(vpc=OTHER_VPC)],
        [table(vpc=OTHER_VPC, subnets=("subnet-1",)), table(route())],
    ],
    ids=["none at all", "not the main one", "another VPC's", "another VPC's beside its own"],
)
def test_says_nothing_of_a_table_that_is_not_shown(tables: list[RouteTable]) -> None:
    assert not check(*tables)


@pytest.mark.parametrize("state", ["pendingAcceptance", "rejected", "deleted", "somethingNew"])
def test_an_endpoint_without_a_connection_is_not_looked_at(state: str) -> None:
    addresses = {"eni-1": "100.64.0.9"}
    assert not check(table(), endpoints=(endpoint(state=state),), addresses=addresses)


def test_the_evidence_does_not_depend_on_any_order() -> None:
    tables = (table(route("0.0.0.0/0", "igw-1"), route("0.0.0.0/0", "nat-1")),)
    endpoints = (endpoint(1), endpoint(2, subnets=("subnet-1", "subnet-2")))
    sources = (SOURCE, "172.16.0.0/24")
    addresses = {"eni-1": "100.64.0.9"}
    first = check(*tables, endpoints=endpoints, sources=sources, addresses=addresses)
    turned = (table(route("0.0.0.0/0", "nat-1"), route("0.0.0.0/0", "igw-1")),)
    again = check(*turned, endpoints=endpoints[::-1], sources=sources[::-1], addresses=addresses)
    assert first == again
    assert len(first) == 4


def test_says_which_addresses_are_outside_the_primary_cidr() -> None:
    two = endpoint(interfaces=("eni-1", "eni-2", "eni-3"))
    addresses = {"eni-1": "100.64.0.9", "eni-2": "10.0.3.181", "eni-3": "100.64.0.10"}
    (finding,) = check(table(route()), endpoints=(two,), addresses=addresses)
    assert finding.kind is FindingKind.ADDRESS_OUTSIDE_PRIMARY_CIDR
    assert finding.subject == two.vpc_endpoint_id
    assert finding.evidence == {
        "vpc_id": VPC,
        "primary_cidr": "10.0.0.0/16",
        "addresses": "100.64.0.10, 100.64.0.9",
    }


@pytest.mark.parametrize(
    ("addresses", "primary_cidr"),
    [
        ({"eni-1": "10.0.3.181"}, "10.0.0.0/16"),
        ({"eni-1": ""}, "10.0.0.0/16"),
        ({}, "10.0.0.0/16"),
        ({"eni-1": "100.64.0.9"}, None),
    ],
    ids=["inside", "no IPv4 address", "interface not shown", "VPC not shown"],
)
def test_has_nothing_to_say_of_other_addresses(
    addresses: Mapping[str, str], primary_cidr: str | None
) -> None:
    assert not check(table(route()), addresses=addresses, primary_cidr=primary_cidr)
