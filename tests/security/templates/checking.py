"""Runs CloudFormation Guard's rules and checkov on templates, as written or changed."""

import copy
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from samcli.yamlhelper import yaml_parse

from security.guard import guard

ROOT: Final = Path(__file__).parents[3]
RULES: Final = ROOT / "security" / "rules"
PROVIDER: Final = "template.yaml"
CONSUMER: Final = "consumer/template.yaml"
TEMPLATES: Final = (
    PROVIDER,
    CONSUMER,
    "examples/overlapping-cidr/consumer.yaml",
    "examples/overlapping-cidr/provider.yaml",
    "examples/look-up/cloudformation.yaml",
)
GONE: Final = object()
"""What takes away the place that it is put in."""

_CHECKOV: Final = ROOT / ".venv" / "checks" / "bin" / "checkov"
_SECONDS: Final = 120  # for any program; an idle machine takes ten


@cache
def template(name: str) -> Mapping[str, Any]:
    """Return a template as data, with the long form of its functions."""
    parsed: Mapping[str, Any] = yaml_parse((ROOT / name).read_text())
    return parsed


def changed(name: str, place: str, value: object) -> Mapping[str, Any]:
    """Return a template with something else at a place, such as `Resources/Role/Properties`.

    A member of a list is named by its index or by its Sid, and `~` stands for a slash in a key.
    """
    document = copy.deepcopy(dict(template(name)))
    *path, last = place.split("/")
    found: Any = document
    for key in path:
        found = found[_index(found, key)]
    index = _index(found, last)
    if value is GONE:
        del found[index]
    else:
        found[index] = value
    return document


def _index(found: Any, key: str) -> Any:  # noqa: ANN401 - a template's own values
    if not isinstance(found, list):
        return key.replace("~", "/")
    if key.isdigit():
        return int(key)
    (index,) = (number for number, each in enumerate(found) if each.get("Sid") == key)
    return index


def verdicts(
    rules: str, documents: Sequence[Mapping[str, Any]], folder: Path
) -> list[Mapping[str, str]]:
    """Return what Guard says of each template by the names of the rules: PASS, FAIL or SKIP."""
    files = [folder / f"{number}.json" for number in range(len(documents))]
    for file, document in zip(files, documents, strict=True):
        file.write_text(json.dumps(document, default=str))
    answer = subprocess.run(  # noqa: S603 - our own arguments
        [
            guard(),
            "validate",
            "--structured",
            *("--output-format", "json", "--show-summary", "none"),
            "--rules",
            RULES / f"{rules}.guard",
            "--data",
            *files,
        ],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    told = {each["name"]: each for each in json.loads(answer.stdout)}
    return [_verdict(told[str(file)]) for file in files]


def _verdict(told: Mapping[str, Any]) -> Mapping[str, str]:
    found = {rule["Rule"]["name"]: "FAIL" for rule in told["not_compliant"]}
    found |= dict.fromkeys(told["compliant"], "PASS")
    return found | dict.fromkeys(told["not_applicable"], "SKIP")


def rules_of(name: str) -> set[str]:
    """Return the names of the rules in a file."""
    return {*re.findall(r"(?m)^rule (\w+)", (RULES / f"{name}.guard").read_text())}


def checkov_finds(documents: Mapping[str, Mapping[str, Any]], folder: Path) -> set[tuple[str, str]]:
    """Return which checks of checkov which resources fail, as `check` and `file:resource`."""
    for name, document in documents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_suffix(".json").write_text(json.dumps(document, default=str))
    answer = subprocess.run(  # noqa: S603 - our own arguments
        [
            str(_CHECKOV),
            *("--framework", "cloudformation", "--skip-download", "--compact", "--quiet"),
            *("--output", "json", "--directory", str(folder)),
        ],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    failed = json.loads(answer.stdout)["results"]["failed_checks"]
    return {(each["check_id"], f"{each['file_path']}:{each['resource']}") for each in failed}
