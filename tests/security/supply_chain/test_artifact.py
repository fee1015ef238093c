"""The artifact: what it is built of, and that the same comes of it every time."""

import base64
import csv
import importlib.util
import json
import marshal
import os
import platform
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from artifact.gateways import calls_of, sources_of
from artifact.packing import PIP_SETTINGS, artifacts_of, digest, pack
from artifact.service_models import FOLDER, service_models
from sandbox import deployment
from sandbox.process import without_aws
from tests.security.figures import Figures

pytestmark = pytest.mark.xdist_group("artifact")

ROOT = Path(__file__).parents[3]
SAM = Path(sys.executable).with_name("sam")
FUNCTIONS = [ROOT / "functions" / "requirements.txt", *sorted(ROOT.glob("functions/**/*.py"))]
OTHER = "x86_64" if platform.machine() in {"aarch64", "arm64"} else "arm64"
MODELS = f"{FOLDER}/"
YEAR = 365 * 24 * 3600


def a_checkout(folder: Path, *, backwards: bool = False) -> Path:
    """Copy what is built; a file system may list it in the order in which it was written."""
    for source in reversed(FUNCTIONS) if backwards else FUNCTIONS:
        copy = folder / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    shutil.copy(ROOT / "template.yaml", folder)
    return folder


def sam_build(
    checkout: Path, *, umask: int = 0o022, architecture: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    settings = {**without_aws(os.environ), **PIP_SETTINGS, "SAM_CLI_TELEMETRY": "0", **environment}
    parameter = f"Architecture={architecture or deployment.host_architecture()}"
    return subprocess.run(  # noqa: S603 - our own arguments
        [SAM, "build", "--build-dir", "built", "--parameter-overrides", parameter],
        cwd=checkout,
        env={**settings, "PATH": f"{SAM.parent}{os.pathsep}{os.environ['PATH']}"},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_builds_at_two_places_and_times_are_the_same_to_the_byte(
    artifact: Path, tmp_path: Path, figures: Figures
) -> None:
    """One is what the sandbox deploys, with packages that were fetched before."""
    theirs = a_checkout(tmp_path / "their folder" / "elsewhere", backwards=True)
    for path in theirs.rglob("*"):
        os.utime(path, (YEAR, YEAR))
        path.chmod(0o775 if path.is_dir() else 0o664)
    leftover = theirs / "functions" / ".some_cache" / "of_a_tool"
    leftover.parent.mkdir()
    leftover.touch()
    answer = sam_build(theirs, umask=0o077, LC_ALL="C", TZ="Asia/Tokyo", PYTHONHASHSEED="1")
    assert answer.returncode == 0, answer.stderr
    (other,) = pack(theirs / "built" / "template.yaml")
    assert other.parent != artifact.parent
    assert (other.name, digest(other)) == (artifact.name, digest(artifact))
    figures.add("builds of the artifact compared", 2)


def test_packing_twice_changes_nothing(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("Globals:\n    CodeUri: functions/\nOne:\n      CodeUri: One\n")
    (tmp_path / "One").mkdir()
    (tmp_path / "One" / "app.py").write_text("")
    packed = pack(template)
    text = template.read_text()
    assert pack(template) == ()
    assert (artifacts_of(template), template.read_text()) == (packed, text)


def test_whoever_has_built_is_told_how_to_deploy(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("One:\n      CodeUri: One\n")
    (tmp_path / "One").mkdir()
    answer = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "artifact.packing", template],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    packed, told = answer.stdout.splitlines()
    assert "CodeSha256" in packed
    command = told.partition(": ")[2].partition("=...")[0]
    assert command == 'make deploy PARAMETERS="ConsumerExternalId'
    assert command in (ROOT / "README.md").read_text()


def test_functions_with_other_code_have_an_artifact_of_their_own(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("One:\n      CodeUri: One\nTwo:\n      CodeUri: Two\n")
    for name in ("One", "Two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(name)
    assert len(pack(template)) == 2


def test_a_package_for_lambdas_processor_that_was_tampered_with_is_not_built(
    tmp_path: Path,
) -> None:
    checkout = a_checkout(tmp_path)
    requirements = checkout / "functions" / "requirements.txt"
    tag = "aarch64" if OTHER == "arm64" else OTHER
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]:
        for wheel in package.get("wheels", []):
            if f"manylinux2014_{tag}" in wheel["url"]:
                locked = requirements.read_text()
                requirements.write_text(locked.replace(wheel["hash"], "sha256:" + "0" * 64))
    tampered = requirements.as_uri()
    answer = sam_build(checkout, architecture=OTHER, PIP_CONSTRAINT=tampered)
    assert answer.returncode != 0
    assert "msgspec==" in answer.stderr
    assert "pyyaml==" in answer.stderr


def test_nothing_in_the_artifact_is_unaccounted_for(artifact: Path) -> None:
    with zipfile.ZipFile(artifact) as file:
        contents = {name: file.read(name) for name in file.namelist()}
        recorded = {name for each in records(file) for name in each}
        hashes = {name: value for each in records(file) for name, value in each.items() if value}
    ours = {str(each.relative_to(ROOT / "functions")): each.read_bytes() for each in FUNCTIONS}
    made = {name for name in contents if name.startswith(MODELS) or name.endswith(".pyc")}
    assert {name: contents[name] for name in contents.keys() - recorded - made} == ours
    for name, value in hashes.items():
        found = base64.urlsafe_b64encode(sha256(contents[name]).digest()).decode().rstrip("=")
        assert value == f"sha256={found}", name


def test_the_bytecode_in_the_artifact_is_that_of_the_sources_beside_it(artifact: Path) -> None:
    with zipfile.ZipFile(artifact) as file:
        names = [name for name in file.namelist() if name.endswith(".pyc")]
        for name in names:
            source = file.read(importlib.util.source_from_cache(name))
            code = marshal.loads(file.read(name)[16:])  # noqa: S302 - what has just been built
            assert code == compile(source, code.co_filename, "exec", dont_inherit=True), name
    assert "privatelink/__pycache__/model.cpython-313.pyc" in names


def test_the_service_models_in_the_artifact_are_botocores_own(artifact: Path) -> None:
    called = calls_of(sources_of(ROOT / "functions"))
    expected = {f"{MODELS}{name}": content for name, content in service_models(called).items()}
    with zipfile.ZipFile(artifact) as file:
        names = [name for name in file.namelist() if name.startswith(MODELS)]
        models = {name: json.loads(file.read(name)) for name in names if name.endswith(".json")}
        about = {name.rpartition("/")[2] for name in names} - {
            name.rpartition("/")[2] for name in models
        }
    assert models == expected
    assert about == {"LICENSE.txt", "METADATA", "NOTICE", "WHEEL"}


def records(file: zipfile.ZipFile) -> Iterator[dict[str, str]]:
    """Return what the packages of an artifact say of their files: a digest for each but a few."""
    for name in file.namelist():
        if name.endswith(".dist-info/RECORD"):
            yield {row[0]: row[1] for row in csv.reader(file.read(name).decode().splitlines())}
