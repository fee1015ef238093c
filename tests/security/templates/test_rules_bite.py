"""The rules of our own against our own templates, each spoilt in one place."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.security.figures import Figures
from tests.security.templates.checking import GONE, RULES, changed, rules_of, verdicts

SPOILT = yaml.safe_load((Path(__file__).parent / "spoilt_templates.yaml").read_text())


ROWS = [(rule, place) for rule, places in SPOILT.items() for place in places]


@pytest.mark.parametrize(("rule", "place"), ROWS)
def test_a_template_that_is_spoilt_in_one_place_breaks_the_rule(
    rule: str, place: dict[str, Any], tmp_path: Path, figures: Figures
) -> None:
    rules, name = rule.split("/")
    spoilt = changed(place["in"], place["at"], place.get("becomes", GONE))
    assert verdicts(rules, spoilt, tmp_path)[name] == "FAIL"
    figures.add("templates spoilt in one place and refused")


def test_every_rule_is_broken_somewhere() -> None:
    files = [path.stem for path in RULES.glob("*.guard")]
    assert SPOILT.keys() == {f"{file}/{rule}" for file in files for rule in rules_of(file)}
