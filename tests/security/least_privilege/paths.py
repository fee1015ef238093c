"""The steps of what the stack does, from the console's commands to the end of all traces."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME, STRANGER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.ledger import age_traces, has_traces
from tests.security.least_privilege.schedules import due_now

NEWCOMER: Final = "777788889999"
_ROOT: Final = Path(__file__).parents[3]
_COMMANDS: Final = ("plan", "what-if", "explain", "status", "doctor")


def managed(allowlist: str) -> str:
    """Return the allowlist with managed principals and two more accounts."""
    entries = "".join(
        f'      - {{account_id: "{account}", source_cidrs: [10.99.0.0/16]}}\n'
        for account in (STRANGER, NEWCOMER)
    )
    return allowlist.replace("unlisted:", "manage_principals: true\n    unlisted:") + entries


def widened(allowlist: str) -> str:
    """Return the allowlist with one more source of the consumer's, which takes a rule."""
    return allowlist.replace("[192.168.0.0/20]", "[192.168.0.0/20, 192.168.16.0/20]")


def wait_until_served(walkthrough: Walkthrough) -> None:
    name = walkthrough.parameter_name(CONSUMER)
    wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
    wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")


def console(walkthrough: Walkthrough, endpoint_id: str, directory: Path) -> dict[str, int]:
    """Run every command that reads with the console's roles, in processes of their own."""
    edited = directory / "allowlist.yaml"
    edited.write_text(widened(managed(walkthrough.allowlist)))
    arguments = {"what-if": [str(edited)], "explain": [endpoint_id]}
    environment = walkthrough.sandbox.environment(PROVIDER)
    started = {
        command: subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "console", command, *arguments.get(command, [])],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in _COMMANDS
    }
    return {command: process.wait(timeout=60) for command, process in started.items()}


def traces_go(walkthrough: Walkthrough, stack: Stack) -> bool:
    """Tell whether a sweep has removed the traces of those who left long ago."""
    stack.wait_until_idle()
    age_traces(walkthrough)
    stack.sweep()
    return not has_traces(walkthrough)


def silence_most_events(walkthrough: Walkthrough) -> None:
    """Have the connection notification be sent for one kind of event only, which is mended."""
    ec2 = walkthrough.sandbox.client("ec2", PROVIDER)
    walkthrough.request_sweep()
    (notification,) = wait_until(
        lambda: ec2.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"],
        what="the notification",
    )
    ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification["ConnectionNotificationId"],
        ConnectionEvents=["Accept"],
    )


@contextmanager
def prefix_list(walkthrough: Walkthrough) -> Iterator[None]:
    """Let the consumer's group admit a prefix list of the consumer's, too."""
    ec2 = walkthrough.sandbox.client("ec2", CONSUMER)
    list_id = ec2.create_managed_prefix_list(
        PrefixListName="management", MaxEntries=2, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    rule = {
        "GroupId": walkthrough.networks[CONSUMER]["SecurityGroupId"],
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "PrefixListIds": [{"PrefixListId": list_id}],
            }
        ],
    }
    ec2.authorize_security_group_ingress(**rule)
    try:
        yield
    finally:
        ec2.revoke_security_group_ingress(**rule)


def allowed_by_us(walkthrough: Walkthrough) -> bool:
    """Tell whether the newcomer may create endpoints."""
    answer = walkthrough.sandbox.client("ec2", PROVIDER).describe_vpc_endpoint_service_permissions(
        ServiceId=walkthrough.service_id
    )
    principals = {row["Principal"] for row in answer["AllowedPrincipals"]}
    return f"arn:aws:iam::{NEWCOMER}:root" in principals


def looked_at_connections(walkthrough: Walkthrough) -> bool:
    """Tell whether the publishing function has asked for connections."""
    principal = f":assumed-role/{STACK_NAME}-publish-endpoint-addresses/"
    return any(
        call.action == "ec2:DescribeVpcEndpointConnections" and principal in call.principal_arn
        for call in walkthrough.sandbox.calls()
    )


def told_people(walkthrough: Walkthrough) -> bool:
    """Tell whether people have been told of something."""
    principal = f":assumed-role/{STACK_NAME}-notify-people/"
    return any(
        call.action == "sns:Publish" and principal in call.principal_arn
        for call in walkthrough.sandbox.calls()
    )


def let_an_alarm_go_on(walkthrough: Walkthrough) -> None:
    """Have CloudWatch publish to the topic for people."""
    cloudwatch = walkthrough.sandbox.client("cloudwatch", PROVIDER)
    (alarm, *_) = cloudwatch.describe_alarms(AlarmNamePrefix=STACK_NAME)["MetricAlarms"]
    for state in ("ALARM", "OK"):
        cloudwatch.set_alarm_state(
            AlarmName=alarm["AlarmName"], StateValue=state, StateReason="a test"
        )


def call_in_the_providers_account(walkthrough: Walkthrough) -> None:
    """Make a call whose CloudTrail event the provider's own default bus gets."""
    before = walkthrough.settle()
    walkthrough.sandbox.client("ec2", PROVIDER).delete_vpc_endpoints(
        VpcEndpointIds=["vpce-0123456789abcdef0"]
    )
    wait_until(lambda: walkthrough.has_looked(after=before), what="look at the service")


def let_the_schedule_send(walkthrough: Walkthrough) -> None:
    before = walkthrough.settle()
    due_now(walkthrough, "now")
    wait_until(lambda: walkthrough.has_looked(after=before), what="sweep")
