"""The document that `privatelink doctor` prints: what has been checked about a deployment."""

from typing import Annotated

from msgspec import Meta, Struct

from console.checks.check import Check


class Diagnosis(Struct, frozen=True, kw_only=True):
    """All checks of one examination."""

    stack: str
    account_id: str
    region: str
    version: Annotated[str, Meta(description="of the deployed stack; empty if it does not say")]
    service: Annotated[str | None, Meta(description="the only service looked at; null: all")]
    is_well: Annotated[
        bool, Meta(description="whether there is no problem, and nothing that is unknown")
    ]
    checks: tuple[Check, ...]
