"""Findings as documents."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct


class OpenFinding(Struct, frozen=True, kw_only=True):
    """Something that a person has to look at."""

    severity: Annotated[str, Meta(description="error or warning")]
    kind: Annotated[str, Meta(description="what is the matter, as in no-opted-in-group")]
    subject: Annotated[str, Meta(description="what it is the matter with: an id, an ARN, a path")]
    service_id: Annotated[str, Meta(description="the service that it was found at")]
    consumer: Annotated[
        str | None, Meta(description="ACCOUNT/REGION, or null: it is about the service itself")
    ]
    since: Annotated[datetime, Meta(description="when it was first seen")]
    what_to_do: Annotated[str, Meta(description="how to mend it")]
    evidence: Annotated[dict[str, str], Meta(description="what was seen")]
