"""Tells the walkthrough as a story, done by the stack on the embedded AWS.

Exit status 1 if any step does not hold.
"""

import sys
import time
from typing import Final

from rich.table import Table

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.process import Sandbox
from sandbox.story import Story, check, told
from sandbox.waiting import wait_until
from sandbox.walkthrough import ADDRESS, Walkthrough

PENDING_SECONDS: Final = 3.0
_LIMIT_SECONDS: Final = 10.0
"""What the stack may take beyond the delay that the model of PrivateLink has."""
_RULE: Final = ("192.168.0.0/20", "tcp", 80, 80)


def tell(story: Story) -> None:
    """Tell the whole story on a sandbox of its own."""
    story.chapter("An embedded AWS with IAM enforced, three accounts, and overlapping networks")
    with story.step("sandbox started"):
        sandbox = Sandbox.start(pending_seconds=PENDING_SECONDS)
    with sandbox:
        walkthrough = Walkthrough.build(sandbox, story.step)
        with story.step("provider: allowlist deployed: 111122223333 from 192.168.0.0/20"):
            walkthrough.deploy_allowlist()
        endpoint, seconds = _connect(story, walkthrough)
        _hold_stranger(story, walkthrough)
        writes = _sweep_again(story, walkthrough, endpoint)
        _disconnect(story, walkthrough, endpoint)
        _look_up(story, walkthrough)
    _sum_up(story, seconds, writes)


def _connect(story: Story, walkthrough: Walkthrough) -> tuple[str, float]:
    story.chapter("A listed consumer asks to be connected")
    begun = time.monotonic()
    with story.step("consumer: endpoint created in the Connected VPC"):
        requested = walkthrough.request_endpoint(CONSUMER)
    endpoint = requested.vpc_endpoint_id
    story.say(f"{endpoint} is {requested.state}")
    check(that=requested.state == "pendingAcceptance", what=f"it begins as {requested.state}")
    with story.step("provider: connection request accepted"):
        wait_until(
            lambda: walkthrough.connection_state(endpoint) in {"pending", "available"},
            what="acceptance",
        )
    with story.step("consumer: security group opened"):
        wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")
    rules = walkthrough.ingress_rules(CONSUMER)
    check(that=rules == [_RULE], what=f"the inbound rules are {rules}, not {[_RULE]}")
    story.say("it admits 192.168.0.0/20 on TCP 80, and nothing else")
    with story.step("consumer: address published"):
        address = _published(walkthrough, CONSUMER, walkthrough.parameter_name(CONSUMER))
    seconds = time.monotonic() - begun
    check(that=address == ADDRESS, what=f"the published address is {address}, not {ADDRESS}")
    with story.step("provider: copy published"):
        copy = _published(walkthrough, PROVIDER, walkthrough.copy_name(CONSUMER))
    check(that=copy == ADDRESS, what=f"the provider's copy is {copy}, not {ADDRESS}")
    decision = wait_until(lambda: walkthrough.decision(endpoint), what="ledger entry")
    story.say(f"why: {decision['reason']} (allowlist {decision['allowlist_version']})")
    beyond = seconds - PENDING_SECONDS
    story.say(
        f"from CreateVpcEndpoint to the parameter: {seconds:.1f} s,"
        f" {beyond:.1f} s beyond the {PENDING_SECONDS:.0f} s that the model keeps it pending"
    )
    check(that=beyond < _LIMIT_SECONDS, what=f"{beyond:.1f} s beyond the pending delay")
    return endpoint, seconds


def _published(walkthrough: Walkthrough, account_id: str, name: str) -> str:
    return wait_until(lambda: walkthrough.parameters(account_id).get(name, ""), what=name)


def _hold_stranger(story: Story, walkthrough: Walkthrough) -> None:
    story.chapter("A stranger asks, too")
    with story.step("stranger: endpoint created"):
        endpoint = walkthrough.request_endpoint(STRANGER).vpc_endpoint_id
    with story.step("provider: request held"):
        decision = wait_until(lambda: walkthrough.decision(endpoint), what="ledger entry")
    check(that=decision["action"] == "hold", what=f"the decision is {decision['action']}")
    state = walkthrough.connection_state(endpoint)
    check(that=state == "pendingAcceptance", what=f"the stranger's endpoint is {state}")
    check(that=not walkthrough.ingress_rules(STRANGER), what="the stranger's group was opened")
    story.say(f"{endpoint} stays {state}: {decision['reason']}")


def _sweep_again(story: Story, walkthrough: Walkthrough, endpoint: str) -> int:
    story.chapter("A sweep over a world that is as it should be")
    with story.step("provider: functions come to rest"):
        # The last follow-up notes in the ledger that the endpoint is available.
        wait_until(lambda: walkthrough.decision(endpoint).get("available"), what="last follow-up")
        before = walkthrough.settle()
    with story.step("provider: everything compared with the allowlist"):
        walkthrough.request_sweep()
        wait_until(lambda: walkthrough.has_swept(after=before), what="sweep")
        walkthrough.settle()
    calls = walkthrough.calls_of_functions(after=before)
    writes = [call for call in calls if call.is_write]
    story.say(
        f"{len(calls)} API calls by the functions: they read, and send each other messages;"
        f" {len(writes)} change anything"
    )
    check(that=not writes, what=f"the sweep wrote: {[call.action for call in writes]}")
    return len(writes)


def _disconnect(story: Story, walkthrough: Walkthrough, endpoint: str) -> None:
    story.chapter("The consumer deletes its endpoint")
    with story.step("consumer: endpoint deleted"):
        walkthrough.delete_endpoint(CONSUMER, endpoint)
    with story.step("consumer: inbound rule revoked, parameters deleted"):
        wait_until(lambda: not walkthrough.ingress_rules(CONSUMER), what="revocation")
        wait_until(lambda: not walkthrough.parameters(CONSUMER), what="deletion of parameters")
    with story.step("provider: copies deleted"):
        wait_until(lambda: not walkthrough.parameters(PROVIDER), what="deletion of copies")


def _look_up(story: Story, walkthrough: Walkthrough) -> None:
    story.chapter("… and makes it anew: the look-up is the same as before")
    name = walkthrough.parameter_name(CONSUMER)
    with story.step("consumer: endpoint created, accepted, published"):
        walkthrough.request_endpoint(CONSUMER)
        _published(walkthrough, CONSUMER, name)
    with story.step("consumer: address looked up"):
        ssm = walkthrough.sandbox.client("ssm", CONSUMER)
        value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    story.say(f"as: aws ssm get-parameter --name {name} --query Parameter.Value --output text")
    story.say(f"[bold]{value}[/]")
    check(that=value == ADDRESS, what=f"the look-up answers {value}")


def _sum_up(story: Story, seconds: float, writes: int) -> None:
    table = Table(title="\nDone by hand before, by the stack now", title_justify="left")
    table.add_column("what")
    table.add_column("outcome", justify="right")
    table.add_row("endpoint created → address published", f"{seconds:.1f} s")
    table.add_row("  of which the model's pending delay", f"{PENDING_SECONDS:.1f} s")
    table.add_row("write calls in a sweep over a converged world", str(writes))
    table.add_row("left of an endpoint that is deleted", "nothing")
    table.add_row("steps", str(len(story.steps)))
    table.add_row("time in all", f"{story.elapsed:.0f} s")
    story.console.print(table)


def main() -> int:
    """Tell the story; return the exit status."""
    return told(tell)


if __name__ == "__main__":
    sys.exit(main())
