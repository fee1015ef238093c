"""Where things stand in a YAML text, and what is wrong there."""

import re
from typing import Any, Final, NamedTuple, Self

from yaml import YAMLError
from yaml.reader import ReaderError

type Path = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""


_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


def written(path: Path) -> str:
    """Write a path as people do: services.web.consumers[0]; in one line, whatever the keys are."""
    return "".join(map(_step, path)).removeprefix(".") or "document"


def _step(step: str | int) -> str:
    is_name = isinstance(step, str) and _NAME.fullmatch(step)
    return f".{step}" if is_name else f"[{step!r}]"


class Place(NamedTuple):
    """Where something begins in a text, counted from 1."""

    line: int
    column: int

    @classmethod
    def of(cls, mark: Any) -> Self:  # noqa: ANN401 - each of the library's parsers has its own
        """Return the place of a mark of the library's."""
        return cls(mark.line + 1, mark.column + 1)


class Mistake(NamedTuple):
    """What is wrong with a value, or with its key. If it has no place, its path leads to one."""

    path: Path
    value: object
    expected: str
    is_about_key: bool = False
    place: Place | None = None


class Places:
    """Where the keys and values of a document begin.

    They are kept by collection and not by path, for aliases give a collection many paths.
    """

    def __init__(self) -> None:
        self._marks: dict[int, tuple[object, dict[str | int, tuple[Any, Any]]]] = {}

    def note(self, collection: object, step: str | int, key_mark: object, mark: object) -> None:
        """Remember where the key and value of a mapping, or the item of a list, begin."""
        # As long as the collection is kept, its id is no other's.
        _, marks = self._marks.setdefault(id(collection), (collection, {}))
        marks[step] = key_mark, mark

    def find(self, documents: object, path: Path, *, of_key: bool = False) -> Place | None:
        """Return the place of a value or its key, or of what it is missing from."""
        collection: Any = documents
        key_mark = mark = None
        for step in (0, *path):
            _, marks = self._marks.get(id(collection), (None, {}))
            key_mark, mark = marks.get(step, (mark, mark))
            try:
                collection = collection[step]
            except (LookupError, TypeError):
                break
        found = key_mark if of_key else mark
        return Place.of(found) if found else None


def refusal(error: YAMLError, text: bytes) -> Mistake:
    """Return what the library refuses to read."""
    if isinstance(error, ReaderError):
        before = text[: error.position].decode(errors="replace")
        at = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        expected = f"text in UTF-8: {error.reason}"
        return Mistake((), f"{error.character!r}", expected, place=at)
    mark = getattr(error, "problem_mark", None)
    place = Place.of(mark) if mark else Place(1, 1)
    problem = getattr(error, "problem", None) or str(error)
    return Mistake((), _rest_of_line(text, place), f"YAML: {problem}", place=place)


def _rest_of_line(text: bytes, place: Place) -> str:
    lines = text.decode(errors="replace").splitlines()[place.line - 1 :]
    return lines[0][place.column - 1 :] if lines else ""
