"""GitHub reads what others have written as it stands."""

import re

import pytest

from console.screens.markdown import as_it_stands, block, code
from console.screens.outline import Heading, Marked, Note, in_markdown
from tests.unit.console.test_plain import OBEYED, OWNER

ACTIVE = [
    "[click](https://evil)",
    "<img/src=x>",
    "@org/team",
    "#12",
    "org/repo#12",
    "GH-12",
    "https://evil.example",
    "WWW.evil.example",
    "a@b.example",
    "a|b",
    "*a*",
    "_a_",
    "__a__",
    "~~a~~",
    "![a](b)",
    "&lt;",
    "\\@org",
    "$x$",
    "`code`",
    "``a` ```",
]


def without_code(markdown: str) -> str:
    """Return what is left when GitHub has taken the code out of a line."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", markdown)


@pytest.mark.parametrize("word", ACTIVE)
def test_a_word_that_would_mean_something_is_code(word: str) -> None:
    told = as_it_stands(f"before {word} and {word}, after")
    assert without_code(told).split() == ["before", "and", "after"]
    assert told.count(word) == 2


@pytest.mark.parametrize(
    "text",
    [
        "web, vpce-svc-0123456789abcdef0",
        "From allowlist 0123456789ab to 0123456789ac",
        "in 111122223333/ap-northeast-1",
        "Because of it: 3 to add, 0 to change; connections: 1 accepted.",
        "correct source_cidrs (10.0.0.0/8) → or have it use the VPC's main route table = true",
    ],
)
def test_ordinary_sentences_stay_as_they_are(text: str) -> None:
    assert as_it_stands(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a``", "``` `a`` ```"),
        ("", ""),
        (" \n ", r"`\n`"),
    ],
)
def test_the_fence_of_code_is_longer_than_any_within(text: str, written: str) -> None:
    assert code(text) == written


def test_the_fence_of_a_block_is_longer_than_any_within() -> None:
    assert list(block("diff", ["+ a"])) == ["```diff", "+ a", "```"]
    assert list(block("diff", ["+ ```", "+ `````x\n```"])) == [
        "``````diff",
        "+ ```",
        r"+ `````x\n```",
        "``````",
    ]


def test_a_consumer_has_no_say_in_what_a_pull_request_is_told() -> None:
    told = in_markdown(
        [
            Heading(OWNER),
            Note("owner:", OWNER),
            Note(OWNER),
            Marked("+", f"a = {OWNER}```\n", OWNER),
        ]
    )
    heading, _, note, _, sentence, _, fence, deed, end = told.splitlines()
    assert OBEYED.findall(told) == []
    assert without_code(note).strip() == "owner:"
    for line in (without_code(heading).removeprefix("###"), without_code(sentence)):
        assert not re.search(r"[@#\[\\]|://", line)
    assert (fence, end) == ("````diff", "````")
    assert deed.startswith("+ a = x")


def test_a_sentence_stays_in_its_line() -> None:
    assert as_it_stands("a\n- b") == r"`a\n-` b"
