"""The schema of the allowlist says what its validation says, but for what is wrong together."""

import json
import re
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from benchmarks.worst_case import allowlist_of
from privatelink.allowlist_document import decode
from privatelink.errors import InvalidAllowlistError, Problem
from privatelink.yaml_document import Reader
from tests.contract.stack import ROOT

SCHEMA: Final = json.loads((ROOT / "docs" / "allowlist.schema.json").read_text())
VALIDATOR: Final = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
CONTRADICTIONS: Final = {
    "each service once",
    "each account once",
    "CIDRs that together leave something out",
}


def schema_accepts(document: bytes) -> bool:
    return VALIDATOR.is_valid(Reader(values_max=10_000).read(document))


def problems(document: bytes) -> tuple[Problem, ...]:
    try:
        decode(document)
    except InvalidAllowlistError as error:
        return error.problems
    return ()


README: Final = (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    "document",
    [
        (ROOT / "allowlist.example.yaml").read_text(),
        *(
            text
            for text in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
            if "consumers" in text
        ),
        allowlist_of(3).decode(),
        "services: {}",
        "services: {web: {service_id: vpce-svc-01234567, hold_timeout: ~, consumers: []}}",
    ],
)
def test_a_valid_allowlist_is_one_to_the_schema(document: str) -> None:
    assert not problems(document.encode())
    assert schema_accepts(document.encode())


SERVICE: Final = {"service_id": "vpce-svc-01234567"}
CONSUMER: Final = {"account_id": "111122223333", "source_cidrs": ["10.0.0.0/8"]}


def document(service: object = SERVICE, *, alias: str = "web") -> bytes:
    return yaml.safe_dump({"services": {alias: service}}).encode()


def of_consumer(consumer: object) -> bytes:
    return document({**SERVICE, "consumers": [consumer]})


@pytest.mark.parametrize(
    "refused",
    [
        b"[]",
        b"{}",
        b"services: []",
        b"services: ~",
        b"services: {}\nmore: 1",
        document(alias="Web"),
        document(alias="a" * 64),
        document({}),
        document(None),
        document({**SERVICE, "service_id": "vpce-0123456789abcdef0"}),
        document({**SERVICE, "unlisted": "accept"}),
        document({**SERVICE, "hold_timeout": "3w"}),
        document({**SERVICE, "hold_timeout": 72}),
        document({**SERVICE, "max_withdrawals": -1}),
        document({**SERVICE, "max_withdrawals": "3"}),
        document({**SERVICE, "max_withdrawals": None}),
        document({**SERVICE, "manage_principals": "perhaps"}),
        document({**SERVICE, "mode": "dry-run"}),
        document({**SERVICE, "consumer": []}),
        document({**SERVICE, "consumers": None}),
        of_consumer("111122223333"),
        of_consumer({"account_id": "111122223333"}),
        of_consumer({"source_cidrs": ["10.0.0.0/8"]}),
        of_consumer({**CONSUMER, "account_id": 111122223333}),
        of_consumer({**CONSUMER, "account_id": "11112222333"}),
        of_consumer({**CONSUMER, "source_cidrs": []}),
        of_consumer({**CONSUMER, "source_cidrs": "10.0.0.0/8"}),
        *(
            of_consumer({**CONSUMER, "source_cidrs": [cidr]})
            for cidr in ("0.0.0.0/0", "::/0", "10.0.0.0", "10.0.0.0/33", "10.0.0.256/24", "all", 7)
        ),
        *(
            of_consumer({**CONSUMER, "source_cidrs": [cidr]})
            for cidr in ("10.0.0.0/08", "010.0.0.0/8", "10.0.0/24", "2001:db8::/129", "::g/64")
        ),
        of_consumer({**CONSUMER, "alias": "SDDC"}),
        of_consumer({**CONSUMER, "access": "admin"}),
        of_consumer({**CONSUMER, "endpoints_max": 0}),
        of_consumer({**CONSUMER, "endpoints_max": True}),
        of_consumer({**CONSUMER, "regions": []}),
        of_consumer({**CONSUMER, "regions": ["tokyo"]}),
        of_consumer({**CONSUMER, "expires": "2027-06-31"}),
        of_consumer({**CONSUMER, "expires": "tomorrow"}),
        of_consumer({**CONSUMER, "expires": "20270630"}),
        of_consumer({**CONSUMER, "ports": []}),
        of_consumer({**CONSUMER, "ports": [443]}),
        of_consumer({**CONSUMER, "ports": [{"port": 0}]}),
        of_consumer({**CONSUMER, "ports": [{"port": 65536}]}),
        of_consumer({**CONSUMER, "ports": [{"protocol": "tcp"}]}),
        of_consumer({**CONSUMER, "ports": [{"port": 443, "protocol": "tls"}]}),
    ],
    ids=lambda refused: re.sub(r"\s+", " ", refused.decode()),
)
def test_what_validation_refuses_the_schema_refuses(refused: bytes) -> None:
    assert problems(refused)
    assert not schema_accepts(refused)


def one_of(good: tuple[object, ...], *bad: object, wrong: bool) -> st.SearchStrategy[Any]:
    return st.sampled_from((*good, *good, *bad) if wrong else good)


def lists(items: st.SearchStrategy[Any], *, least: int, wrong: bool) -> st.SearchStrategy[Any]:
    listed = st.lists(items, min_size=0 if wrong else least, max_size=2)
    return listed | st.sampled_from([None, "text", {}]) if wrong else listed


def mapping(
    required: dict[str, st.SearchStrategy[Any]],
    optional: dict[str, st.SearchStrategy[Any]],
    *,
    wrong: bool,
) -> st.SearchStrategy[Any]:
    if not wrong:
        return st.fixed_dictionaries(required, optional=optional)
    return st.fixed_dictionaries(required, optional={**optional, "other": st.just(1)}) | (
        st.fixed_dictionaries({}, optional={**required, **optional}) | st.sampled_from([None, []])
    )


def allowlists(*, wrong: bool) -> st.SearchStrategy[Any]:
    """Generate allowlists of every key; with mistakes here and there if `wrong`."""
    none = (None,)
    ports = mapping(
        {"port": one_of((1, 443, 65535), 0, 65536, "443", True, None, wrong=wrong)},
        {"protocol": one_of(("tcp", "udp"), "tls", None, 6, wrong=wrong)},
        wrong=wrong,
    )
    cidrs = ("10.0.0.0/8", "100.68.0.18/18", "2001:DB8::/33", "128.0.0.0/1", "0.0.0.0/1", "::2/128")
    no_cidrs = ("0.0.0.0/0", "::/0", "1.2.3.4", "1.2.3.400/8", "::/129", "", 8, None)
    regions = one_of(("eu-west-1", "us-gov-west-1"), "tokyo", "EU-WEST-1", None, 1, wrong=wrong)
    consumers = mapping(
        {
            "account_id": one_of(
                ("111122223333", "000000000000"), 111122223333, "1", "", None, wrong=wrong
            ),
            "source_cidrs": lists(one_of(cidrs, *no_cidrs, wrong=wrong), least=1, wrong=wrong),
        },
        {
            "alias": one_of(("a", "sddc-tokyo", *none), "A", "-a", "", 1, wrong=wrong),
            "access": one_of(("role", "none"), "admin", None, wrong=wrong),
            "endpoints_max": one_of((1, 99, *none), 0, -1, "1", False, 1.5, wrong=wrong),
            "regions": st.none() | lists(regions, least=1, wrong=wrong),
            "ports": st.none() | lists(ports, least=1, wrong=wrong),
            "expires": one_of(
                ("2027-03-31", "2028-02-29", *none), "2027-02-29", "2027-3-1", 2027, wrong=wrong
            ),
        },
        wrong=wrong,
    )
    services = mapping(
        {
            "service_id": one_of(
                ("vpce-svc-01234567", "vpce-svc-0123456789abcdef0"), "", 1, wrong=wrong
            )
        },
        {
            "consumers": lists(consumers, least=0, wrong=wrong),
            "unlisted": one_of(("hold", "reject"), "accept", None, wrong=wrong),
            "hold_timeout": one_of(("90m", "72h", "3d", *none), "0h", "1w", 72, wrong=wrong),
            "max_withdrawals": one_of((0, 3, 10**9), -1, "3", 0.5, None, wrong=wrong),
            "manage_principals": one_of((True, False), "perhaps", None, 1, wrong=wrong),
            "mode": one_of(("enforce", "observe"), "dry-run", None, wrong=wrong),
        },
        wrong=wrong,
    )
    aliases = one_of(("web", "db-1", "53", "null"), "Web", "", "a b", wrong=wrong)
    return mapping({"services": st.dictionaries(aliases, services, max_size=2)}, {}, wrong=wrong)


@given(allowlists(wrong=False))
def test_whatever_is_right_in_itself_both_accept(allowlist: object) -> None:
    text = yaml.safe_dump(allowlist).encode()
    assert {problem.expected for problem in problems(text)} <= CONTRADICTIONS
    assert schema_accepts(text)


@given(allowlists(wrong=True))
def test_the_schema_accepts_what_validation_does_but_for_contradictions(allowlist: object) -> None:
    text = yaml.safe_dump(allowlist).encode()
    of_form = {problem.expected for problem in problems(text)} - CONTRADICTIONS
    assert schema_accepts(text) == (not of_form)
