"""The page of the walkthrough, and what it says of reports before it."""

import re
from pathlib import Path

import pytest

from console.pages import kept
from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.ages import ageless
from tests.console.asleep import sweep
from tests.console.golden import assert_golden
from tests.console.reads import assert_only_the_provider_is_read
from tests.console.running import Run
from tests.e2e.endpoints import endpoint

pytestmark = pytest.mark.usefixtures("nothing_lingers")


def test_the_walkthrough_is_drawn_with_what_is_decided(
    walkthrough: Walkthrough, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    with (
        endpoint(walkthrough, CONSUMER),
        endpoint(walkthrough, STRANGER, "10.0.3.182") as theirs,
    ):
        name = walkthrough.copy_name(CONSUMER)
        wait_until(lambda: name in walkthrough.parameters(PROVIDER), what="publication")
        wait_until(lambda: bool(walkthrough.decision(theirs)), what="decision")
        sweep(walkthrough)
        said = run("report", file)
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.startswith(f"{file}: 2 endpoint connections, ")
    page = file.read_text()
    for each in ("192.168.0.0/20", "10.0.3.181", "tcp/80", "account 444455556666 is not listed"):
        assert each in page
    (name,) = re.findall("<h4>(overlapping-cidr-.*?)</h4>", page)
    assert_golden("report.html", _words(ageless(page)), known={name: "overlapping-cidr-web"})


def test_the_next_report_says_what_has_been_edited_since(
    walkthrough: Walkthrough, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    assert run("report", file).exit_code == 0
    assert "This is the first report in this file" in file.read_text()
    assert run("report", file).exit_code == 0
    assert "is still in force" in _edits(file)
    as_if_before = file.read_text().replace('"192.168.0.0/20"', '"10.9.0.0/16"')
    file.write_text(re.sub(r'"allowlist_version":"\w+"', '"allowlist_version":"0"', as_if_before))
    assert run("report", file).exit_code == 0
    assert "sddc-tokyo (111122223333): source_cidrs: 10.9.0.0/16 → 192.168.0.0/20" in _edits(file)
    assert walkthrough.settle()


def _keeping(stack: str, allowlist: str) -> str:
    at = '"at":"2026-11-25T09:00:00Z","allowlist_version":"1"'
    return f'{kept.OPENING}{{{at},"stack":"{stack}","allowlist":{allowlist}}}</script>'


OURS = f"privatelink-autopilot in {PROVIDER}/{REGION}"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"my notes", "is not a report"),
        (b"\xff\xfe", "is not a report"),
        (f"{kept.OPENING}{{}}</script>".encode(), "is not a report"),
        (_keeping("other in 1/2", "{}").encode(), "is a report on other in 1/2"),
        (_keeping(OURS, '{"servants":1}').encode(), "is a report of another version"),
    ],
)
def test_what_is_no_report_on_the_stack_is_not_replaced(
    run: Run, tmp_path: Path, content: bytes, what: str
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(content)
    said = run("report", file)
    assert (said.exit_code, said.stdout) == (1, "")
    assert f"{file} {what}, and is left as it is." in said.stderr
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("folder", "why"), [("missing", "No such file or directory"), ("file", "Not a directory")]
)
def test_a_file_that_cannot_be_written_is_named(
    run: Run, tmp_path: Path, folder: str, why: str
) -> None:
    (tmp_path / "file").touch()
    file = tmp_path / folder / "report.html"
    said = run("report", file)
    assert said.exit_code == 1
    assert f"{file} cannot be written: {why}." in said.stderr


def test_nothing_is_written_in_aws(walkthrough: Walkthrough, run: Run, tmp_path: Path) -> None:
    before = walkthrough.settle()
    assert run("report", tmp_path / "report.html").exit_code == 0
    assert_only_the_provider_is_read(walkthrough, after=before)


def _words(page: str) -> str:
    """Return a page without its looks, which have files of their own."""
    page = re.sub(r"sha256-[\w+/]+=", "sha256-DIGEST", page)
    return re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", page, flags=re.DOTALL)


def _edits(file: Path) -> str:
    return file.read_text().partition('<h2 id="allowlist">')[2].partition("<script")[0]
