"""The document that `privatelink invite` prints: what a service consumer deploys, and how."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct


class Invitation(Struct, frozen=True, kw_only=True):
    """The consumer's template with the provider's values, but for the external id."""

    provider: Annotated[str, Meta(description="STACK in ACCOUNT/REGION")]
    parameters: Annotated[
        Mapping[str, str], Meta(description="of the template; the external id is told apart")
    ]
    command: Annotated[str, Meta(description="for the AWS CLI, beside the template")]
    link: Annotated[
        str | None,
        Meta(description="a quick-create link; null: nobody has said where the template is"),
    ]
