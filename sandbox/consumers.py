"""What a service consumer makes in its account: a Connected VPC, and the role for the provider."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox import deployment
from sandbox.accounts import PROVIDER, REGION, STACK_NAME
from sandbox.process import Sandbox
from sandbox.waiting import wait_until

SDDC_CIDR: Final = "192.168.0.0/20"
EXTERNAL_ID: Final = "an-external-id-of-the-sandbox"
_STACK: Final = "privatelink-autopilot-consumer"
_ROOT: Final = Path(__file__).parents[1]


def create_connected_vpc(sandbox: Sandbox, account_id: str) -> dict[str, str]:
    """Create a Connected VPC, with the route that VMware Cloud on AWS writes for the SDDC."""
    network = deployment.create_stack(
        sandbox,
        account_id,
        "overlapping-cidr",
        _ROOT / "examples" / "overlapping-cidr" / "consumer.yaml",
    )
    ec2 = sandbox.client("ec2", account_id)
    interface = ec2.create_network_interface(
        SubnetId=network["SubnetId"], Description="VMware VMC Interface 1"
    )["NetworkInterface"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [network["VpcId"]]}])
    ec2.create_route(
        RouteTableId=tables["RouteTables"][0]["RouteTableId"],
        DestinationCidrBlock=SDDC_CIDR,
        NetworkInterfaceId=interface["NetworkInterfaceId"],
    )
    return network


def deploy_consumer_role(
    sandbox: Sandbox,
    account_id: str,
    autopilot: Mapping[str, str],
    *,
    external_id: str = EXTERNAL_ID,
) -> None:
    """Deploy consumer/template.yaml in an account, for the provider's stack."""
    deployment.create_stack(
        sandbox,
        account_id,
        _STACK,
        _ROOT / "consumer" / "template.yaml",
        ProviderAccountId=PROVIDER,
        ProviderRegion=REGION,
        ProviderStackName=STACK_NAME,
        ExternalId=external_id,
        ProviderEventBusArn=autopilot["EventBusArn"],
    )


def remove_consumer_role(sandbox: Sandbox, account_id: str) -> None:
    """Delete what `deploy_consumer_role` made."""
    cloudformation = sandbox.client("cloudformation", account_id)
    cloudformation.delete_stack(StackName=_STACK)
    wait_until(
        lambda: (
            not any(
                stack["StackName"] == _STACK for stack in cloudformation.describe_stacks()["Stacks"]
            )
        ),
        what=f"deletion of stack {_STACK}",
    )
