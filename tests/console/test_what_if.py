from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.accounts import CONSUMER, STRANGER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.asleep import age, sweep
from tests.console.golden import assert_golden
from tests.console.running import Run
from tests.e2e.endpoints import endpoint

pytestmark = pytest.mark.usefixtures("nothing_lingers")


@pytest.fixture(scope="module")
def connected(walkthrough: Walkthrough) -> Iterator[str]:
    """An endpoint of the listed consumer, published and open, and one of a stranger, held."""
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        age()
        with endpoint(walkthrough, STRANGER):
            name = walkthrough.parameter_name(CONSUMER)
            wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
            sweep(walkthrough)
            yield endpoint_id


@pytest.fixture
def edited(walkthrough: Walkthrough, connected: str, tmp_path: Path) -> Path:
    """An allowlist with other sources, and with the stranger listed."""
    assert connected
    document = walkthrough.allowlist.replace("192.168.0.0/20", "192.168.0.0/21, 10.9.0.0/16")
    document += f'      - {{account_id: "{STRANGER}", source_cidrs: [192.168.0.0/20]}}\n'
    file = tmp_path / "allowlist.yaml"
    file.write_text(document)
    return file


def test_who_is_let_in_and_what_is_opened_is_told(edited: Path, run: Run) -> None:
    said = run("what-if", edited)
    assert_golden("what-if.txt", said.stdout)
    assert said.exit_code == 2


def test_it_can_be_read_by_machines(edited: Path, run: Run) -> None:
    said = run("what-if", edited, "--json")
    assert_golden("what-if.json", said.stdout)
    assert said.exit_code == 2


def test_it_can_be_read_in_a_pull_request(edited: Path, run: Run) -> None:
    said = run("what-if", edited, "--format", "markdown")
    assert_golden("what-if.md", said.stdout)
    assert said.exit_code == 2


def test_the_deployed_document_changes_nothing(
    walkthrough: Walkthrough, connected: str, run: Run, tmp_path: Path
) -> None:
    assert connected
    file = tmp_path / "allowlist.yaml"
    file.write_text(walkthrough.allowlist)
    said = run("what-if", file)
    assert said.exit_code == 0
    assert "The documents say the same." in said.stdout
    assert said.stdout.splitlines()[-1] == "Nothing changes because of it."


def test_what_would_be_refused_is_told_with_the_reason(
    walkthrough: Walkthrough, connected: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "allowlist.yaml"
    file.write_text(walkthrough.allowlist.split("    consumers:")[0])
    said = run("what-if", file)
    assert said.exit_code == 2
    assert f"cut: {connected}" in said.stdout
    assert "It would be refused" in said.stdout
    assert "write max_withdrawals: 1" in " ".join(said.stdout.split())


def test_mistakes_are_told_with_their_places(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "allowlist.yaml"
    file.write_text("services:\n  web:\n    service_id: nonsense\n")
    said = run("what-if", file)
    assert (said.exit_code, said.stdout) == (1, "")
    assert f"{file}:3:17: services.web.service_id: found 'nonsense'" in said.stderr
