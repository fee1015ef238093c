"""Runs CloudFormation Guard, which ships inside a package for the CDK.

python -m security.guard validate --rules security/rules/encryption.guard --data template.yaml
"""

import os
import platform
import sys
import tarfile
from pathlib import Path
from typing import Final

_CHECKS: Final = Path(__file__).parents[1] / ".venv" / "checks"
_ARCHIVE: Final = "cdklabs/cdk_validator_cfnguard/_jsii/cdk-validator-cfnguard@*.jsii.tgz"
_SYSTEMS: Final = {"Linux": "ubuntu", "Darwin": "macos"}
_PROCESSORS: Final = {"arm64": "aarch64"}


class NoGuardError(Exception):
    """There is no Guard for this machine; the message says which there are."""


def guard(checks: Path = _CHECKS) -> Path:
    """Return the program of the environment that checks templates, unpacking it if need be."""
    program = checks / "bin" / "cfn-guard"
    if not program.exists():
        with tarfile.open(_archive(checks)) as archive:
            member = archive.extractfile(_member(platform.system(), platform.machine()))
            assert member is not None  # noqa: S101 - it is a file
            unfinished = program.with_suffix(f".{os.getpid()}")
            unfinished.write_bytes(member.read())
            unfinished.chmod(0o755)
            unfinished.replace(program)
    return program


def _archive(checks: Path) -> Path:
    for packages in checks.glob("lib/python3*/site-packages"):
        for archive in packages.glob(_ARCHIVE):
            return archive
    raise NoGuardError(f"{checks} has no CloudFormation Guard: run 'make templates'")


def _member(system: str, processor: str) -> str:
    if system not in _SYSTEMS:
        raise NoGuardError(f"CloudFormation Guard comes for Linux and macOS, not for {system}")
    return f"package/bin/{_SYSTEMS[system]}/{_PROCESSORS.get(processor, processor)}/cfn-guard"


if __name__ == "__main__":
    try:
        program = guard()
    except NoGuardError as missing:
        sys.exit(str(missing))
    os.execv(program, [str(program), *sys.argv[1:]])  # noqa: S606 - no shell is wanted
