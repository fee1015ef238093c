"""What is logged: one line of printable ASCII a record, nothing whole, and nothing secret."""

import json
import os
import subprocess
import sys
from typing import Any, Final, NamedTuple

import pytest

from tests.security.figures import Figures
from tests.security.forged import speaking

pytestmark = pytest.mark.xdist_group("logs")  # they all read what one process has said

_LONGEST: Final = 32 * 1024


class Said(NamedTuple):
    """What a process has said, and what it should not have said."""

    output: str
    errors: str
    secrets: list[str]

    @property
    def lines(self) -> list[str]:
        return self.output.removesuffix("\n").split("\n")

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, figures: Figures) -> Said:
    secrets = tmp_path_factory.mktemp("said") / "secrets.json"
    done = subprocess.run(  # noqa: S603 - of our own code
        [sys.executable, "-m", speaking.__name__, str(secrets)],
        env=os.environ | speaking.ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = Said(done.stdout.decode(), done.stderr.decode(), json.loads(secrets.read_text()))
    figures.add("hostile log records", len(found.lines))
    return found


def test_every_record_is_one_line_of_printable_ascii(said: Said) -> None:
    assert [line for line in said.lines if not (line.isascii() and line.isprintable())] == []
    assert all(isinstance(record, dict) for record in said.records)


def test_no_secret_is_logged_and_no_event_whole(said: Said) -> None:
    assert len(said.secrets) > 4, "sessions were made"
    everything = said.output + said.errors
    assert [secret for secret in said.secrets if secret in everything] == []


def test_a_record_has_an_end(said: Said) -> None:
    assert max(map(len, said.lines)) < _LONGEST


def test_every_function_has_spoken_of_what_went_wrong(said: Said) -> None:
    for words in (
        "message body: found",
        "AssumeRole failed",
        "DescribeSecurityGroups failed",
        "DescribeVpcEndpointConnections failed",
        "revoke sgr-",
        "parameter-clash",
        "connection notification",
        "the allowlist has",
        "PutEvents failed",
    ):
        assert words in said.output, words


def test_what_leaves_a_handler_is_one_line_too(said: Said) -> None:
    escaped = [record["escaped"] for record in said.records if "escaped" in record]
    assert len(escaped) > 1
    assert [text for text in escaped if not text.isprintable()] == []
