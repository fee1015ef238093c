"""The JSON Schemas in docs/ are fresh, and complete."""

import json
from typing import Final

import pytest
from jsonschema import Draft202012Validator

from console.schemas import main, schemas, stale
from tests.contract.stack import ROOT

ALLOWLIST: Final = json.loads((ROOT / "docs" / "allowlist.schema.json").read_text())


def test_the_schemas_are_fresh() -> None:
    assert not [str(file.relative_to(ROOT)) for file in stale()]
    assert main(["--check"]) == 0


def test_there_is_no_schema_of_anything_else() -> None:
    assert set((ROOT / "docs").rglob("*.schema.json")) == set(schemas())


@pytest.mark.parametrize("text", schemas().values(), ids=[file.name for file in schemas()])
def test_each_schema_is_one_that_validators_take(text: str) -> None:
    Draft202012Validator.check_schema(json.loads(text))
    assert r"\\Z" not in text  # the end of a text, to Python alone


@pytest.mark.parametrize("entry", ["Document", "ServiceEntry", "ConsumerEntry", "PortEntry"])
def test_editors_are_told_of_every_key_and_know_that_there_are_no_others(entry: str) -> None:
    definition = ALLOWLIST["$defs"][entry]
    assert definition["additionalProperties"] is False
    assert all(key["description"] for key in definition["properties"].values())
