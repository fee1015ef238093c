"""The bus policy for an organization, which the walkthrough is not deployed with.

What has been recorded for the policy that names accounts serves for it, too: the same events from
the same accounts, had they an organization.
"""

import json
from collections.abc import Iterable
from copy import replace
from typing import Final

from sandbox.emulator.decisions import Decision
from tests.contract.stack import resources
from tests.security.least_privilege.documents import Policy

_ID: Final = "o-a1b2c3d4e5"


def policy(bus_arn: str) -> Policy:
    """Return the policy, on a bus of its own."""
    statement = resources()["OrganizationEventBusPolicy"]["Properties"]["Statement"]
    text = json.dumps(statement)
    text = text.replace(json.dumps({"Ref": "ForwardingOrganizationId"}), json.dumps(_ID))
    text = text.replace(json.dumps({"Fn::GetAtt": ["EventBus", "Arn"]}), json.dumps(_bus(bus_arn)))
    return Policy(kind="resource", holder=_bus(bus_arn), document={"Statement": [json.loads(text)]})


def decisions(bus_arn: str, recorded: Iterable[Decision]) -> Iterable[Decision]:
    """Return what the policy would have been asked, and would have allowed."""
    for decision in recorded:
        if decision.kind == "resource" and decision.resource_arn == bus_arn and decision.allowed:
            keys = {**decision.keys, "aws:PrincipalOrgID": _ID}
            yield replace(decision, resource_arn=_bus(bus_arn), keys=keys)


def _bus(bus_arn: str) -> str:
    return f"{bus_arn}-of-an-organization"
