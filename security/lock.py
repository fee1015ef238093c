"""What uv.lock says of the packages that an artifact carries."""

import tomllib
from collections.abc import Mapping
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, Final

from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name, parse_wheel_filename

_LOCK: Final = Path(__file__).parents[1] / "uv.lock"

type Locked = Mapping[str, Any]
"""One package of the lock."""


class UnknownPackageError(Exception):
    """The artifact carries a package that is not in uv.lock as it is."""


def locked_packages() -> dict[str, Locked]:
    """Return the packages of uv.lock by their normalized names."""
    packages = tomllib.loads(_LOCK.read_text())["package"]
    return {canonicalize_name(package["name"]): package for package in packages}


def wheel_of(carried: Distribution, package: Locked) -> Mapping[str, str]:
    """Return the wheel of the lock that a distribution of the artifact was installed from.

    The file WHEEL of a distribution has the tags that stand in the wheel's name, one a line
    (Python packaging specifications, binary distribution format).
    """
    tags = _tags(carried.read_text("WHEEL") or "")
    wheels: list[Mapping[str, str]] = package.get("wheels", [])
    for wheel in wheels:
        _, version, _, of_file = parse_wheel_filename(wheel["url"].rsplit("/", 1)[-1])
        if str(version) == carried.version and of_file == tags:
            return wheel
    raise UnknownPackageError(carried.name, carried.version)


def _tags(text: str) -> set[Tag]:
    lines = [line for line in text.splitlines() if line.startswith("Tag: ")]
    return {tag for line in lines for tag in parse_tag(line.removeprefix("Tag: "))}
