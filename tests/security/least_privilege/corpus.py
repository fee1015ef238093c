"""Everything that the stack does, done once: what is then recorded is what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.accounts import CONSUMER, STRANGER
from sandbox.emulator.calls import ApiCall
from sandbox.emulator.decisions import Decision
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.endpoints import allowlisted, endpoint
from tests.security.least_privilege import organization
from tests.security.least_privilege.documents import Policy, deployed
from tests.security.least_privilege.paths import (
    allowed_by_us,
    call_in_the_providers_account,
    console,
    let_an_alarm_go_on,
    let_the_schedule_send,
    looked_at_connections,
    managed,
    prefix_list,
    silence_most_events,
    told_people,
    traces_go,
    wait_until_served,
)
from tests.security.least_privilege.undelivered import let_everything_be_undelivered


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What has been recorded of one deployed stack that took every path."""

    policies: tuple[Policy, ...]
    decisions: tuple[Decision, ...]
    calls: tuple[ApiCall, ...]
    exit_codes: Mapping[str, int]
    """Of the console's commands."""

    def needed(self) -> tuple[Decision, ...]:
        """Return what has been allowed."""
        return tuple(
            decision
            for decision in self.decisions
            if decision.allowed and decision.kind != "session"
        )


def undisturbed(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """Return what has been decided, once no intruder of the tests has had a hand in it."""
    assert [str(each) for each in decisions if "attack" in str(each)] == []
    return decisions


def record(walkthrough: Walkthrough, stack: Stack, directory: Path) -> Corpus:
    """Take every path of functions, console commands and AWS's services."""
    policies = deployed(walkthrough.sandbox)
    silence_most_events(walkthrough)
    with prefix_list(walkthrough), endpoint(walkthrough, CONSUMER) as endpoint_id:
        wait_until_served(walkthrough)
        exit_codes = console(walkthrough, endpoint_id, directory)
    document = managed(walkthrough.allowlist)
    # The stranger is let in and lets nobody in: of its connection the provider knows by itself.
    with allowlisted(walkthrough, document), endpoint(walkthrough, STRANGER):
        wait_until(lambda: allowed_by_us(walkthrough), what="the principal")
        wait_until(lambda: looked_at_connections(walkthrough), what="look at the connections")
        wait_until(lambda: told_people(walkthrough), what="message to people")
    document = walkthrough.allowlist.replace("hold", "reject")
    with allowlisted(walkthrough, document), endpoint(walkthrough, STRANGER) as stranger:
        wait_until(
            lambda: walkthrough.connection_state(stranger) == "rejected", what="the rejection"
        )
    let_an_alarm_go_on(walkthrough)
    call_in_the_providers_account(walkthrough)
    let_the_schedule_send(walkthrough)
    wait_until(lambda: traces_go(walkthrough, stack), what="end of all traces")
    let_everything_be_undelivered(walkthrough)
    bus_arn = walkthrough.autopilot["EventBusArn"]
    decisions = undisturbed(walkthrough.sandbox.decisions())
    return Corpus(
        policies=(*policies, organization.policy(bus_arn)),
        decisions=(*decisions, *organization.decisions(bus_arn, decisions)),
        calls=walkthrough.sandbox.calls(),
        exit_codes=exit_codes,
    )


def called(calls: tuple[ApiCall, ...], account_id: str, role_name: str) -> set[str]:
    """Return the actions that sessions of a role have performed."""
    principal = f"arn:aws:sts::{account_id}:assumed-role/{role_name}/"
    return {call.action for call in calls if call.principal_arn.startswith(principal)}
