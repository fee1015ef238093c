import pytest

from privatelink.findings import Finding, FindingKind

WARNINGS = {
    FindingKind.UNKNOWN_STATE,
    FindingKind.LIVE_WITHOUT_ENTRY,
    FindingKind.OPTED_OUT_GROUP,
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
