"""EC2 has two ways to write inbound rules, which have to be read as the same rules."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.gateways.inbound_rules import read_group, read_rule
from privatelink.model import IngressRule, Port
from tests.unit.builders import GROUP, HTTP, ingress

type Row = dict[str, Any]

WITH_PORTS: Final = ("tcp", "udp", "icmp", "icmpv6")
OTHERS: Final = ("-1", "50", "112")
SOURCES: Final[Mapping[str, tuple[str, str, str]]] = {
    # Where a permission has it, under which name, and under which name a rule does.
    "/": ("IpRanges", "CidrIp", "CidrIpv4"),
    ":": ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
    "pl-": ("PrefixListIds", "PrefixListId", "PrefixListId"),
    "sg-": ("UserIdGroupPairs", "GroupId", ""),
}

ports = st.one_of(
    st.builds(
        lambda protocol, a, b: (protocol, min(a, b), max(a, b)),
        st.sampled_from(WITH_PORTS),
        st.integers(-1, 300),
        st.integers(-1, 300),
    ),
    st.sampled_from(OTHERS).map(lambda protocol: (protocol, -1, -1)),
)
sources = st.one_of(
    st.ip_addresses(v=4).map(lambda address: f"{address}/32"),
    st.ip_addresses(v=6).map(lambda address: f"{address}/128"),
    st.integers(0, 255).map(lambda n: f"10.{n}.0.0/16"),
    st.sampled_from(["0.0.0.0/0", "::/0", "pl-1", "pl-2", "sg-1", "sg-2"]),
)


def kind(source: str) -> str:
    return next(each for each in (":", "/", "pl-", "sg-") if each in source)


def as_rule(number: int, protocol: str, from_port: int, to_port: int, source: str) -> Row:
    """Write a rule as DescribeSecurityGroupRules does."""
    name = SOURCES[kind(source)][2]
    return {
        "SecurityGroupRuleId": f"sgr-{number}",
        "GroupId": GROUP,
        "IsEgress": False,
        "IpProtocol": protocol,
        "FromPort": from_port,
        "ToPort": to_port,
        **({name: source} if name else {"ReferencedGroupInfo": {"GroupId": source}}),
    }


def as_permission(port: tuple[str, int, int], written: list[str], *, with_empty: bool) -> Row:
    """Write the rules of one range of ports as DescribeSecurityGroups does."""
    protocol, from_port, to_port = port
    row: Row = {"IpProtocol": protocol}
    if protocol in WITH_PORTS:
        row |= {"FromPort": from_port, "ToPort": to_port}
    for each, (lists, name, _) in SOURCES.items():
        found = [{name: source, "Description": "one"} for source in written if kind(source) == each]
        if found or with_empty:
            row[lists] = found
    return row


def group_row(permissions: list[Row]) -> Any:  # noqa: ANN401 - as the SDK gives it
    return {"GroupId": GROUP, "GroupName": "endpoints", "IpPermissions": permissions}


@given(st.sets(st.tuples(ports, sources)), st.booleans())
def test_rules_and_permissions_are_read_as_the_same(
    written: set[tuple[tuple[str, int, int], str]],
    with_empty: bool,  # noqa: FBT001 - Hypothesis passes by position
) -> None:
    rows: list[Any] = [as_rule(n, *port, source) for n, (port, source) in enumerate(written)]
    permissions = [
        as_permission(port, [source for _, source in pairs], with_empty=with_empty)
        for port, pairs in groupby(sorted(written), key=lambda pair: pair[0])
    ]
    one_by_one = [read_rule(row).ingress for row in rows]
    assert len(set(one_by_one)) == len(written)
    assert read_group(group_row(permissions)).rules == set(one_by_one)


@pytest.mark.parametrize("protocol", OTHERS)
@pytest.mark.parametrize("said", [{}, {"FromPort": 0, "ToPort": 65535}, {"FromPort": -1}])
def test_a_protocol_without_ports_has_none_whatever_is_said(
    protocol: str, said: dict[str, int]
) -> None:
    permission = {"IpProtocol": protocol, "IpRanges": [{"CidrIp": "10.0.0.0/8"}], **said}
    expected = ingress("10.0.0.0/8", port=Port(protocol=protocol, from_port=-1, to_port=-1))
    assert read_group(group_row([permission])).rules == {expected}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"IpRanges": [{"CidrIp": "192.168.1.0/20"}]}, "192.168.0.0/20"),
        ({"Ipv6Ranges": [{"CidrIpv6": "2001:DB8:0::/32"}]}, "2001:db8::/32"),
    ],
)
def test_a_cidr_is_read_in_its_one_form(written: Row, read: str) -> None:
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **written}
    assert read_group(group_row([permission])).rules == {ingress(read, port=HTTP)}


def test_a_group_of_another_account_is_a_source_by_its_id() -> None:
    pair = {"UserId": "444455556666", "GroupId": "sg-0fff", "PeeringStatus": "active"}
    permission = {"IpProtocol": "-1", "UserIdGroupPairs": [pair]}
    (only,) = read_group(group_row([permission])).rules
    assert (only.source, only.cidr, only.prefix_list_id) == ("sg-0fff", "", "")


def test_a_group_without_permissions_has_no_rules() -> None:
    rules: frozenset[IngressRule] = frozenset()
    assert read_group({"GroupId": GROUP, "GroupName": "endpoints"}).rules == rules
