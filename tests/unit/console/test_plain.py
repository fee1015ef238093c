"""What others have written reaches neither a terminal nor a line of its own."""

import io
import re
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from rich.console import Console, RenderableType

from console import output
from console.allowlist_files import located
from console.checks.check import Question
from console.documents.explanation import Explanation
from console.documents.status import Status
from console.documents.validation import ValidatedFile
from console.explaining import explain
from console.plain import plain, plain_lines, plain_text
from console.screens.allowlist import told_of
from console.screens.doctor import examined
from console.screens.explain import explained
from console.screens.outline import Heading, Marked, Note, Part, on_screen
from console.screens.status import overview
from privatelink.errors import Problem
from privatelink.findings import FindingKind
from privatelink.gateways.records import ScopeRecord
from privatelink.rules import Rule
from tests.unit.builders import NOW, STRANGER, connection
from tests.unit.console.sights import facts_about, sight
from tests.unit.console.test_explain import found, recorded
from tests.unit.console.test_status import status

OWNER = (
    "x\u001b]0;pwned\u0007\u001b[31m [click](https://evil) @org/team\n\n# Approved by security\n"
)
HOSTILE = f"{OWNER}\t\r\x9b31m\x7f\u202egnol\u2066\u2028\udcff"
OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\ud800-\udfff]")
# What decides how something is shown, and stays as it is.
KEPT = {"severity", "result"}


def hostile[Document](document: Document) -> Document:
    """Return a document in which every string that others might have a say in is hostile."""

    def spoil(value: object, name: str = "") -> object:
        match value:
            case dict():
                return {key: spoil(each, key) for key, each in value.items()}
            case list() | tuple():
                return [spoil(each, name) for each in value]
            case str() if name not in KEPT and not name.endswith("_id"):
                return value + OWNER + "\x9b"
        return value

    plain_data = msgspec.to_builtins(document, builtin_types=(datetime,))
    return msgspec.convert(spoil(plain_data), type(document))


def screen(renderable: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=10_000, color_system=None)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def statuses() -> Status:
    findings = found(FindingKind.NO_HEALTHY_TARGET, "arn:aws:tg")
    return status(
        sight(
            connection(1),
            connection(2, owner=STRANGER, state="available"),
            record=recorded({"": ScopeRecord(open_findings=findings)}),
        )
    )


def explanation() -> Explanation:
    return explain(facts_about(Rule.UNLISTED_HELD))


CHECKS = (Question("services/web", "targets").problem("one thing", "another"),)
PARTS: list[Part] = [
    Heading(HOSTILE),
    Heading(HOSTILE, 2),
    Marked("+", HOSTILE, HOSTILE),
    Note("a", HOSTILE),
]
SCREENS = [
    pytest.param(overview(statuses()), overview(hostile(statuses())), id="status"),
    pytest.param(
        explained(explanation(), NOW), explained(hostile(explanation()), NOW), id="explain"
    ),
    pytest.param(examined(CHECKS), examined(map(hostile, CHECKS)), id="doctor"),
    pytest.param(
        on_screen([Heading("a"), Heading("a", 2), Marked("+", "a", "a"), Note("a")]),
        on_screen(PARTS),
        id="outline",
    ),
]


@pytest.mark.parametrize(("friendly", "spoilt"), SCREENS)
def test_no_screen_is_obeyed_by_a_terminal_or_has_a_forged_line(
    friendly: RenderableType, spoilt: RenderableType
) -> None:
    said = screen(spoilt)
    assert r"\u001b]0;pwned" in said
    assert OBEYED.findall(said) == []
    assert not re.search(r"^\s*# Approved", said, re.MULTILINE)
    assert len(said.splitlines()) == len(screen(friendly).splitlines())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\u001b[31m"),
        ("a\r\n\tb", r"a\r\n\tb"),
        ("\x07\x08\x00", r"\u0007\u0008\u0000"),
        ("\x7f\x9b\x85", r"\u007f\u009b\u0085"),
        ("\u202e\u2066\u200f\u061c", r"\u202e\u2066\u200f\u061c"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\udcff", r"\udcff"),
    ],
)
def test_what_a_terminal_obeys_is_written_out(text: str, shown: str) -> None:
    assert plain(text) == shown
    assert plain_text(text).plain == shown


def test_nothing_else_is_changed() -> None:
    text = r"東京 ünïcode — 10.0.0.0/8 → [x] \n 👩\u200d💻 `a` @b #1"
    assert plain(text) == text


def test_lines_of_our_own_stay_lines() -> None:
    assert plain_lines("a\n\x1bb\r\nc") == "a\n\\u001bb\\r\nc"


@pytest.mark.parametrize("console", [output.results, output.talk])
def test_what_is_printed_as_a_string_is_made_plain(console: Console) -> None:
    with console.capture() as capture:
        console.print(f"first\nsecond {HOSTILE}", soft_wrap=True)
    assert OBEYED.findall(capture.get()) == []
    assert r"\u001b]0;pwned\u0007" in capture.get()


def test_json_leaves_nothing_that_a_terminal_obeys_and_says_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = HOSTILE.removesuffix("\udcff")
    output.emit_json(ValidatedFile(file=text, bytes=1))
    said = capsys.readouterr().out
    assert OBEYED.findall(said) == []
    assert msgspec.json.decode(said, type=ValidatedFile).file == text


def test_a_mistake_is_told_in_one_line_whatever_the_file_is_called() -> None:
    name = str(Path("a\n::error file=x::pwned.yaml"))
    told = located(name, Problem("services", "\x1b", "YAML: \x1b[31m\n", 1, 2))
    assert told == (
        r"a\n::error file=x::pwned.yaml:1:2: services: found '\x1b', expected YAML: \u001b[31m\n"
    )
    assert screen(told_of(ValidatedFile(file=name, bytes=1))).count("\n") == 1
