import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.console.golden import assert_golden
from tests.console.running import Run
from tests.contract.stack import ROOT

VALID = """\
services:
  web:
    service_id: vpce-svc-0123456789abcdef0
    consumers:
      - {account_id: "111122223333", source_cidrs: [192.168.0.0/20]}
      - {account_id: "444455556666", source_cidrs: [10.0.0.0/16]}
"""
INVALID = """\
services:
  web:
    service_id: vpce-svc-0123456789abcdef0
    unlisted: perhaps
    consumers:
      - account_id: 111122223333
        source_cidrs: [192.168.0.0/40]
  api:
    service: vpce-svc-0123456789abcdef0
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("valid.yaml").write_text(VALID)
    Path("invalid.yaml").write_text(INVALID)


@pytest.mark.usefixtures("files")
def test_a_valid_allowlist_is_counted(run_alone: Run) -> None:
    said = run_alone("allowlist", "validate", "valid.yaml")
    assert (said.exit_code, said.stderr) == (0, "")
    assert_golden("validate-valid.txt", said.stdout)


@pytest.mark.usefixtures("files")
def test_all_mistakes_of_all_files_are_told_with_their_places(run_alone: Run) -> None:
    said = run_alone("allowlist", "validate", "invalid.yaml", "valid.yaml")
    assert (said.exit_code, said.stderr) == (1, "")
    assert_golden("validate.txt", said.stdout)


@pytest.mark.usefixtures("files")
def test_mistakes_can_be_read_by_machines(run_alone: Run) -> None:
    said = run_alone("allowlist", "validate", "--json", "valid.yaml", "invalid.yaml")
    assert (said.exit_code, said.stderr) == (1, "")
    assert_golden("validate.json", said.stdout)
    document = json.loads(said.stdout)
    assert document["files"][0]["mistakes"] == []
    schema = ROOT / "docs" / "console" / "allowlist-validate.schema.json"
    Draft202012Validator(json.loads(schema.read_text())).validate(document)


def test_a_file_that_does_not_exist_is_wrong_usage(run_alone: Run) -> None:
    said = run_alone("allowlist", "validate", "nowhere.yaml")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        "Invalid value for 'FILE...': File 'nowhere.yaml' does not exist.\n"
        "`privatelink allowlist validate --help` tells how it is used.\n"
    )
