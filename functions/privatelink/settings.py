"""Reads a function's settings from its environment.

Settings are frozen dataclasses; the variable of a field is its name in capitals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from privatelink.errors import InvalidSettingError
from privatelink.model import AccountId, Owner, Region

Name = Annotated[str, Meta(min_length=1, description="a name")]
Url = Annotated[str, Meta(pattern=r"^https?://", description="a URL")]
Arn = Annotated[str, Meta(pattern=r"^arn:[a-z-]+:", description="an ARN")]
Mode = Annotated[Literal["enforce", "observe"], Meta(description="enforce or observe")]
OwnerText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{12}/[a-z0-9-]+/[A-Za-z0-9-]+\Z",
        description="an owner like ACCOUNT/REGION/STACK",
    ),
]
ParameterPrefix = Annotated[
    str,
    Meta(pattern=r"^(/[A-Za-z0-9_.-]+)+\Z", description="a parameter path like /privatelink"),
]


@dataclass(frozen=True, kw_only=True)
class DecisionSettings:
    """Where the allowlist and the ledger are, which decisions are made by."""

    owner: OwnerText
    allowlist_application: Name
    allowlist_environment: Name
    allowlist_profile: Name
    ledger_table: Name
    mode: Mode

    def read_owner(self) -> Owner:
        """Return the stack by whose name things are marked as ours."""
        account_id, region, stack = self.owner.split("/")
        return Owner(account_id=AccountId(account_id), region=Region(region), stack=stack)


@dataclass(frozen=True, kw_only=True)
class StackSettings(DecisionSettings):
    """Where the stack's own resources are: what every function that acts has to know."""

    event_bus_name: Name


@dataclass(frozen=True, kw_only=True)
class ConsumerSettings(StackSettings):
    """How to enter a consumer's account."""

    consumer_role_name: Name
    consumer_external_id: Name


def from_environ[Settings](kind: type[Settings], environ: Mapping[str, str]) -> Settings:
    """Read settings of a kind, or raise InvalidSettingError naming the variable and its value."""
    hints = get_type_hints(kind, include_extras=True)
    values = {}
    for field in fields(kind):  # type: ignore[arg-type] # every kind of settings is a dataclass
        name = variable(field.name)
        try:
            values[field.name] = msgspec.convert(environ.get(name), hints[field.name])
        except msgspec.ValidationError as error:
            expected = _description(hints[field.name])
            raise InvalidSettingError(name, environ.get(name), expected) from error
    return kind(**values)


def variable(field_name: str) -> str:
    """Return the environment variable of a field."""
    return field_name.upper()


def _description(hint: Any) -> str:  # noqa: ANN401 - any annotation
    return next(part.description for part in get_args(hint) if isinstance(part, Meta)) or "a value"
