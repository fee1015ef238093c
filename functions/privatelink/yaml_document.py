"""YAML as plain values, read event by event.

The library's own loaders take three times as long, silently keep the last of two equal keys, and
let a few lines of aliases stand for more values than there is time for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import yaml
from yaml import events

from privatelink.yaml_places import Mistake, Path, Place, Places, refusal
from privatelink.yaml_scalars import TAG, PlainScalars

# That of libyaml, which PyYAML's wheels have, is some ten times as fast.
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST: Final = 64
_ALIASED_MAX: Final = 100_000
"""So many values may aliases stand for, whatever the document may have written out."""
_KEY_MAX: Final = 1024
"""What YAML allows for a key without `?`. Keys are in the path of each mistake under them."""
_CHARACTERS: Final = 64
"""So many characters more of a text count as another value."""
_MISTAKES_MAX: Final = 10_000
_MERGE: Final = "<<"
_TEXT_KEY: Final = "a key that is text"
_TAGS: Final[Mapping[type, str]] = {
    events.ScalarEvent: f"{TAG}str",
    events.MappingStartEvent: f"{TAG}map",
    events.SequenceStartEvent: f"{TAG}seq",
}


class UnreadableError(Exception):
    """Nothing can be read after this mistake; it never leaves the decoding of a document."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake)
        self.mistake = mistake


@dataclass(slots=True)
class _Open:
    """A collection that has begun and not ended, and the key whose value comes next."""

    value: Any
    anchor: str | None = None
    count_before: int = 0
    key: str | None = None
    key_mark: Any = None
    merges: bool = False

    @property
    def awaits_key(self) -> bool:
        return self.key is None and isinstance(self.value, dict)

    @property
    def step(self) -> str | int:
        return len(self.value) if self.key is None else self.key


class Reader:
    """Reads one document of at most `values_max` values, counting all that aliases stand for."""

    def __init__(self, *, values_max: int, places: Places | None = None) -> None:
        self.mistakes: list[Mistake] = []
        self.documents: list[Any] = []
        self._values_max = values_max
        self._places = places
        self._count = 0
        self._aliased = 0
        self._open = [_Open(self.documents)]
        self._anchors: dict[str, tuple[object, int]] = {}
        self._plain = PlainScalars()
        self._handlers: Mapping[type, Callable[[Any], None]] = {
            events.DocumentStartEvent: self._begin_document,
            events.ScalarEvent: self._scalar,
            events.AliasEvent: self._alias,
            events.MappingStartEvent: lambda event: self._begin({}, event),
            events.SequenceStartEvent: lambda event: self._begin([], event),
            events.MappingEndEvent: self._end,
            events.SequenceEndEvent: self._end,
        }

    def read(self, text: bytes) -> object:
        """Return what the document says, or raise UnreadableError; see `mistakes`, too."""
        try:
            for event in yaml.parse(text, Loader=LOADER):
                handle = self._handlers.get(type(event))
                if handle:
                    handle(event)
        except yaml.YAMLError as error:
            raise UnreadableError(refusal(error, text)) from error
        return self.documents[0] if self.documents else None

    @property
    def _path(self) -> Path:
        """Where the next value will stand."""
        return tuple(collection.step for collection in self._open[1:])

    def _begin_document(self, event: events.DocumentStartEvent) -> None:
        if self.documents:
            self._stop(event, "another document", "one document")

    def _scalar(self, event: events.ScalarEvent) -> None:
        if self._open[-1].awaits_key:
            self._key(event.value, event)
            return
        size = _size(event.value)
        self._begin_value(event, size)
        value = self._plain.read(event.value) if event.implicit[0] else event.value
        self._put(value, event.anchor, size)

    def _key(self, key: str, event: events.NodeEvent) -> None:
        top = self._open[-1]
        if len(key) > _KEY_MAX:
            self._stop(event, key, f"a key of at most {_KEY_MAX} characters")
        top.key, top.key_mark = key, event.start_mark
        self._check_tag(event)
        if key in top.value:
            self._note(self._at(event, key, "each key once"))
        # In quotes it is a key like others; an alias has none of a scalar's attributes.
        top.merges |= key == _MERGE and getattr(event, "implicit", (False,))[0]
        if event.anchor:
            self._anchors[event.anchor] = key, _size(key)

    def _alias(self, event: events.AliasEvent) -> None:
        value, size = self._anchors.get(event.anchor or "", (None, 0))
        if not size:
            self._stop(event, f"*{event.anchor}", f"a value &{event.anchor} that ended before")
        self._aliased += size
        if self._aliased > _ALIASED_MAX:
            self._stop(event, "more values", f"at most {_ALIASED_MAX} that aliases stand for")
        if not self._open[-1].awaits_key:
            self._begin_value(event, size)
            self._put(value, None, size)
        elif isinstance(value, str):
            self._key(value, event)
        else:
            self._stop(event, value, _TEXT_KEY)

    def _begin(self, value: object, event: events.CollectionStartEvent) -> None:
        if self._open[-1].awaits_key:
            self._stop(event, value, _TEXT_KEY)
        if len(self._open) > _DEEPEST:
            self._stop(event, value, f"at most {_DEEPEST} collections in one another")
        count_before = self._count
        self._begin_value(event, 1)
        self._open.append(_Open(value, event.anchor, count_before))

    def _begin_value(self, event: Any, size: int) -> None:  # noqa: ANN401 - a node's event
        self._check_tag(event)
        if self._places:
            top = self._open[-1]
            self._places.note(top.value, top.step, top.key_mark, event.start_mark)
        self._count += size
        if self._count > self._values_max:
            expected = f"at most {self._values_max}, with all that aliases stand for"
            self._stop(event, "more values", expected)

    def _check_tag(self, event: Any) -> None:  # noqa: ANN401 - a node's event
        tag = getattr(event, "tag", None)
        if tag not in {None, "!", _TAGS.get(type(event))}:
            self._note(self._at(event, tag, "no tag"))

    def _end(self, _: events.CollectionEndEvent) -> None:
        ended = self._open.pop()
        if ended.merges:
            self._merge(ended.value)
        self._put(ended.value, ended.anchor, self._count - ended.count_before)

    def _merge(self, mapping: dict[str, object]) -> None:
        """Add the keys of the mappings under `<<` that the mapping does not have."""
        merged = mapping.pop(_MERGE)
        for source in merged if isinstance(merged, list) else [merged]:
            if not isinstance(source, dict):
                self._note(Mistake((*self._path, _MERGE), source, "a mapping"))
                continue
            for key, value in source.items():
                mapping.setdefault(key, value)

    def _put(self, value: object, anchor: str | None, size: int) -> None:
        top = self._open[-1]
        if top.key is None:
            top.value.append(value)
        else:
            top.value[top.key] = value
            top.key = None
        if anchor:
            self._anchors[anchor] = value, size

    def _note(self, mistake: Mistake) -> None:
        if len(self.mistakes) < _MISTAKES_MAX:
            self.mistakes.append(mistake)

    def _at(self, event: events.Event, value: object, expected: str) -> Mistake:
        return Mistake(self._path, value, expected, place=Place.of(event.start_mark))

    def _stop(self, event: events.Event, value: object, expected: str) -> NoReturn:
        raise UnreadableError(self._at(event, value, expected))


def _size(text: str) -> int:
    """Return how many values a text counts as: what is done with a long one takes its time."""
    return 1 + len(text) // _CHARACTERS
