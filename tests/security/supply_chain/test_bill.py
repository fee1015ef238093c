"""The bill of materials: of the artifact as it is, and of all of it."""

import json
import zipfile
from collections.abc import Mapping
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from artifact.packing import code_sha256, digest
from artifact.service_models import ORIGIN
from security.bill_of_materials import bill_of
from security.lock import UnknownPackageError, locked_packages
from tests.security.figures import Figures

pytestmark = pytest.mark.xdist_group("artifact")


@pytest.fixture(scope="module")
def bill(artifact: Path) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = json.loads(bill_of(artifact))
    return parsed


def with_distribution(artifact: Path, copy: Path, name: str, version: str) -> Path:
    copy.write_bytes(artifact.read_bytes())
    with zipfile.ZipFile(copy, "a") as file:
        folder = f"{name}-{version}.dist-info"
        file.writestr(f"{folder}/METADATA", f"Name: {name}\nVersion: {version}\n")
        file.writestr(f"{folder}/WHEEL", "Tag: py3-none-any\n")
    return copy


def test_what_the_artifact_carries_stands_in_its_bill_and_nothing_else(
    artifact: Path, bill: Mapping[str, Any], figures: Figures
) -> None:
    carried = {
        (canonicalize_name(each.name), each.version) for each in distributions(path=[str(artifact)])
    }
    carried.add((canonicalize_name(ORIGIN), version(ORIGIN)))  # the service models are its data
    listed = [(each["name"], each["version"]) for each in bill["components"]]
    assert sorted(carried) == sorted(listed)
    figures.add("packages in the bill of materials", len(listed))


def test_a_package_has_a_licence_and_the_digest_that_is_locked(bill: Mapping[str, Any]) -> None:
    for component in bill["components"]:
        (reference,) = component["externalReferences"]
        (found,) = reference["hashes"]
        wheels = locked_packages()[component["name"]]["wheels"]
        assert f"sha256:{found['content']}" in {wheel["hash"] for wheel in wheels}
        assert reference["url"] in {wheel["url"] for wheel in wheels}
        assert component["purl"] == f"pkg:pypi/{component['name']}@{component['version']}"
        assert component["licenses"]


def test_the_bill_names_the_artifact_as_a_file_and_as_lambda_does(
    artifact: Path, bill: Mapping[str, Any]
) -> None:
    root = bill["metadata"]["component"]
    assert root["hashes"] == [{"alg": "SHA-256", "content": digest(artifact)}]
    assert [each["value"] for each in root["properties"]] == [code_sha256(artifact)]


def test_the_functions_need_what_they_name_and_that_needs_the_rest(
    bill: Mapping[str, Any],
) -> None:
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    root = bill["metadata"]["component"]["bom-ref"]
    reached, left = {root}, [root]
    while left:
        found = set(needs[left.pop()]) - reached
        reached |= found
        left.extend(found)
    assert reached == {root, *(each["bom-ref"] for each in bill["components"])}


def test_the_bill_is_valid_and_the_same_each_time(artifact: Path) -> None:
    bill = bill_of(artifact)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    assert bill_of(artifact) == bill


@pytest.mark.parametrize(("name", "version"), [("stranger", "1.0"), ("PyYAML", "0.1")])
def test_a_package_that_is_not_locked_has_no_place_in_a_bill(
    artifact: Path, tmp_path: Path, name: str, version: str
) -> None:
    smuggled = with_distribution(artifact, tmp_path / "artifact.zip", name, version)
    with pytest.raises(UnknownPackageError):
        bill_of(smuggled)
