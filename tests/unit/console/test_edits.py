from datetime import date

import msgspec

from console.edits import edits
from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import decode
from tests.unit.builders import LISTED, SERVICE_ID, STRANGER, consumer_entry, service_entry
from tests.unit.console.rehearsals import allowlist


def test_the_same_document_has_no_edits() -> None:
    assert edits(allowlist(), allowlist()) == ()


def test_without_a_document_before_all_is_new() -> None:
    assert edits(None, allowlist()) == (
        f"+ web: service {SERVICE_ID}",
        f"+ web: sddc-tokyo ({LISTED}): 192.168.0.0/20",
    )


def test_a_service_that_is_removed_is_one_edit() -> None:
    assert edits(allowlist(), Allowlist(version="", services={})) == (
        f"- web: service {SERVICE_ID}",
    )


def test_a_service_under_another_alias_is_the_same_service() -> None:
    renamed = Allowlist(version="", services={"www": service_entry()})
    assert edits(allowlist(), renamed) == ("~ www: alias: web → www",)


def test_each_key_of_a_service_that_changes_is_named_with_both_values() -> None:
    changed = msgspec.structs.replace(service_entry(), unlisted="reject", max_withdrawals=9)
    assert edits(allowlist(), allowlist(changed)) == (
        "~ web: unlisted: hold → reject",
        "~ web: max_withdrawals: not set → 9",
    )


def test_each_key_of_a_consumer_that_changes_is_named_with_both_values() -> None:
    entry = msgspec.structs.replace(
        consumer_entry("10.0.0.0/8", "192.168.0.0/21", ports=(443,)), expires=date(2027, 3, 31)
    )
    assert edits(allowlist(), allowlist(service_entry(entry))) == (
        f"~ web: sddc-tokyo ({LISTED}): source_cidrs: 192.168.0.0/20 → 10.0.0.0/8, 192.168.0.0/21",
        f"~ web: sddc-tokyo ({LISTED}): ports: not set → tcp/443",
        f"~ web: sddc-tokyo ({LISTED}): expires: not set → 2027-03-31",
    )


def test_consumers_that_come_and_go_are_named() -> None:
    other = msgspec.structs.replace(consumer_entry(), account_id=STRANGER, alias=None)
    assert edits(allowlist(), allowlist(service_entry(other))) == (
        f"+ web: {STRANGER}: 192.168.0.0/20",
        f"- web: sddc-tokyo ({LISTED})",
    )


def test_a_service_that_is_added_with_other_than_the_defaults_says_so() -> None:
    document = decode(b"services: {web: {service_id: vpce-svc-0123456789abcdef0, mode: observe}}")
    assert edits(None, document)[1:] == ("~ web: mode: enforce → observe",)
