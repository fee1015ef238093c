"""What YAML's scalars without quotes mean: nothing, a truth value, a number or text."""

from collections.abc import Callable, Mapping
from typing import Final

from yaml import ScalarNode
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

TAG: Final = "tag:yaml.org,2002:"
_LONGEST: Final = 64
"""What is longer is text; the library needs long for a long number with digits in base 60."""


class PlainScalars:
    """Reads scalars, each text once."""

    def __init__(self) -> None:
        # The library's types leave this method's out.
        self._resolve: Callable[..., str] = Resolver().resolve
        self._known: dict[str, object] = {}

    def read(self, text: str) -> object:
        """Return the value of a scalar; days stay text, for whoever expects one to judge."""
        try:
            return self._known[text]
        except KeyError:
            value = self._known[text] = self._construct(text) if len(text) <= _LONGEST else text
            return value

    def _construct(self, text: str) -> object:
        tag = self._resolve(ScalarNode, text, (True, False))
        construct = _CONSTRUCTORS.get(tag)
        try:
            return construct(ScalarNode(tag, text)) if construct else text
        except ValueError:
            return text  # like 0b_, which looks like a number and is none


_CONSTRUCTOR: Final = SafeConstructor()
_CONSTRUCTORS: Final[Mapping[str, Callable[[ScalarNode], object]]] = {
    f"{TAG}null": _CONSTRUCTOR.construct_yaml_null,
    f"{TAG}bool": _CONSTRUCTOR.construct_yaml_bool,
    f"{TAG}int": _CONSTRUCTOR.construct_yaml_int,
    f"{TAG}float": _CONSTRUCTOR.construct_yaml_float,
}
