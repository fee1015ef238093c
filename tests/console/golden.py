"""Outputs that have been looked at, and are to stay as they are.

`make test-console UPDATE=1` writes them anew; what has changed is then read in the diff.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER

_GOLDEN: Final = Path(__file__).parent / "golden"
_ACCOUNTS: Final = frozenset({CONSUMER, PROVIDER, STRANGER})

# The end of a line may cut an id that ends a long word, as a session's name in an ARN.
_ID: Final = re.compile(
    r"\b(vpce-svc|vpce-nfn|vpce|vpc|subnet|sgr|sg|eni|rtb|acl|i)-((?:(?:\n +)?[0-9a-f]){8,17})\b"
)
_DIGEST: Final = re.compile(r"\b[0-9a-f]{12}\b")
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d| UTC)?",
)
# EC2's own part of an endpoint's DNS names, behind its id.
_LABEL: Final = re.compile(r"(?<=vpce-[0-9]{17}-)[0-9a-z]{8}\b")
_PORT: Final = re.compile(r"127\.0\.0\.1:\d+")


def assert_golden(name: str, text: str, known: Mapping[str, str] | None = None) -> None:
    """Compare a text, without what differs from run to run, with the golden one of that name.

    `known` are other texts that differ, and what stands for them.
    """
    for found, word in (known or {}).items():
        text = text.replace(found, word.ljust(len(found)))
    text = normalised(text)
    path = _GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text(), f"{path.name} has changed: make test-console UPDATE=1"


def normalised(text: str) -> str:
    """Number ids and digests in the order in which they appear, and take out times and ports.

    What stands for something is as long as it, so that tables keep their shape.
    """
    seen: dict[str, str] = {}
    text = _ID.sub(lambda match: _numbered(seen, match[1], match[2]), text)
    text = _DIGEST.sub(
        lambda match: match[0] if match[0] in _ACCOUNTS else _number(seen, match[0], match[0]), text
    )
    text = _TIME.sub(lambda match: "TIME".ljust(len(match[0]), "_"), text)
    text = _LABEL.sub("LABEL___", text)
    return _PORT.sub("127.0.0.1:PORT", text)


def _numbered(seen: dict[str, str], kind: str, found: str) -> str:
    """Return an id with its number in place of its digits, on the lines that these stand on."""
    digits = "".join(found.split())
    number = iter(_number(seen, f"{kind}-{digits}", digits))
    return f"{kind}-{re.sub('[0-9a-f]', lambda _: next(number), found)}"


def _number(seen: dict[str, str], found: str, digits: str) -> str:
    kind = found.removesuffix(digits)
    order = sum(each.startswith(kind) if kind else "-" not in each for each in seen) + 1
    return seen.setdefault(found, f"{order:0{len(digits)}d}")
