"""What a report keeps of the allowlist is what the allowlist says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from console.documents.report import Report
from console.documents.status import StackStatus, Status
from console.pages import kept
from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import decode

_STACK = StackStatus(
    name="privatelink-autopilot",
    account_id="123456789012",
    region="ap-northeast-1",
    version="0.1.0",
    mode="enforce",
    allowlist_version="0123456789ab",
)
_EXAMPLE = (Path(__file__).parents[3] / "allowlist.example.yaml").read_text()


@pytest.mark.parametrize("timeout", ["3d", "72h", "90m", "99999d", "99999h", "99999m", "1m"])
def test_it_keeps_every_entry(tmp_path: Path, timeout: str) -> None:
    allowlist = decode(_EXAMPLE.replace("hold_timeout: 72h", f"hold_timeout: {timeout}").encode())
    file = _written(tmp_path, allowlist)
    report = kept.compared(_report(allowlist), kept.read(file, _STACK), file)
    assert report.edits is not None
    assert report.edits.before == _STACK.allowlist_version
    assert report.edits.edits == ()


def test_it_tells_edits(tmp_path: Path) -> None:
    before = decode(_EXAMPLE.encode())
    after = decode(_EXAMPLE.replace("hold_timeout: 72h", "hold_timeout: 5h").encode())
    file = _written(tmp_path, before)
    report = kept.compared(_report(after), kept.read(file, _STACK), file)
    assert report.edits is not None
    assert len(report.edits.edits) == 1
    assert "hold_timeout" in report.edits.edits[0]


def test_nothing_is_kept_where_there_is_no_report(tmp_path: Path) -> None:
    assert kept.read(tmp_path / "report.html", _STACK) is None


def test_no_name_ends_the_element(tmp_path: Path) -> None:
    allowlist = decode(_EXAMPLE.encode())
    stack = replace(_STACK, name="</script><script>alert(1)</script>")
    file = _written(tmp_path, allowlist, stack)
    assert file.read_text().count("<") == 2
    assert kept.read(file, stack) is not None


def _report(allowlist: Allowlist, stack: StackStatus = _STACK) -> Report:
    status = Status(
        at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
        stack=stack,
        services=(),
        consumers=(),
        endpoints=(),
        findings=(),
    )
    return Report(status=status, topologies=(), allowlist=allowlist.services, edits=None)


def _written(folder: Path, allowlist: Allowlist, stack: StackStatus = _STACK) -> Path:
    file = folder / "report.html"
    file.write_text(kept.element(_report(allowlist, stack)))
    return file
