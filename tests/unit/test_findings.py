import pytest

from privatelink.findings import Finding, FindingKind, enumerated

WARNINGS = {
    FindingKind.UNKNOWN_STATE,
    FindingKind.NOTIFICATION_DISABLED,
    FindingKind.LISTENERS_DIFFER,
    FindingKind.OPTED_OUT_GROUP,
    FindingKind.LEFT_BEHIND,
    FindingKind.ADDRESS_NOT_RESOLVED,
    FindingKind.NO_ROUTE_TO_SOURCE,
}


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_says_what_to_do_and_how_much_it_hurts(kind: FindingKind) -> None:
    finding = Finding(kind=kind, subject="vpce-1", evidence={})
    assert finding.what_to_do.endswith(".")
    assert (finding.severity == "warning") == (kind in WARNINGS)


def test_the_same_thing_has_the_same_id_whatever_the_evidence() -> None:
    first = Finding(kind=FindingKind.NO_PORTS, subject="vpce-svc-1", evidence={"a": "1"})
    second = Finding(kind=FindingKind.NO_PORTS, subject="vpce-svc-1", evidence={"a": "2"})
    assert first.id == second.id == "no-ports/vpce-svc-1"


def test_evidence_is_in_order_and_no_longer_than_an_event_can_carry() -> None:
    assert enumerated(["b", "a"]) == "a, b"
    assert enumerated([]) == "none"
    assert enumerated(f"{n:03}" for n in range(130)).endswith("098, 099 and 30 more")
