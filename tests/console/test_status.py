import json

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.ages import ageless
from tests.console.asleep import sweep
from tests.console.golden import assert_golden
from tests.console.reads import assert_only_the_provider_is_read
from tests.console.running import Run
from tests.console.terminal import Terminal
from tests.e2e.endpoints import endpoint

ENDED = {"deleted", "deleting", "rejected", "failed", "expired"}


def test_services_consumers_endpoints_and_addresses_are_shown(
    walkthrough: Walkthrough, run: Run
) -> None:
    with (
        endpoint(walkthrough, CONSUMER) as mine,
        endpoint(walkthrough, STRANGER, "10.0.3.182") as theirs,
    ):
        name = walkthrough.copy_name(CONSUMER)
        wait_until(lambda: name in walkthrough.parameters(PROVIDER), what="publication")
        wait_until(lambda: bool(walkthrough.decision(theirs)), what="decision")
        sweep(walkthrough)
        text, printed = run("status"), run("status", "--json")
    assert (text.exit_code, printed.exit_code) == (0, 0)
    assert_golden("status.txt", _without_ended(ageless(text.stdout)))
    document = json.loads(printed.stdout)
    live = {e["vpc_endpoint_id"]: e for e in document["endpoints"] if e["state"] not in ENDED}
    assert list(live) == [theirs, mine]
    assert (live[mine]["addresses"], live[mine]["action"]) == (["10.0.3.181"], "keep")
    assert (live[theirs]["addresses"], live[theirs]["action"]) == ([], "hold")
    (service,) = document["services"]
    for gone in ENDED:
        service["connections"].pop(gone, None)
    document["endpoints"] = list(live.values())
    assert_golden("status.json", json.dumps(document, indent=2) + "\n")


def test_one_service_can_be_asked_for(walkthrough: Walkthrough, run: Run) -> None:
    for name in ("web", walkthrough.service_id):
        (service,) = json.loads(run("status", "--service", name, "--json").stdout)["services"]
        assert service["alias"] == "web"
    unknown = run("status", "--service", "nonsense")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "No service nonsense is looked after" in unknown.stderr


def test_no_consumers_account_is_entered_and_nothing_written(
    walkthrough: Walkthrough, run: Run
) -> None:
    before = walkthrough.settle()
    assert run("status").exit_code == 0
    assert_only_the_provider_is_read(walkthrough, after=before)


def test_a_watch_goes_on_until_ctrl_c(terminal: Terminal) -> None:
    console = terminal("status", "--watch")
    ends = "Ctrl-C ends it."
    wait_until(lambda: console.screen().count(ends) > 1, what="another look", seconds=60)
    console.type("\x03")
    assert console.wait() == 130
    assert "Stopped." in console.screen()


def test_a_watch_needs_a_terminal(run: Run) -> None:
    said = run("status", "--watch")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "--watch needs a terminal" in said.stderr


def test_a_watch_prints_no_documents(run: Run) -> None:
    said = run("status", "--watch", "--json")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "--json prints one document" in said.stderr


def _without_ended(text: str) -> str:
    """Return what is shown without the traces of other tests, which EC2 goes on listing."""
    return "".join(line for line in text.splitlines(True) if "that have ended" not in line)
