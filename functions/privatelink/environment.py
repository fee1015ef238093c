"""Reads settings from the environment.

Settings are frozen dataclasses of texts; the variable of a field is its name in capitals, and its
annotation says what may stand there.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Literal, NamedTuple, get_type_hints

from privatelink.errors import InvalidSettingError


class Expected(NamedTuple):
    """What a variable has to be like: a regular expression for all of it, and that in words."""

    pattern: str
    description: str


Name = Annotated[str, Expected(r".+", "a name")]
Url = Annotated[str, Expected(r"https?://.*", "a URL")]
Arn = Annotated[str, Expected(r"arn:[a-z-]+:.*", "an ARN")]
Mode = Annotated[Literal["enforce", "observe"], Expected("enforce|observe", "enforce or observe")]
OwnerText = Annotated[
    str,
    Expected(r"[0-9]{12}/[a-z0-9-]+/[A-Za-z0-9-]+", "an owner like ACCOUNT/REGION/STACK"),
]
ParameterPrefix = Annotated[
    str,
    Expected(r"(/[A-Za-z0-9_.-]+)+", "a parameter path like /privatelink"),
]


def from_environ[Settings](kind: type[Settings], environ: Mapping[str, str]) -> Settings:
    """Read settings of a kind, or raise InvalidSettingError naming the variable and its value."""
    hints = get_type_hints(kind, include_extras=True)
    values = {}
    for field in fields(kind):  # type: ignore[arg-type] # every kind of settings is a dataclass
        name = variable(field.name)
        value = environ.get(name)
        (expected,) = hints[field.name].__metadata__
        if value is None or not re.fullmatch(expected.pattern, value, re.DOTALL):
            raise InvalidSettingError(name, value, expected.description)
        values[field.name] = value
    return kind(**values)


def variable(field_name: str) -> str:
    """Return the environment variable of a field."""
    return field_name.upper()
