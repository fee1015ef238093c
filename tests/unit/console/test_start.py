"""How the command ends where its surroundings are amiss: never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.stack import ROOT

EXAMPLE = ROOT / "allowlist.example.yaml"


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the console as a process of its own."""
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "console", *map(os.fsencode, map(str, arguments))],
        env={**own, **nothing, **keys, "COLUMNS": "100", **environment},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        ((), {"AWS_DEFAULT_REGION": ""}, "No Region is set."),
        (("--region", ""), {}, "No Region is set."),
        (("--region", "x-1", "--stack-name", ""), {}, "The stack's name is empty."),
        (
            ("--region", "x-1"),
            {"AWS_ENDPOINT_URL": "notaurl"},
            "The endpoint of AWS is no URL: notaurl",
        ),
    ],
    ids=["empty Region", "empty --region", "empty --stack-name", "an endpoint that is no URL"],
)
def test_what_is_set_and_makes_no_sense_is_told(
    arguments: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    said = run(*arguments, "plan", **environment)
    assert (said.returncode, said.stdout) == (1, b"")
    assert said.stderr.decode().splitlines()[0] == told


def test_characters_that_the_output_has_no_bytes_for_are_written_out(tmp_path: Path) -> None:
    file = tmp_path / "東京.yaml"
    file.write_bytes(EXAMPLE.read_bytes())
    said = run("allowlist", "validate", file, PYTHONIOENCODING="latin-1")
    assert (said.returncode, said.stderr) == (0, b"")
    assert rb"\u6771\u4eac.yaml: version " in said.stdout


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_file_may_be_named_by_any_bytes(options: tuple[str, ...], tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.yaml"))
    file.write_bytes(EXAMPLE.read_bytes())
    said = run("allowlist", "validate", *options, file)
    assert (said.returncode, said.stderr) == (0, b"")
    assert rb"\xff.yaml" in said.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has one")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_full_disk_is_an_error(options: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "console", "allowlist", "validate", *options, EXAMPLE],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (said.returncode, said.stderr) == (1, b"No space left on device.\n")


def test_ctrl_c_while_the_console_is_being_imported_stops_it(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n")
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    said = run("--version", PYTHONPATH=path)
    assert (said.returncode, said.stdout, said.stderr) == (130, b"", b"Stopped.\n")
