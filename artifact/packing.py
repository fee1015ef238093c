"""The Lambda artifact: the same bytes for the same sources, whenever and wherever they are built.

    python -m artifact.packing .aws-sam/build/template.yaml

`sam build` leaves a folder for each function, and `sam deploy` would pack them in the order in
which the file system lists them, with the permissions that the umask left. Packed here, with what
makes cold starts shorter, one artifact serves all functions whose folders are equal, and its name
is its SHA-256 digest: Lambda gives the same digest back, in base 64, as `CodeSha256`.
"""

import base64
import re
import shutil
import stat
import sys
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Final

from artifact.bytecode import write_bytecode
from artifact.imports import imported
from artifact.service_models import write_service_models

_ROOT: Final = Path(__file__).parents[1]

PIP_SETTINGS: Final = {
    "PIP_CONSTRAINT": (_ROOT / "functions" / "requirements.txt").as_uri(),
    "PIP_ONLY_BINARY": ":all:",
    "PIP_REQUIRE_HASHES": "1",
}
"""What pip is told while SAM builds.

Packages for another processor than the builder's are downloaded by name and version alone
(aws_lambda_builders, workflows/python_pip/packager.py, `download_manylinux_wheels`); the
constraint has pip check the hashes of these as well, and no package runs code while it is built.
"""

_CODE: Final = re.compile(r"(?m)^(?P<key> +CodeUri: )(?P<folder>\S+)$")
# SAM itself ends by naming `sam deploy --guided`, which asks for what samconfig.toml says.
_NEXT: Final = 'To deploy what was built: make deploy PARAMETERS="ConsumerExternalId=..."'
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first date that ZIP knows
_MODE: Final = (stat.S_IFREG | 0o644) << 16
_UNIX: Final = 3


def pack(template: Path) -> tuple[Path, ...]:
    """Pack the folders that a built template names, and have it name the artifacts instead."""
    build = template.parent
    text = template.read_text()
    folders = {match["folder"] for match in _CODE.finditer(text)}
    artifacts = {
        folder: _packed(build / folder) for folder in sorted(folders) if (build / folder).is_dir()
    }
    template.write_text(_CODE.sub(lambda match: _naming(match, artifacts), text))
    for folder in artifacts:
        shutil.rmtree(build / folder)
    return tuple(sorted({*artifacts.values()}))


def artifacts_of(template: Path) -> tuple[Path, ...]:
    """Return the artifacts that a built and packed template names."""
    named = {template.parent / match["folder"] for match in _CODE.finditer(template.read_text())}
    return tuple(sorted(file for file in named if file.is_file()))


def digest(artifact: Path) -> str:
    """Return the SHA-256 digest of a file, in hexadecimal."""
    return sha256(artifact.read_bytes()).hexdigest()


def code_sha256(artifact: Path) -> str:
    """Return the digest as Lambda gives it: `CodeSha256` of GetFunctionConfiguration."""
    return base64.b64encode(bytes.fromhex(digest(artifact))).decode()


def _packed(folder: Path) -> Path:
    write_service_models(folder)
    handlers = [f"{app.parent.name}.{app.stem}" for app in folder.glob("*/app.py")]
    write_bytecode(folder, imported(folder, handlers))
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        unnamed = Path(scratch) / "artifact"
        with zipfile.ZipFile(unnamed, "w") as file:
            for name, path in sorted(_files(folder).items()):
                file.writestr(_entry(name), path.read_bytes(), compresslevel=9)
        return unnamed.replace(folder.parent / f"{digest(unnamed)}.zip")


def _files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their names, without what tools have left beside the code."""
    shipped = [path for path in folder.iterdir() if not path.name.startswith(".")]
    files = [path for each in shipped for path in (each, *each.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path for path in files}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _MODE
    return entry


def _naming(match: re.Match[str], artifacts: dict[str, Path]) -> str:
    artifact = artifacts.get(match["folder"])
    return match[0] if artifact is None else f"{match['key']}{artifact.name}"


def _main(template: str) -> None:
    for artifact in pack(Path(template)) or artifacts_of(Path(template)):
        print(f"{artifact.name}: CodeSha256 {code_sha256(artifact)}")  # noqa: T201 - what make prints
    print(_NEXT)  # noqa: T201 - what make prints


if __name__ == "__main__":
    _main(sys.argv[1])
