"""Tells the walkthrough once more, with packets: `make lab`.

Exit status 1 if any step does not hold; 0 where there can be no lab, which is said.
"""

import sys
from contextlib import ExitStack
from typing import Final

from rich.console import Console

from sandbox.accounts import CONSUMER
from sandbox.lab.following import following
from sandbox.lab.namespaces import what_is_missing
from sandbox.lab.network import Answer, network
from sandbox.lab.topology import ENDPOINT, LOAD_BALANCER, WEB_SERVER, WORKLOAD
from sandbox.lab.workload import Workload
from sandbox.process import Sandbox
from sandbox.story import Story, check, told
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough

_ANOTHER: Final = "777788889999"
_LIMIT_SECONDS: Final = 20.0
"""What the stack may take, with the delay that the model of PrivateLink has."""


def tell(story: Story) -> None:
    """Tell the whole story, on a sandbox and a network of its own."""
    story.chapter("Two networks with the same addresses, and the stack between them")
    with ExitStack() as stack:
        with story.step("SDDC, Connected VPC, load balancer and web server, in namespaces"):
            up = stack.enter_context(network())
        with story.step("sandbox started"):
            sandbox = stack.enter_context(Sandbox.start())
        walkthrough = Walkthrough.build(sandbox, story.step)
        walkthrough.deploy_allowlist()
        stack.enter_context(following(walkthrough, up))
        play(story, Workload(walkthrough, up))


def play(story: Story, workload: Workload) -> None:
    """Connect the consumer and take it off the allowlist, with packets sent all along."""
    endpoint = _connect(story, workload)
    _disconnect(story, workload)
    with story.step("consumer: endpoint deleted"):
        workload.walkthrough.delete_endpoint(CONSUMER, endpoint)


def _connect(story: Story, workload: Workload) -> str:
    story.chapter(f"The workload {WORKLOAD} wants a page of the web server {WEB_SERVER}")
    with story.step(f"workload: curl {ENDPOINT} times out"):
        check(that=workload.network.ask(ENDPOINT) is None, what="it is answered already")
    with story.step("consumer: endpoint created in the Connected VPC"):
        endpoint = workload.walkthrough.request_endpoint(CONSUMER).vpc_endpoint_id
    with story.step("workload: address looked up, curl answered"):
        answer = wait_until(workload.ask, what="an answer", seconds=_LIMIT_SECONDS)
    check(that=answer == Answer("web", LOAD_BALANCER), what=f"the answer is {answer}")
    story.say(f"the web server has seen {LOAD_BALANCER}, the load balancer's own address")
    with story.step("workload: curl to port 8080, which no rule lets in, times out"):
        check(that=workload.ask(8080) is None, what="port 8080 is open")
    with story.step(f"web server: curl {WORKLOAD} finds a host of its own network"):
        found = workload.network.ask(WORKLOAD, place="web")
    check(that=found is not None and found.server == "decoy", what=f"it has found {found}")
    return endpoint


def _disconnect(story: Story, workload: Workload) -> None:
    story.chapter("The consumer is taken off the allowlist")
    walkthrough = workload.walkthrough
    with story.step("provider: another account in its place, allowlist deployed"):
        walkthrough.deploy_allowlist(walkthrough.allowlist.replace(CONSUMER, _ANOTHER))
    with story.step(f"workload: curl {ENDPOINT} times out"):
        wait_until(
            lambda: workload.network.ask(ENDPOINT) is None,
            what="the end of it",
            seconds=_LIMIT_SECONDS,
        )
    with story.step("consumer: parameters deleted"):
        wait_until(lambda: workload.address() is None, what="deletion of parameters")


def main() -> int:
    """Tell the story; return the exit status."""
    if missing := what_is_missing():
        Console().print(f"There is no lab here. {missing}", highlight=False, soft_wrap=True)
        return 0
    return told(tell)


if __name__ == "__main__":
    sys.exit(main())
