"""The README in English and in Japanese: the same commands, links, headings and tables."""

import re

from tests.contract.stack import ROOT

ENGLISH, JAPANESE = ((ROOT / name).read_text() for name in ("README.md", "README.ja.md"))
SWITCH = {"README.md", "README.ja.md"}


def links(text: str) -> list[str]:
    return sorted(set(re.findall(r"\]\(([^)]+)\)", text)) - SWITCH)


def shape(text: str) -> list[tuple[str, int]]:
    """Return the levels of the headings, and of each the number of rows of its tables."""
    sections = re.split(
        r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE
    )
    return [
        (level, len(re.findall(r"^\|", body, flags=re.MULTILINE)))
        for level, body in zip(sections[1::2], sections[2::2], strict=True)
    ]


def test_they_show_the_same_commands_and_files() -> None:
    english, japanese = (
        re.findall(r"```.*?```", text, flags=re.DOTALL) for text in (ENGLISH, JAPANESE)
    )
    assert english
    assert japanese == english


def test_they_lead_to_the_same_places() -> None:
    assert links(JAPANESE) == links(ENGLISH)


def test_they_have_the_same_headings_and_tables() -> None:
    assert shape(JAPANESE) == shape(ENGLISH)


def test_what_stands_in_backticks_is_the_same() -> None:
    inline = r"(?<!`)`([^`\n]+)`(?!`)"
    prose = [re.sub(r"```.*?```", "", each, flags=re.DOTALL) for each in (ENGLISH, JAPANESE)]
    english, japanese = (set(re.findall(inline, each)) for each in prose)
    assert japanese == english
