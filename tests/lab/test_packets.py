"""Packets pass when the stack has done its work, and only then."""

import time
from collections.abc import Iterator

import pytest
from rich.console import Console

from sandbox.accounts import CONSUMER
from sandbox.emulator.faults import Fault, FaultKind
from sandbox.lab.__main__ import play
from sandbox.lab.namespaces import LabError
from sandbox.lab.network import Answer, Network
from sandbox.lab.topology import ENDPOINT, LOAD_BALANCER, NEIGHBOUR, WORKLOAD
from sandbox.lab.workload import Workload
from sandbox.story import Story
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.e2e.endpoints import allowlisted, endpoint

FROM_THE_WEB_SERVER = Answer(server="web", client=LOAD_BALANCER)
STEPS = (
    "ec2:AcceptVpcEndpointConnections",
    "ec2:AuthorizeSecurityGroupIngress",
    "ssm:PutParameter",
)


@pytest.fixture
def connected(walkthrough: Walkthrough, workload: Workload) -> Iterator[None]:
    with endpoint(walkthrough, CONSUMER):
        wait_until(workload.ask, what="an answer")
        yield


def test_a_request_opens_the_way_and_a_leaver_loses_it(
    walkthrough: Walkthrough, workload: Workload, lab: Network
) -> None:
    story = Story(Console(quiet=True))
    try:
        play(story, workload)
    finally:
        walkthrough.deploy_allowlist()
    assert len(story.steps) == 9
    assert lab.ask(ENDPOINT) is None


@pytest.mark.usefixtures("connected")
def test_another_port_stays_closed_until_the_entry_names_it(
    walkthrough: Walkthrough, workload: Workload
) -> None:
    assert workload.ask(8080) is None
    with allowlisted(walkthrough, f"{walkthrough.allowlist}        ports: [{{port: 8080}}]\n"):
        assert wait_until(lambda: workload.ask(8080), what="the port") == FROM_THE_WEB_SERVER
        wait_until(lambda: workload.ask() is None, what="the end of the other")


@pytest.mark.usefixtures("connected")
def test_whoever_is_outside_a_narrower_cidr_stays_outside(
    walkthrough: Walkthrough, workload: Workload
) -> None:
    assert workload.ask(source=NEIGHBOUR) == FROM_THE_WEB_SERVER
    narrower = walkthrough.allowlist.replace("192.168.0.0/20", "192.168.0.0/24")
    with allowlisted(walkthrough, narrower):
        wait_until(lambda: workload.ask(source=WORKLOAD) is None, what="the end of it")
        assert workload.ask(source=NEIGHBOUR) == FROM_THE_WEB_SERVER


@pytest.mark.usefixtures("connected")
def test_the_other_direction_stays_impossible(lab: Network) -> None:
    assert lab.ask(WORKLOAD, place="workload") == Answer(server="workload", client=WORKLOAD)
    found = lab.ask(WORKLOAD, place="web")
    assert found is not None
    assert found.server == "decoy"
    with pytest.raises(LabError, match="connect"):
        lab.ask(ENDPOINT, place="web")


@pytest.mark.parametrize("step", STEPS)
def test_no_packet_passes_if_a_step_is_not_done(
    walkthrough: Walkthrough, workload: Workload, step: str
) -> None:
    before = _denied(walkthrough)
    walkthrough.sandbox.inject(Fault(kind=FaultKind.DENIED, of=step, times=None))
    try:
        with endpoint(walkthrough, CONSUMER):
            wait_until(lambda: _denied(walkthrough) > before, what="denial")
            until = time.monotonic() + 6
            while time.monotonic() < until:
                assert workload.ask() is None
            walkthrough.sandbox.clear_faults()
            walkthrough.request_sweep()
            wait_until(workload.ask, what="an answer once it is done", seconds=60)
    finally:
        walkthrough.sandbox.clear_faults()


def _denied(walkthrough: Walkthrough) -> int:
    return walkthrough.sandbox.injected().get("denied", 0)
