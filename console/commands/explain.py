"""`privatelink explain`: the life of one endpoint."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from console.deployed import DeployedStack
from console.explaining import explain as explain_facts
from console.facts import gather, read_id
from console.output import emit_json, results, working
from console.provider import Provider
from console.screens.explain import explained


def explain(
    context: typer.Context,
    endpoint: Annotated[str, typer.Argument(metavar="VPCE-ID", help="The interface endpoint.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON document.")] = False,
) -> None:
    """Say what is decided about an endpoint and why, what has been done, and what comes next."""
    vpc_endpoint_id = read_id(endpoint)
    now = datetime.now(UTC)
    context.obj.log_in()
    with working(f"Looking for {vpc_endpoint_id}"):
        deployed = DeployedStack.find(context.obj)
        facts = gather(vpc_endpoint_id, Provider.connect(deployed), deployed, now)
        document = explain_facts(facts)
    if json:
        emit_json(document)
    else:
        results.print(explained(document, now))
