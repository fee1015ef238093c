"""Starts the sandbox with the walkthrough deployed, and leaves it running until Ctrl-C."""

import contextlib
import signal
import sys
from typing import Final

from rich.console import Console

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.process import Sandbox
from sandbox.story import Story
from sandbox.walkthrough import ADDRESS, Walkthrough

_USAGE: Final = """
[bold]The sandbox is running[/] at {url} (pid {pid}). Ctrl-C ends it.

Talk to it with the AWS CLI; an account's id is its access key:

  unset AWS_PROFILE AWS_SESSION_TOKEN
  export AWS_ENDPOINT_URL={url} AWS_SECRET_ACCESS_KEY=test
  export AWS_REGION={region} AWS_DEFAULT_REGION={region}

  # the consumer, {consumer}, asks to be connected
  export AWS_ACCESS_KEY_ID={consumer}
  aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --service-name {service_name} \\
    --vpc-id {vpc_id} --subnet-ids {subnet_id} --security-group-ids {group_id} \\
    --subnet-configurations SubnetId={subnet_id},Ipv4={address}

  # … and looks its address up a few seconds later
  aws ssm get-parameter --name {parameter} --query Parameter.Value --output text
  aws ec2 describe-security-group-rules --filters Name=group-id,Values={group_id}

  # the provider, {provider}, watches
  export AWS_ACCESS_KEY_ID={provider}
  aws ec2 describe-vpc-endpoint-connections --filters Name=service-id,Values={service_id}
  aws dynamodb scan --table-name {table}
  aws logs filter-log-events --query "events[].message" --output text \\
    --log-group-name /aws/lambda/privatelink-autopilot-accept-endpoint-connections
"""


def main() -> None:
    """Start, print how to talk to it, and wait."""
    console = Console()
    with Sandbox.start() as sandbox:
        story = Story(console)
        walkthrough = Walkthrough.build(sandbox, story.step)
        walkthrough.deploy_allowlist()
        network = walkthrough.networks[CONSUMER]
        console.print(
            _USAGE.format(
                url=sandbox.endpoint_url,
                pid=sandbox.pid,
                region=REGION,
                consumer=CONSUMER,
                provider=PROVIDER,
                address=ADDRESS,
                service_name=walkthrough.provider["ServiceName"],
                service_id=walkthrough.service_id,
                vpc_id=network["VpcId"],
                subnet_id=network["SubnetId"],
                group_id=network["SecurityGroupId"],
                parameter=walkthrough.parameter_name(CONSUMER),
                table=walkthrough.autopilot["LedgerTableName"],
            ),
            highlight=False,
            soft_wrap=True,
        )
        sys.stdout.flush()  # also when it is read through a pipe, by a script
        sandbox.wait()
    sys.exit("the sandbox has ended by itself")


if __name__ == "__main__":
    # Ended either way, the sandbox is stopped: the `with` block is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        main()
