"""The bill of materials of an artifact, in CycloneDX: what it carries, and what that was built of.

    python -m security.bill_of_materials .aws-sam/build/template.yaml dist

It is read from the artifact itself. The service models that it carries are listed as the package
whose data they are, with its code left out. The digests are those of the wheels in uv.lock whose
tags the artifact's packages bear, which are the ones that pip has checked while SAM built. The same
artifact has the same bill, to the byte: it bears no date, and its serial number is the artifact's.
"""

import sys
import tomllib
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PathDistribution, distributions
from pathlib import Path
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from artifact import service_models
from artifact.packing import artifacts_of, code_sha256, digest
from security.lock import Locked, locked_packages, wheel_of

_ROOT: Final = Path(__file__).parents[1]
_TRIMMED: Final = "Models of AWS services from its data, trimmed; none of its code"
_SERIAL_NUMBERS: Final = uuid.UUID("6f0c1a5e-2f0b-5a43-9d5e-0f3c8f6a7b21")


def bill_of(artifact: Path) -> str:
    """Return the bill of materials of an artifact, as JSON; raise if it is not a valid one."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    locked = locked_packages()
    root = _application(artifact, project)
    carried = [*distributions(path=[str(artifact)]), *_origin_of_models(artifact)]
    components = {component.name: component for component in _components(carried, locked)}
    metadata = BomMetaData(component=root)
    serial_number = uuid.uuid5(_SERIAL_NUMBERS, digest(artifact))
    bill = Bom(metadata=metadata, components=components.values(), serial_number=serial_number)
    metadata.timestamp = None  # type: ignore[assignment] # the standard asks for none
    bill.register_dependency(root, [components[name] for name in _direct(locked, components)])
    for name, component in components.items():
        code_is_carried = name != service_models.ORIGIN
        needed = _needed(locked[name], components) if code_is_carried else []
        bill.register_dependency(component, [components[each] for each in needed])
    return _checked(JsonV1Dot6(bill).output_as_string(indent=2))


def _application(artifact: Path, project: Mapping[str, str]) -> Component:
    name, version = project["name"], project["version"]
    return Component(
        type=ComponentType.APPLICATION,
        name=name,
        version=version,
        bom_ref=f"{name}@{version}",
        description=project["description"],
        licenses=[LicenseFactory().make_from_string(project["license"])],
        hashes=[_sha256(digest(artifact))],
        properties=[Property(name="aws:lambda:CodeSha256", value=code_sha256(artifact))],
    )


def _origin_of_models(artifact: Path) -> Iterator[Distribution]:
    """Yield what the service models of an artifact derive from, if it has any."""
    models = zipfile.Path(artifact, f"{service_models.FOLDER}/")
    if models.exists():
        yield from (PathDistribution(each) for each in models.glob("*.dist-info"))


def _components(
    carried: Iterable[Distribution], locked: Mapping[str, Locked]
) -> Iterator[Component]:
    for each in sorted(carried, key=lambda distribution: canonicalize_name(distribution.name)):
        yield _component(each, locked)


def _component(carried: Distribution, locked: Mapping[str, Locked]) -> Component:
    name = canonicalize_name(carried.name)
    wheel = wheel_of(carried, locked.get(name, {}))
    purl = PackageURL("pypi", None, name, carried.version)
    return Component(
        name=name,
        version=carried.version,
        bom_ref=purl.to_string(),
        purl=purl,
        description=_TRIMMED if name == service_models.ORIGIN else None,
        licenses=[*_licenses(carried)],
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(wheel["url"]),
                hashes=[_sha256(wheel["hash"].removeprefix("sha256:"))],
            )
        ],
    )


def _licenses(carried: Distribution) -> Iterator[License]:
    stated = carried.metadata.get("License-Expression") or carried.metadata.get("License")
    if stated:
        yield LicenseFactory().make_from_string(stated)


def _direct(locked: Mapping[str, Locked], carried: Mapping[str, Component]) -> list[str]:
    """Return what the functions themselves need: the group of that name, and their models."""
    project = next(each for each in locked.values() if "editable" in each["source"])
    groups: Mapping[str, list[dict[str, str]]] = project["dev-dependencies"]
    named = [each["name"] for each in groups["functions"]]
    return [name for name in (*named, service_models.ORIGIN) if name in carried]


def _needed(package: Locked, carried: Mapping[str, Component]) -> list[str]:
    names = {each["name"] for each in package.get("dependencies", [])}
    return sorted(names & carried.keys())


def _sha256(content: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=content)


def _checked(bill: str) -> str:
    mistake = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill)
    if mistake is not None:
        raise ValueError(mistake)
    return bill + "\n"


def _main(template: str, folder: str) -> None:
    (artifact,) = artifacts_of(Path(template))
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    written = Path(folder) / f"{project['name']}-{project['version']}.cdx.json"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(bill_of(artifact))
    print(f"{written}: the bill of materials of {artifact.name}")  # noqa: T201 - what make prints


if __name__ == "__main__":
    _main(*sys.argv[1:])
