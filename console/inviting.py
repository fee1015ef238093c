"""Puts together what a service consumer needs to let the stack in."""

import shlex
from typing import Final
from urllib.parse import urlencode

from console.deployed import DeployedStack
from console.documents.invitation import Invitation

_STACK: Final = "privatelink-autopilot-consumer"
_CONSOLES: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def invitation(deployed: DeployedStack, template_url: str | None) -> Invitation:
    """Return an invitation; `template_url` is where consumers can read the template."""
    parameters = {
        "ProviderAccountId": deployed.account_id,
        "ProviderRegion": deployed.region,
        "ProviderStackName": deployed.name,
        "RoleName": deployed.authorize.consumer_role_name,
        "ParameterPrefix": deployed.publish.parameter_prefix,
    }
    return Invitation(
        provider=f"{deployed.name} in {deployed.account_id}/{deployed.region}",
        parameters=parameters,
        command=_command(deployed.region, parameters),
        link=_link(deployed, template_url, parameters) if template_url else None,
    )


def _command(region: str, parameters: dict[str, str]) -> str:
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    return shlex.join(
        [
            *("aws", "cloudformation", "deploy", "--region", region, "--stack-name", _STACK),
            *("--template-file", "template.yaml", "--capabilities", "CAPABILITY_NAMED_IAM"),
            *("--parameter-overrides", *overrides, "ExternalId=THE-EXTERNAL-ID"),
        ]
    )


def _link(deployed: DeployedStack, template_url: str, parameters: dict[str, str]) -> str:
    """Return a link that fills in the console's form, but for NoEcho parameters.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
    """
    region = deployed.region
    console = _CONSOLES[deployed.reading.get_partition_for_region(region)]
    filled = {f"param_{name}": value for name, value in parameters.items()}
    query = urlencode({"templateURL": template_url, "stackName": _STACK, **filled})
    return f"https://{region}.{console}/cloudformation/home?region={region}#/stacks/create/review?{query}"
