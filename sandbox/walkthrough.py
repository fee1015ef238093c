"""The walkthrough's topology on the sandbox, and what its parties do there.

The provider offers a web server in 192.168.0.0/20 through an endpoint service; the consumer's SDDC
uses the same addresses behind its Connected VPC, 10.0.0.0/16; a stranger has such a VPC too.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from copy import replace
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from sandbox import deployment
from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME, STRANGER
from sandbox.consumers import EXTERNAL_ID, create_connected_vpc, deploy_consumer_role
from sandbox.emulator.calls import ApiCall
from sandbox.process import Sandbox

ADDRESS: Final = "10.0.3.181"
SERVICE_ALIAS: Final = "web"
_EXAMPLE: Final = Path(__file__).parents[1] / "examples" / "overlapping-cidr"

ALLOWLIST: Final = """\
services:
  {alias}:
    service_id: {service_id}
    unlisted: hold
    consumers:
      - account_id: "{consumer}"
        alias: sddc-tokyo
        source_cidrs: [192.168.0.0/20]
"""


class RequestedEndpoint(NamedTuple):
    """An endpoint, and the state in which it begins."""

    vpc_endpoint_id: str
    state: str


type Step = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True, kw_only=True)
class Walkthrough:
    """The topology as it has been built: outputs of the stacks of its parties."""

    sandbox: Sandbox
    provider: Mapping[str, str]
    autopilot: Mapping[str, str]
    networks: Mapping[str, Mapping[str, str]]
    """By account: VpcId, SubnetId and SecurityGroupId of its Connected VPC."""

    @classmethod
    def build(
        cls,
        sandbox: Sandbox,
        step: Step = lambda _: nullcontext(),
        built: Callable[[], Path] = deployment.build,
    ) -> "Walkthrough":
        """Deploy everything as its parties would; `step` is entered around each part.

        `built` returns the built template of the stack.
        """
        with ThreadPoolExecutor(max_workers=1) as executor:
            artifact = executor.submit(built)
            with step("provider: web server, load balancer and endpoint service"):
                provider = deployment.create_stack(
                    sandbox,
                    PROVIDER,
                    "overlapping-cidr",
                    _EXAMPLE / "provider.yaml",
                    ConsumerAccountIds=f"{CONSUMER},{STRANGER}",
                )
            with step("provider: sam build"):
                template = artifact.result()
        with step("provider: sam deploy"):
            autopilot = deployment.deploy(
                sandbox,
                account_id=PROVIDER,
                template=template,
                stack_name=STACK_NAME,
                parameters={
                    "Architecture": deployment.host_architecture(),
                    "ConsumerExternalId": EXTERNAL_ID,
                    "ForwardingAccountIds": CONSUMER,
                    "AllowlistBakeMinutes": "0",
                },
            )
        with step("consumer: the role for the provider, once per account"):
            deploy_consumer_role(sandbox, CONSUMER, autopilot)
        with step("consumer and stranger: a Connected VPC each"):
            networks = {
                account: create_connected_vpc(sandbox, account) for account in (CONSUMER, STRANGER)
            }
        return cls(sandbox=sandbox, provider=provider, autopilot=autopilot, networks=networks)

    def joined_by(self, account_id: str) -> "Walkthrough":
        """Return the topology with one more consumer that is ready to create an endpoint."""
        self.sandbox.client("ec2", PROVIDER).modify_vpc_endpoint_service_permissions(
            ServiceId=self.service_id, AddAllowedPrincipals=[f"arn:aws:iam::{account_id}:root"]
        )
        deploy_consumer_role(self.sandbox, account_id, self.autopilot)
        network = create_connected_vpc(self.sandbox, account_id)
        return replace(self, networks={**self.networks, account_id: network})

    @property
    def service_id(self) -> str:
        """The endpoint service."""
        return self.provider["ServiceId"]

    @property
    def allowlist(self) -> str:
        """The allowlist of the walkthrough: one service, one consumer."""
        return ALLOWLIST.format(alias=SERVICE_ALIAS, service_id=self.service_id, consumer=CONSUMER)

    def deploy_allowlist(self, document: str | None = None) -> None:
        """Put a version of the allowlist in force, as the platform team does."""
        appconfig = self.sandbox.client("appconfig", PROVIDER)
        application = self.autopilot["AllowlistApplicationId"]
        profile = self.autopilot["AllowlistProfileId"]
        version = appconfig.create_hosted_configuration_version(
            ApplicationId=application,
            ConfigurationProfileId=profile,
            Content=(document or self.allowlist).encode(),
            ContentType="application/yaml",
        )["VersionNumber"]
        appconfig.start_deployment(
            ApplicationId=application,
            EnvironmentId=self.autopilot["AllowlistEnvironmentId"],
            ConfigurationProfileId=profile,
            DeploymentStrategyId=self.autopilot["AllowlistDeploymentStrategyId"],
            ConfigurationVersion=str(version),
        )

    def request_endpoint(self, account_id: str, address: str = ADDRESS) -> RequestedEndpoint:
        """Create an interface endpoint in an account's Connected VPC."""
        network = self.networks[account_id]
        endpoint = self.sandbox.client("ec2", account_id).create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=network["VpcId"],
            ServiceName=self.provider["ServiceName"],
            SubnetIds=[network["SubnetId"]],
            SubnetConfigurations=[{"SubnetId": network["SubnetId"], "Ipv4": address}],
            SecurityGroupIds=[network["SecurityGroupId"]],
        )["VpcEndpoint"]
        return RequestedEndpoint(endpoint["VpcEndpointId"], endpoint["State"])

    def delete_endpoint(self, account_id: str, vpc_endpoint_id: str) -> None:
        """Delete an interface endpoint."""
        self.sandbox.client("ec2", account_id).delete_vpc_endpoints(
            VpcEndpointIds=[vpc_endpoint_id]
        )

    def connection_state(self, vpc_endpoint_id: str) -> str:
        """Return the state of an endpoint's connection as the provider sees it."""
        rows = self.sandbox.client("ec2", PROVIDER).describe_vpc_endpoint_connections(
            Filters=[{"Name": "service-id", "Values": [self.service_id]}]
        )["VpcEndpointConnections"]
        states = [r["VpcEndpointState"] for r in rows if r["VpcEndpointId"] == vpc_endpoint_id]
        return str(states[0]) if states else "absent"

    def ingress_rules(self, account_id: str) -> list[tuple[str, str, int, int]]:
        """Return CIDR, protocol and ports of the endpoints' group's inbound rules for CIDRs."""
        rules = self.sandbox.client("ec2", account_id).describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [self.networks[account_id]["SecurityGroupId"]]}]
        )["SecurityGroupRules"]
        return [
            (rule["CidrIpv4"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
            for rule in rules
            if not rule["IsEgress"] and "CidrIpv4" in rule
        ]

    def parameters(self, account_id: str) -> dict[str, str]:
        """Return the published parameters in an account."""
        pages = self.sandbox.client("ssm", account_id).get_paginator("get_parameters_by_path")
        rows: Iterator[dict[str, str]] = (
            row
            for page in pages.paginate(Path="/privatelink", Recursive=True)
            for row in page["Parameters"]
        )
        return {row["Name"]: row["Value"] for row in rows}

    def parameter_name(self, account_id: str, leaf: str = "ip") -> str:
        """Return the name under which a consumer looks its endpoint up."""
        return f"/privatelink/{SERVICE_ALIAS}/{self.networks[account_id]['VpcId']}/{leaf}"

    def copy_name(self, account_id: str, leaf: str = "ip") -> str:
        """Return the name of the provider's copy of it."""
        vpc_id = self.networks[account_id]["VpcId"]
        return f"/privatelink/{SERVICE_ALIAS}/{account_id}/{vpc_id}/{leaf}"

    def calls_of_functions(self, *, after: int) -> list[ApiCall]:
        """Return the calls that the stack's functions made, in whatever account."""
        prefix = f":assumed-role/{STACK_NAME}-"
        return [call for call in self.sandbox.calls(after=after) if prefix in call.principal_arn]

    def has_looked(self, *, after: int) -> bool:
        """Tell whether connections have been looked at since a call."""
        actions = {call.action for call in self.calls_of_functions(after=after)}
        return "ec2:DescribeVpcEndpointConnections" in actions

    def has_swept(self, *, after: int) -> bool:
        """Tell whether all three functions have been at work since a call."""
        actions = {call.action for call in self.calls_of_functions(after=after)}
        return {
            "ec2:DescribeVpcEndpointConnections",
            "ec2:DescribeSecurityGroupRules",
            "ssm:GetParametersByPath",
        } <= actions

    def settle(self, quiet_seconds: float = 2.5) -> int:
        """Wait until the functions have been quiet; return the number of their last call."""
        last, since = 0, time.monotonic()
        while time.monotonic() - since < quiet_seconds:
            if calls := self.calls_of_functions(after=last):
                last, since = calls[-1].sequence, time.monotonic()
            time.sleep(0.2)
        return last

    def decision(self, vpc_endpoint_id: str) -> dict[str, str]:
        """Return the ledger's last decision about an endpoint; empty if there is none."""
        table = self.sandbox.client("dynamodb", PROVIDER)
        key = {
            "pk": {"S": f"SERVICE#{self.service_id}"},
            "sk": {"S": f"ENDPOINT#{vpc_endpoint_id}"},
        }
        item = table.get_item(TableName=self.autopilot["LedgerTableName"], Key=key).get("Item", {})
        return {name: value["S"] for name, value in item.items()}

    def request_sweep(self) -> None:
        """Have everything compared with the allowlist now, as the schedule does by itself."""
        self.sandbox.client("events", PROVIDER).put_events(
            Entries=[
                {
                    "EventBusName": self.autopilot["EventBusName"],
                    "Source": "privatelink-autopilot",
                    "DetailType": "Endpoint Connection Sweep Requested",
                    "Detail": "{}",
                }
            ]
        )
