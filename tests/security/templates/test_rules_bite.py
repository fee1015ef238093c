"""The rules of our own against our own templates, each spoilt in one place."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.security.figures import Figures
from tests.security.templates.checking import GONE, RULES, changed, rules_of, verdicts

FILES = [path.stem for path in sorted(RULES.glob("*.guard"))]
SPOILT: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "spoilt_templates.yaml").read_text()
)


@pytest.mark.parametrize("file", FILES)
def test_a_template_that_is_spoilt_in_one_place_breaks_the_rule(
    file: str, tmp_path: Path, figures: Figures
) -> None:
    rows = [
        (rule, place)
        for rule in sorted(rules_of(file))
        for place in SPOILT.get(f"{file}/{rule}", [])
    ]
    spoilt = [changed(place["in"], place["at"], place.get("becomes", GONE)) for _, place in rows]
    told = verdicts(file, spoilt, tmp_path)
    not_refused = [
        f"{rule}: {place}: {verdict[rule]}"
        for (rule, place), verdict in zip(rows, told, strict=True)
        if verdict[rule] != "FAIL"
    ]
    assert not not_refused, "\n".join(not_refused)
    figures.add("templates spoilt in one place and refused", len(rows))


def test_every_rule_is_broken_somewhere() -> None:
    assert SPOILT.keys() == {f"{file}/{rule}" for file in FILES for rule in rules_of(file)}
    assert all(SPOILT.values())
