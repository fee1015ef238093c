"""Tells the walkthrough as a story, done by the stack on the embedded AWS.

Exit status 1 if any step does not hold.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.table import Table

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.emulator.calls import ApiCall
from sandbox.process import Sandbox
from sandbox.waiting import wait_until
from sandbox.walkthrough import ADDRESS, Walkthrough

PENDING_SECONDS: Final = 3.0
_RULE: Final = ("192.168.0.0/20", "tcp", 80, 80)
_PARTIES: Final = {PROVIDER: "provider", CONSUMER: "consumer", STRANGER: "stranger"}


class StepFailedError(Exception):
    """Something is not as the story says."""


@dataclass
class Story:
    """Prints one line a step, with the time that it took; keeps them for the table at the end."""

    console: Console
    steps: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Do one step: its line appears when it is done."""
        begun = time.monotonic()
        try:
            with self.console.status(text):
                yield
        except Exception:
            self.console.print(f"  [red]✗[/] {text}")
            raise
        elapsed = time.monotonic() - begun
        self.steps.append((text, elapsed))
        self.console.print(f"  [green]✓[/] {text} [dim]{elapsed:.1f} s[/]")

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        self.console.print(f"\n[bold]{title}[/]")

    def say(self, text: str) -> None:
        """Show what somebody sees."""
        self.console.print(f"    {text}", highlight=False, soft_wrap=True)


def check(*, that: bool, what: str) -> None:
    """Raise StepFailedError unless something holds."""
    if not that:
        raise StepFailedError(what)


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
        _look_up(story, walkthrough)
        _disconnect(story, walkthrough, endpoint)
    _sum_up(story, seconds, writes)


def _connect(story: Story, walkthrough: Walkthrough) -> tuple[str, float]:
    story.chapter("A listed consumer asks to be connected")
    name = walkthrough.parameter_name(CONSUMER)
    begun = time.monotonic()
    with story.step("consumer: endpoint created in the Connected VPC"):
        endpoint = walkthrough.create_endpoint(CONSUMER)
    story.say(f"{endpoint} is {walkthrough.connection_state(endpoint)}")
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
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="parameter")
    seconds = time.monotonic() - begun
    address = walkthrough.parameters(CONSUMER)[name]
    check(that=address == ADDRESS, what=f"the published address is {address}, not {ADDRESS}")
    decision = wait_until(lambda: walkthrough.decision(endpoint), what="ledger entry")
    story.say(f"why: {decision['reason']} (allowlist {decision['allowlist_version']})")
    beyond = seconds - PENDING_SECONDS
    story.say(
        f"from CreateVpcEndpoint to the parameter: {seconds:.1f} s,"
        f" {beyond:.1f} s beyond the {PENDING_SECONDS:.0f} s that the model keeps it pending"
    )
    limit = 10.0
    check(that=beyond < limit, what=f"{beyond:.1f} s beyond the pending delay")
    return endpoint, seconds


def _hold_stranger(story: Story, walkthrough: Walkthrough) -> None:
    story.chapter("A stranger asks, too")
    with story.step("stranger: endpoint created"):
        endpoint = walkthrough.create_endpoint(STRANGER)
    with story.step("provider: request held"):
        decision = wait_until(lambda: walkthrough.decision(endpoint), what="ledger entry")
    check(that=decision["action"] == "hold", what=f"the decision is {decision['action']}")
    state = walkthrough.connection_state(endpoint)
    check(that=state == "pendingAcceptance", what=f"the stranger's endpoint is {state}")
    check(that=not walkthrough.ingress_rules(STRANGER), what="the stranger's group was opened")
    story.say(f"{endpoint} stays {state}: {decision['reason']}")


def _sweep_again(story: Story, walkthrough: Walkthrough, endpoint: str) -> int:
    story.chapter("A sweep over a world that is as it should be")
    # The last follow-up notes in the ledger that the endpoint is available.
    wait_until(lambda: walkthrough.decision(endpoint).get("available"), what="last follow-up")
    before = _settle(walkthrough.sandbox)
    with story.step("provider: everything compared with the allowlist"):
        walkthrough.request_sweep()
        wait_until(lambda: _swept(walkthrough.sandbox, before), what="sweep")
        _settle(walkthrough.sandbox)
    calls = _by_functions(walkthrough.sandbox.calls(after=before))
    writes = [call for call in calls if call.is_write]
    story.say(f"{len(calls)} API calls by the functions, {len(writes)} of them writes")
    check(that=not writes, what=f"the sweep wrote: {[call.action for call in writes]}")
    return len(writes)


def _look_up(story: Story, walkthrough: Walkthrough) -> None:
    story.chapter("The look-up, as the consumer does it")
    name = walkthrough.parameter_name(CONSUMER)
    with story.step("consumer: aws ssm get-parameter"):
        ssm = walkthrough.sandbox.client("ssm", CONSUMER)
        value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    story.say(f"$ aws ssm get-parameter --name {name} --query Parameter.Value --output text")
    story.say(f"[bold]{value}[/]")
    check(that=value == ADDRESS, what=f"the look-up answers {value}")


def _disconnect(story: Story, walkthrough: Walkthrough, endpoint: str) -> None:
    story.chapter("The consumer leaves")
    with story.step("consumer: endpoint deleted"):
        walkthrough.delete_endpoint(CONSUMER, endpoint)
    with story.step("consumer: inbound rule revoked, parameters deleted"):
        wait_until(lambda: not walkthrough.ingress_rules(CONSUMER), what="revocation")
        wait_until(lambda: not walkthrough.parameters(CONSUMER), what="deletion of parameters")
    with story.step("provider: copies deleted"):
        wait_until(lambda: not walkthrough.parameters(PROVIDER), what="deletion of copies")


def _by_functions(calls: tuple[ApiCall, ...]) -> list[ApiCall]:
    """Return the calls that the stack's functions made, in whatever account."""
    return [call for call in calls if ":assumed-role/privatelink-autopilot-" in call.principal_arn]


def _swept(sandbox: Sandbox, after: int) -> bool:
    """Tell whether all three functions have been at work."""
    actions = {call.action for call in _by_functions(sandbox.calls(after=after))}
    return {
        "ec2:DescribeVpcEndpointConnections",
        "ec2:DescribeSecurityGroupRules",
        "ssm:GetParametersByPath",
    } <= actions


def _settle(sandbox: Sandbox, quiet_seconds: float = 2.5) -> int:
    """Wait until the functions have been quiet for a while; return the number of the last call."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < quiet_seconds:
        calls = _by_functions(sandbox.calls(after=max(last, 0)))
        if calls:
            last, since = calls[-1].sequence, time.monotonic()
        time.sleep(0.2)
    return max(last, 0)


def _sum_up(story: Story, seconds: float, writes: int) -> None:
    table = Table(title="\nDone by hand before, by the stack now", title_justify="left")
    table.add_column("what")
    table.add_column("outcome", justify="right")
    table.add_row("endpoint created → address published", f"{seconds:.1f} s")
    table.add_row("  of which the model's pending delay", f"{PENDING_SECONDS:.1f} s")
    table.add_row("write calls in a sweep over a converged world", str(writes))
    table.add_row("left with the consumer after its endpoint is deleted", "nothing")
    table.add_row("steps", str(len(story.steps)))
    table.add_row("time in all", f"{sum(elapsed for _, elapsed in story.steps):.0f} s")
    story.console.print(table)


def main() -> int:
    """Tell the story; return the exit status."""
    console = Console()
    try:
        tell(Story(console))
    except Exception:  # noqa: BLE001 - whatever it is, the story does not hold
        console.print_exception(max_frames=4)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
