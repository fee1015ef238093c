"""What the functions called against what the templates allow: neither less nor more."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME, STRANGER
from sandbox.emulator.calls import ApiCall
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.contract.stack import FUNCTIONS, allowed, function, of_type
from tests.e2e.convergence import Stack
from tests.e2e.endpoints import allowlisted, endpoint
from tests.e2e.ledger import age_traces, has_traces

pytestmark = pytest.mark.e2e

# Lambda itself does these with the function's role; in the sandbox they are no calls over HTTP.
_DONE_BY_LAMBDA = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
}
# Sends an asynchronous invocation that failed to the queue of undelivered events.
_DONE_BY_LAMBDA_FOR_THE_RELAY = {"sqs:SendMessage"}
NEWCOMER = "777788889999"
# EC2 asks for it within AuthorizeSecurityGroupIngress: it is no call of its own.
_PART_OF_ANOTHER_CALL = {"ec2:CreateTags"}


@pytest.fixture(scope="module")
def calls(walkthrough: Walkthrough, stack: Stack) -> tuple[ApiCall, ...]:
    """All calls after every path of the functions has been taken."""
    name = walkthrough.parameter_name(CONSUMER)
    stack.forget_failures()  # of tests that had functions fail
    silence_most_events(walkthrough)
    with endpoint(walkthrough, CONSUMER), prefix_list(walkthrough):
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")
    document = managed(walkthrough.allowlist)
    # The stranger is let in and lets nobody in: of its connection the provider knows by itself.
    with allowlisted(walkthrough, document), endpoint(walkthrough, STRANGER):
        wait_until(lambda: allowed_by_us(walkthrough), what="the principal")
        wait_until(lambda: looked_at_connections(walkthrough), what="look at the connections")
    document = walkthrough.allowlist.replace("hold", "reject")
    with allowlisted(walkthrough, document), endpoint(walkthrough, STRANGER) as stranger:
        wait_until(
            lambda: walkthrough.connection_state(stranger) == "rejected", what="the rejection"
        )
    wait_until(lambda: traces_go(walkthrough, stack), what="end of all traces")
    return walkthrough.sandbox.calls()


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


def managed(allowlist: str) -> str:
    """Return the allowlist with managed principals and two more accounts."""
    entries = "".join(
        f'      - {{account_id: "{account}", source_cidrs: [10.99.0.0/16]}}\n'
        for account in (STRANGER, NEWCOMER)
    )
    return allowlist.replace("unlisted:", "manage_principals: true\n    unlisted:") + entries


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


def called(calls: tuple[ApiCall, ...], account_id: str, role_name: str) -> set[str]:
    """Return the actions that sessions of a role have performed."""
    principal = f"arn:aws:sts::{account_id}:assumed-role/{role_name}/"
    return {call.action for call in calls if call.principal_arn.startswith(principal)}


@pytest.mark.parametrize("package", FUNCTIONS)
def test_a_function_calls_what_its_role_allows_and_nothing_is_allowed_in_vain(
    calls: tuple[ApiCall, ...], package: str
) -> None:
    role = function(package)["Role"]["Fn::GetAtt"][0]
    by_lambda = set(_DONE_BY_LAMBDA)
    if package == "relay_connection_notifications":
        by_lambda |= _DONE_BY_LAMBDA_FOR_THE_RELAY
    role_name = f"{STACK_NAME}-{package.replace('_', '-')}"
    assert called(calls, PROVIDER, role_name) == allowed(role) - by_lambda


def test_the_consumers_role_allows_what_is_called_and_nothing_in_vain(
    calls: tuple[ApiCall, ...],
) -> None:
    assert called(calls, CONSUMER, "privatelink-autopilot-consumer") == (
        allowed("ConsumerRole", "consumer/template.yaml") - _PART_OF_ANOTHER_CALL
    )


def test_nothing_is_refused_but_roles_of_accounts_that_do_not_let_us_in(
    calls: tuple[ApiCall, ...],
) -> None:
    refused = {
        (call.action, call.refusal)
        for call in calls
        if call.outcome == "denied" and call.action != "sts:AssumeRole"
    }
    assert refused == set()


def test_every_role_of_the_stack_is_looked_at() -> None:
    roles = set(of_type("AWS::IAM::Role"))
    assert roles == {
        "SweepScheduleRole",
        "AllowlistMonitorRole",  # AppConfig reads alarms with it, in the sandbox without calls
        "ConsoleRole",  # what it allows is compared with what the console calls in tests/console
        *(function(package)["Role"]["Fn::GetAtt"][0] for package in FUNCTIONS),
    }
