from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import UNSET

from privatelink.allowlist import removed_service
from privatelink.allowlist_document import decode
from privatelink.errors import InvalidAllowlistError
from privatelink.model import AccountId, Port, Region, ServiceId

DOCUMENT = b"""
services:
  web:
    service_id: vpce-svc-0123456789abcdef0
    unlisted: hold
    hold_timeout: 72h
    consumers:
      - account_id: "111122223333"
        alias: sddc-tokyo
        source_cidrs: [192.168.0.0/21, 192.168.8.0/21, 100.68.0.18/18, "2001:db8::/33"]
        endpoints_max: 2
        regions: [ap-northeast-1]
        expires: 2027-03-31
        ports: [{port: 80}, {port: 53, protocol: udp}]
  db:
    service_id: vpce-svc-0123456789abcdef1
"""


def problems(document: bytes) -> dict[str, object]:
    """Return the path and the value of every mistake in a document."""
    with pytest.raises(InvalidAllowlistError) as caught:
        decode(document)
    return {problem.path: problem.value for problem in caught.value.problems}


def consumer(lines: str) -> bytes:
    """Return a document with one consumer, whose keys are those lines."""
    return (
        f"services: {{web: {{service_id: vpce-svc-01234567, consumers: [{{{lines}}}]}}}}".encode()
    )


def test_a_document_becomes_frozen_types() -> None:
    web = decode(DOCUMENT).services["web"]
    entry = web.consumer(AccountId("111122223333"))
    assert entry is not None
    assert web.hold_timeout == timedelta(hours=72)
    assert entry.expires == date(2027, 3, 31)
    assert entry.chosen_ports == frozenset(
        {
            Port(protocol="tcp", from_port=80, to_port=80),
            Port(protocol="udp", from_port=53, to_port=53),
        }
    )


def test_adjacent_cidrs_are_collapsed_and_written_as_ec2_writes_them() -> None:
    (entry,) = decode(DOCUMENT).services["web"].consumers
    assert entry.collapsed_cidrs == ("100.68.0.0/18", "192.168.0.0/20", "2001:db8::/33")


def test_what_is_left_out_has_its_default() -> None:
    db = decode(DOCUMENT).services["db"]
    assert (db.unlisted, db.hold_timeout, db.consumers) == ("hold", None, ())


def test_a_service_is_found_by_its_id() -> None:
    allowlist = decode(DOCUMENT)
    found = allowlist.service(ServiceId("vpce-svc-0123456789abcdef1"))
    assert found is not None
    assert found[0] == "db"
    assert allowlist.service(ServiceId("vpce-svc-99999999")) is None


def test_the_version_changes_with_the_text_alone() -> None:
    assert decode(DOCUMENT).version == decode(DOCUMENT).version
    assert decode(DOCUMENT).version != decode(DOCUMENT + b"# a comment\n").version


def test_five_mistakes_in_different_entries_are_reported_together() -> None:
    document = b"""
services:
  Web:
    service_id: vpce-svc-0123456789abcdef0
    unlisted: maybe
    consumers:
      - account_id: 011122223333
        source_cidrs: [192.168.0.0/20, 192.168.0.0/33]
      - account_id: "111122223333"
        source_cidr: [10.0.0.0/8]
"""
    assert problems(document) == {
        "services.Web": "Web",
        "services.Web.unlisted": "maybe",
        "services.Web.consumers[0].account_id": 1229530843,
        "services.Web.consumers[0].source_cidrs[1]": "192.168.0.0/33",
        "services.Web.consumers[1].source_cidr": ["10.0.0.0/8"],
        "services.Web.consumers[1].source_cidrs": None,
    }


def test_an_error_says_what_was_expected() -> None:
    with pytest.raises(
        InvalidAllowlistError,
        match=r"services.web.consumers\[0\].account_id: found 1, expected a quoted string of 12",
    ):
        decode(consumer("account_id: 1, source_cidrs: [10.0.0.0/8]"))


@pytest.mark.parametrize(
    "cidr",
    [
        "0.0.0.0/0",
        "'::/0'",
        "10.0.0.1",
        "10.0.0.0/33",
        "everywhere",
        "7",
        "null",
        "10.0.0.0/8/8",
        "'fe80::%1/64'",
        "'::ffff:0:0/100'",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/08",
    ],
)
def test_a_source_that_is_no_network_of_its_own_is_refused(cidr: str) -> None:
    document = consumer(f"account_id: '111122223333', source_cidrs: [{cidr}]")
    assert list(problems(document)) == ["services.web.consumers[0].source_cidrs[0]"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("alias", "../../other"),
        ("alias", '"web\\n"'),
        ("endpoints_max", "0"),
        ("endpoints_max", "true"),
        ("regions", "[]"),
        ("regions", "tokyo"),
        ("expires", "tomorrow"),
        ("expires", "2027-06-31"),
        ("expires", "2027-06-30T12:00:00Z"),
        ("ports", "[]"),
        ("source_cidrs", "[]"),
        ("source_cidrs", "!!set {10.0.0.0/8}"),
        ("account_id", "'11112222333'"),
    ],
)
def test_each_field_is_checked(key: str, value: str) -> None:
    fields = {"account_id": "'111122223333'", "source_cidrs": "[10.0.0.0/8]", key: value}
    document = consumer(", ".join(f"{name}: {text}" for name, text in fields.items()))
    assert list(problems(document)) == [f"services.web.consumers[0].{key}"]


@pytest.mark.parametrize(
    "value", ["9999999999999d", "72", "3w", "-1h", "soon", "'12 h'", "0m", "٣d"]
)
def test_a_hold_timeout_that_is_no_time_is_named(value: str) -> None:
    document = f"services: {{web: {{service_id: vpce-svc-01234567, hold_timeout: {value}}}}}"
    assert list(problems(document.encode())) == ["services.web.hold_timeout"]


def test_sources_that_together_are_everything_are_refused() -> None:
    document = consumer("account_id: '111122223333', source_cidrs: [0.0.0.0/1, 128.0.0.0/1]")
    assert list(problems(document)) == ["services.web.consumers[0].source_cidrs"]


def test_the_same_service_twice_is_refused() -> None:
    document = b"""
services:
  web: {service_id: vpce-svc-01234567}
  www: {service_id: vpce-svc-01234567}
"""
    assert problems(document).keys() == {"services.web.service_id", "services.www.service_id"}


def test_the_same_account_twice_in_a_service_is_refused() -> None:
    account = "{account_id: '111122223333', source_cidrs: [10.0.0.0/8]}"
    document = (
        f"services: {{web: {{service_id: vpce-svc-01234567, consumers: [{account}, {account}]}}}}"
    )
    assert problems(document.encode()) == {"services.web.consumers[1].account_id": "111122223333"}


def test_a_key_that_stands_twice_is_refused_with_what_else_is_wrong() -> None:
    document = b"""
services:
  web: {service_id: vpce-svc-01234567}
  web: {service_id: vpce-svc-01234567, mode: observed, mode: observe}
  db: {}
"""
    assert problems(document) == {
        "services.web": "web",
        "services.web.mode": "mode",
        "services.db.service_id": None,
    }


def test_entries_that_contradict_each_other_are_reported_with_what_else_is_wrong() -> None:
    document = b"""
services:
  web:
    service_id: vpce-svc-01234567
    consumers:
      - {account_id: "111122223333", source_cidrs: [10.0.0.0/8]}
      - {account_id: "111122223333", source_cidrs: [0.0.0.0/1, 128.0.0.0/1]}
      - {account_id: [], source_cidrs: everywhere}
      - nobody
  db:
    service_id: vpce-svc-01234567
    consumers: {}
  other: nothing
"""
    assert problems(document) == {
        "services.web.service_id": "vpce-svc-01234567",
        "services.web.consumers[1].account_id": "111122223333",
        "services.web.consumers[1].source_cidrs": ["0.0.0.0/1", "128.0.0.0/1"],
        "services.web.consumers[2].account_id": [],
        "services.web.consumers[2].source_cidrs": "everywhere",
        "services.web.consumers[3]": "nobody",
        "services.db.service_id": "vpce-svc-01234567",
        "services.db.consumers": {},
        "services.other": "nothing",
    }


def test_a_message_tells_the_first_hundred_mistakes_and_how_many_there_are() -> None:
    services = "".join(f"s{number}: {{}}, " for number in range(123))
    with pytest.raises(InvalidAllowlistError) as caught:
        decode(f"services: {{{services}}}".encode())
    assert len(caught.value.problems) == 123
    message = str(caught.value)
    assert message.startswith("the allowlist has 123 mistake(s): line 1, column 16: services.s0")
    assert message.endswith("; and 23 more")
    assert "services.s99." in message
    assert "services.s100." not in message


@pytest.mark.parametrize("document", [b"", b"[]", b"services:", b"services: 1", b"other: {}"])
def test_a_document_of_another_form_is_refused(document: bytes) -> None:
    assert problems(document)


@pytest.mark.parametrize(
    "document",
    [
        b"a: [",
        b"\xff",
        b"a: &a {b: *a}",
        b"b: !!python/object:os.x {}",
        b"b: !!int ''",
        b"services: !!map [a]",
        b"services: !!map ab",
        b"? [a]\n: 1",
        b"? {a: 1}\n: 1",
    ],
)
def test_what_is_no_yaml_is_refused(document: bytes) -> None:
    assert problems(document)


def test_an_entry_expires_when_its_last_day_is_over_in_utc() -> None:
    (entry,) = decode(DOCUMENT).services["web"].consumers
    assert not entry.has_expired(datetime(2027, 3, 31, 23, 59, tzinfo=UTC))
    assert entry.has_expired(datetime(2027, 4, 1, 0, 0, tzinfo=UTC))


def test_without_regions_only_the_stacks_own_is_allowed() -> None:
    (entry,) = (
        decode(consumer("account_id: '111122223333', source_cidrs: [10.0.0.0/8]"))
        .services["web"]
        .consumers
    )
    assert entry.allows_region(Region("eu-central-1"), home=Region("eu-central-1"))
    assert not entry.allows_region(Region("eu-west-1"), home=Region("eu-central-1"))


def test_what_concerns_withdrawal_and_modes_has_its_default() -> None:
    db = decode(DOCUMENT).services["db"]
    assert (db.withdrawals_allowed, db.manage_principals, db.mode) == (3, False, "enforce")
    (entry,) = decode(DOCUMENT).services["web"].consumers
    assert entry.access == "role"


@pytest.mark.parametrize(("written", "allowed"), [("0", 0), ("3", 3), ("7", 7)])
def test_a_number_of_withdrawals_that_is_written_counts_and_can_be_told_from_the_default(
    written: str, allowed: int
) -> None:
    document = f"services: {{web: {{service_id: vpce-svc-01234567, max_withdrawals: {written}}}}}"
    web = decode(document.encode()).services["web"]
    assert (web.max_withdrawals, web.withdrawals_allowed) == (allowed, allowed)
    assert decode(DOCUMENT).services["db"].max_withdrawals is UNSET


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_a_number_of_withdrawals_that_is_left_empty_is_no_number(empty: str) -> None:
    document = f"services: {{web: {{service_id: vpce-svc-01234567, max_withdrawals: {empty}}}}}"
    with pytest.raises(InvalidAllowlistError) as caught:
        decode(document.encode())
    (problem,) = caught.value.problems
    assert problem.path == "services.web.max_withdrawals"
    assert problem.expected == "a whole number from 0"


def test_a_merge_key_in_quotes_is_an_unknown_key() -> None:
    document = b"""
services:
  web: &web {service_id: vpce-svc-01234567}
  db: {"<<": *web, service_id: vpce-svc-89abcdef}
"""
    assert list(problems(document)) == ["services.db['<<']"]


def test_a_key_with_a_tag_is_refused() -> None:
    document = b"!foo services: {!foo web: {!foo service_id: vpce-svc-01234567}}"
    assert list(problems(document)) == ["services", "services.web", "services.web.service_id"]


def test_a_service_that_has_been_taken_out_allows_no_withdrawal() -> None:
    assert removed_service(ServiceId("vpce-svc-01234567")).withdrawals_allowed == 0


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("max_withdrawals", "-1", "a whole number from 0"),
        ("max_withdrawals", "many", "a whole number from 0"),
        ("manage_principals", "perhaps", "true or false"),
        ("mode", "dry-run", "enforce or observe"),
    ],
)
def test_each_field_of_a_service_is_checked(key: str, value: str, expected: str) -> None:
    document = f"services: {{web: {{service_id: vpce-svc-01234567, {key}: {value}}}}}".encode()
    with pytest.raises(InvalidAllowlistError) as caught:
        decode(document)
    (problem,) = caught.value.problems
    assert (problem.path, problem.expected) == (f"services.web.{key}", expected)
    assert str(problem.value) == value


def test_access_is_by_a_role_or_not_at_all() -> None:
    document = consumer('account_id: "111122223333", source_cidrs: [10.0.0.0/8], access: admin')
    assert problems(document) == {"services.web.consumers[0].access": "admin"}
