"""How old things are, and what day it is, differs from run to run."""

import re
from typing import Final

_AGE: Final = re.compile(r" *\b\d+ (s|min|h|d)\b")
_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b(?![ T]\d)")
_WAITED: Final = re.compile(r"has waited [\d:]+")


def ageless(text: str) -> str:
    """Return what is said, whatever its age."""
    text = _WAITED.sub("has waited AGE", _DAY.sub("DAY", _AGE.sub(" AGE", text)))
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
