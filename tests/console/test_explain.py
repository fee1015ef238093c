import json
from collections.abc import Iterator

import pytest

from sandbox.accounts import CONSUMER, STRANGER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.ages import ageless
from tests.console.asleep import asleep, sweep
from tests.console.golden import assert_golden
from tests.console.running import Run
from tests.e2e.endpoints import endpoint

UNKNOWN = "vpce-0123456789abcdef0"


@pytest.fixture
def held(walkthrough: Walkthrough) -> Iterator[str]:
    """An endpoint of somebody who is not listed, which a sweep has seen."""
    with endpoint(walkthrough, STRANGER, "10.0.3.182") as endpoint_id:
        wait_until(lambda: bool(walkthrough.decision(endpoint_id)), what="decision")
        sweep(walkthrough)
        yield endpoint_id


def test_a_stranger_waits_for_a_reason_that_can_be_forwarded(
    walkthrough: Walkthrough, held: str, run: Run
) -> None:
    text, document = run("explain", held), run("explain", held, "--json")
    assert (text.exit_code, document.exit_code) == (0, 0)
    assert_golden("explain.txt", ageless(text.stdout))
    explanation = json.loads(document.stdout)
    # AWS adds to the endpoint's id what nobody can foresee.
    suffix = explanation["connection"]["dns_names"][0].partition(".")[0].rpartition("-")[2]
    assert_golden("explain.json", ageless(document.stdout), {suffix: "suffix"})
    recorded = walkthrough.decision(held)["reason"]
    assert explanation["decision"]["reason"] == recorded
    assert f"Decision: hold, because {recorded}" in text.stdout


def test_an_endpoint_is_told_from_its_request_to_its_address_and_its_end(
    walkthrough: Walkthrough, run: Run
) -> None:
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        name = walkthrough.parameter_name(CONSUMER)
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        sweep(walkthrough)
        live = json.loads(run("explain", endpoint_id, "--json").stdout)
    sweep(walkthrough)
    over = json.loads(run("explain", endpoint_id, "--json").stdout)
    assert (live["decision"]["rule"], over["decision"]["rule"]) == ("live-listed", "ended")
    assert {"accept", "authorize", "publish", "keep"} <= {each["what"] for each in live["history"]}
    assert live["record"]["available"] > live["record"]["accepted"]
    published = {each["name"]: each["value"] for each in live["parameters"]}
    assert published[walkthrough.copy_name(CONSUMER)] == "10.0.3.181"
    assert live["next_step"].endswith(f"Parameter Store: {name}.")
    assert over["parameters"] == []
    assert len(over["history"]) > len(live["history"])
    assert "Create a new endpoint" in over["next_step"]


def test_what_a_sweep_will_do_is_told_before_it_does(walkthrough: Walkthrough, run: Run) -> None:
    with asleep(walkthrough):
        endpoint_id = walkthrough.request_endpoint(CONSUMER).vpc_endpoint_id
        said = json.loads(run("explain", endpoint_id, "--json").stdout)
    try:
        wait_until(lambda: bool(walkthrough.decision(endpoint_id)), what="decision")
        history = json.loads(run("explain", endpoint_id, "--json").stdout)["history"]
    finally:
        walkthrough.delete_endpoint(CONSUMER, endpoint_id)
        sweep(walkthrough)
    assert said["record"] is None
    first = history[0]
    assert (first["what"], first["text"]) == (
        said["decision"]["action"],
        said["decision"]["reason"],
    )


def test_an_endpoint_that_nobody_knows_is_an_error(run: Run) -> None:
    said = run("explain", UNKNOWN)
    assert (said.exit_code, said.stdout) == (1, "")
    assert f"{UNKNOWN} is not known" in said.stderr
    assert "(web)" in " ".join(said.stderr.split())


def test_what_is_no_endpoint_is_an_error_that_says_what_one_looks_like(
    walkthrough: Walkthrough, run: Run
) -> None:
    said = run("explain", walkthrough.service_id)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "is not the id of an interface endpoint" in said.stderr
    assert "name one of its endpoints" in said.stderr
