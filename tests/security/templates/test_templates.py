"""The rules of our own and what is suppressed: each does something, and says why."""

import json
from pathlib import Path

import pytest
import yaml

from tests.security.figures import Figures
from tests.security.templates.checking import (
    CONSUMER,
    PROVIDER,
    RULES,
    TEMPLATES,
    checkov_finds,
    rules_of,
    template,
    verdicts,
)

FILES = sorted(path.stem for path in RULES.glob("*.guard"))
APPLIED = [(PROVIDER, "policies"), (PROVIDER, "provider"), (CONSUMER, "consumer")]


class _AsWritten(yaml.SafeLoader):
    """Reads the functions of templates, which are of no interest here."""


_AsWritten.add_multi_constructor("!", lambda *_: None)


@pytest.mark.parametrize("name", FILES)
def test_each_rule_has_a_template_that_passes_and_one_that_fails(
    name: str, figures: Figures
) -> None:
    cases = yaml.load((RULES / "tests" / f"{name}_tests.yaml").read_text(), _AsWritten)  # noqa: S506 - a safe loader
    expected = [
        (rule, told) for case in cases for rule, told in case["expectations"]["rules"].items()
    ]
    for told in ("PASS", "FAIL"):
        assert {rule for rule, each in expected if each == told} == rules_of(name)
    figures.add("rules of our own for templates", len(rules_of(name)))


@pytest.mark.parametrize(("of", "name"), APPLIED)
def test_each_rule_has_something_to_say_of_our_templates(
    of: str, name: str, tmp_path: Path
) -> None:
    (told,) = verdicts(name, [template(of)], tmp_path)
    assert told == dict.fromkeys(rules_of(name), "PASS")


def suppressions() -> dict[tuple[str, str], str]:
    return {
        (skip["id"], f"/{Path(name).with_suffix('.json')}:{resource['Type']}.{logical_id}"): skip[
            "comment"
        ]
        for name in TEMPLATES
        for logical_id, resource in template(name)["Resources"].items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }


def test_each_suppression_has_its_reason() -> None:
    assert all(len(reason.split()) > 5 for reason in suppressions().values())


def test_checkov_finds_what_is_suppressed_and_nothing_else(
    tmp_path: Path, figures: Figures
) -> None:
    bare = {}
    for name in TEMPLATES:
        document = json.loads(json.dumps(template(name), default=str))
        for resource in document["Resources"].values():
            resource.pop("Metadata", None)
        bare[name] = document
    assert checkov_finds(bare, tmp_path) == suppressions().keys()
    figures.add("findings of checkov suppressed with a reason", len(suppressions()))
