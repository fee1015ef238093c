"""Everything that is installed is pinned by a digest: what is deployed, and the tools."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from artifact.packing import PIP_SETTINGS

ROOT = Path(__file__).parents[3]
LOCKS = ("uv.lock", "security/checks/uv.lock")
EXPORTED = ("functions/requirements.txt", "security/uv.txt")


def planned(target: str) -> str:
    answer = subprocess.run(  # noqa: S603 - our own arguments
        ["make", "--dry-run", "--always-make", target],  # noqa: S607 - whichever make there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout


@pytest.mark.parametrize("lock", LOCKS)
def test_every_file_of_a_package_is_locked_with_its_digest(lock: str) -> None:
    packages = tomllib.loads((ROOT / lock).read_text())["package"]
    indexed = [package for package in packages if "registry" in package["source"]]
    others = [package["source"] for package in packages if "registry" not in package["source"]]
    assert others in ([{"editable": "."}], [{"virtual": "."}])
    for package in indexed:
        files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
        assert files, package["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), package["name"]


@pytest.mark.parametrize("lock", LOCKS)
def test_packages_come_from_the_one_index(lock: str) -> None:
    packages = tomllib.loads((ROOT / lock).read_text())["package"]
    indexes = {package["source"].get("registry") for package in packages} - {None}
    assert indexes == {"https://pypi.org/simple"}


@pytest.mark.parametrize("exported", EXPORTED)
def test_every_requirement_has_digests(exported: str) -> None:
    text = re.sub(r"\\\n\s+", " ", (ROOT / exported).read_text())
    requirements = [
        line for line in text.splitlines() if line and not line.lstrip().startswith("#")
    ]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9-]+==\S+( ;.*)?( +--hash=sha256:[0-9a-f]{64})+$", requirement)


def test_make_builds_with_the_settings_that_the_sandbox_builds_with() -> None:
    (command,) = [line for line in planned("build").splitlines() if "/sam build" in line]
    settings = dict(re.findall(r'(PIP_\w+)="?([^" ]+)', command))
    settings["PIP_CONSTRAINT"] = (ROOT / settings["PIP_CONSTRAINT"]).as_uri()
    assert settings == PIP_SETTINGS
    assert settings["PIP_REQUIRE_HASHES"] == "1"


def test_the_first_package_is_installed_by_its_digest_as_well() -> None:
    (command,) = [line for line in planned("install").splitlines() if "pip install" in line]
    assert "--require-hashes" in command
    assert command.endswith("--requirement security/uv.txt")


def test_this_project_is_built_by_what_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (backend,) = project["build-system"]["requires"]
    assert backend in project["dependency-groups"]["dev"]
    assert project["tool"]["uv"]["no-build-isolation-package"] == [project["project"]["name"]]
