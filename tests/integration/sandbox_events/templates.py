"""Templates: those of this repository that need no build, and small ones."""

from typing import Any

from tests.integration.sandbox_events.account import ROOT, Json

_EXAMPLES = ROOT / "examples" / "overlapping-cidr"

PROVIDER_EXAMPLE = (_EXAMPLES / "provider.yaml").read_text()
CONSUMER_EXAMPLE = (_EXAMPLES / "consumer.yaml").read_text()
CONSUMER = (ROOT / "consumer" / "template.yaml").read_text()


def one(type_name: str, **properties: Any) -> Json:  # noqa: ANN401 - of a template
    """Return a template of one resource."""
    resource = {"Type": type_name, "Properties": properties}
    return {"Resources": {"It": resource}, "Outputs": {"It": {"Value": {"Ref": "It"}}}}
