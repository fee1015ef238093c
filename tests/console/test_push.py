from pathlib import Path

import pytest

from sandbox.accounts import CONSUMER, PROVIDER
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.appconfig import AppConfig, writes_to_appconfig
from tests.console.asleep import sweep
from tests.console.golden import assert_golden
from tests.console.running import Run
from tests.console.terminal import Terminal
from tests.e2e.endpoints import endpoint


@pytest.fixture
def edited(walkthrough: Walkthrough, tmp_path: Path) -> Path:
    """An allowlist with other sources."""
    file = tmp_path / "allowlist.yaml"
    file.write_text(walkthrough.allowlist.replace("192.168.0.0/20", "192.168.0.0/21"))
    return file


def test_an_edited_allowlist_is_put_in_force(
    walkthrough: Walkthrough, appconfig: AppConfig, edited: Path, run: Run
) -> None:
    sweep(walkthrough)
    said = run("allowlist", "push", edited, "--yes", "--description", "narrower, for Tōkyō")
    assert said.exit_code == 0, said.stderr
    number, version, state = appconfig.last()
    assert (state, appconfig.version_in_force()) == ("COMPLETE", version)
    assert appconfig.document(version) == edited.read_text()
    assert said.stdout == f"Version {version} is in force.\n"
    told = said.stderr.replace(f"version {version}", "version V")
    assert_golden("push.txt", told.replace(f"Deployment {number}", "Deployment N"))


def test_a_document_that_is_in_force_already_is_not_pushed(
    walkthrough: Walkthrough, appconfig: AppConfig, edited: Path, run: Run
) -> None:
    edited.write_text(walkthrough.allowlist)
    states, calls = appconfig.states(), walkthrough.sandbox.calls()[-1].sequence
    said = run("allowlist", "push", edited)
    assert said.exit_code == 0
    assert said.stdout == (
        f"Nothing to push: it is in force as version {appconfig.version_in_force()}.\n"
    )
    assert appconfig.states() == states
    assert writes_to_appconfig(walkthrough, calls) == []


def test_nothing_is_pushed_without_somebody_to_ask(
    walkthrough: Walkthrough, appconfig: AppConfig, edited: Path, run: Run
) -> None:
    states, calls = appconfig.states(), walkthrough.sandbox.calls()[-1].sequence
    said = run("allowlist", "push", edited)
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.endswith(
        "Nobody is there to be asked.\nSay --yes to go on without a question.\n"
    )
    assert appconfig.states() == states
    assert writes_to_appconfig(walkthrough, calls) == []


def test_who_says_no_has_changed_nothing(
    appconfig: AppConfig, edited: Path, terminal: Terminal
) -> None:
    states = appconfig.states()
    console = terminal("allowlist", "push", edited)
    console.wait_for("in force in stack privatelink-autopilot? [y/N]:")
    console.type("n\n")
    assert console.wait() == 1
    assert "Nothing has been changed." in console.screen()
    assert appconfig.states() == states


def test_who_says_yes_is_shown_what_comes_of_it(
    appconfig: AppConfig, edited: Path, terminal: Terminal
) -> None:
    console = terminal("allowlist", "push", edited)
    console.wait_for("in force in stack privatelink-autopilot? [y/N]:")
    console.type("y\n")
    assert console.wait() == 0
    assert f"Version {appconfig.version_in_force()} is in force." in console.screen()
    assert appconfig.document(appconfig.version_in_force()) == edited.read_text()


def test_who_interrupts_the_question_has_changed_nothing(
    appconfig: AppConfig, edited: Path, terminal: Terminal
) -> None:
    states = appconfig.states()
    console = terminal("allowlist", "push", edited)
    console.wait_for("in force in stack privatelink-autopilot? [y/N]:")
    console.type("\x03")
    assert console.wait() == 130
    assert console.screen().rstrip().endswith("Stopped.")
    assert appconfig.states() == states


def test_an_invalid_allowlist_is_told_line_by_line_and_aws_is_not_asked(
    walkthrough: Walkthrough, edited: Path, run: Run
) -> None:
    edited.write_text("services:\n  web:\n    service_id: nonsense\n")
    calls = walkthrough.settle()
    said = run("allowlist", "push", edited, "--yes")
    assert (said.exit_code, said.stdout) == (1, "")
    assert f"{edited}:3:17: services.web.service_id: found 'nonsense', expected" in said.stderr
    roots = {call.principal_arn for call in walkthrough.sandbox.calls(after=calls)}
    assert f"arn:aws:iam::{PROVIDER}:root" not in roots


@pytest.mark.usefixtures("appconfig")
def test_what_would_be_refused_is_not_even_stored(
    walkthrough: Walkthrough, edited: Path, run: Run
) -> None:
    with endpoint(walkthrough, CONSUMER):
        name = walkthrough.parameter_name(CONSUMER)
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        edited.write_text(walkthrough.allowlist.split("    consumers:")[0])
        calls = walkthrough.sandbox.calls()[-1].sequence
        said = run("allowlist", "push", edited, "--yes")
        assert (said.exit_code, said.stdout) == (1, "")
        assert "It would be refused" in said.stderr
        assert said.stderr.endswith("The allowlist would be refused.\nNothing has been changed.\n")
        assert writes_to_appconfig(walkthrough, calls) == []
        said = run("allowlist", "push", edited, "--yes", "--no-what-if")
        assert (said.exit_code, said.stdout) == (1, "")
        assert said.stderr.endswith("Nothing of it is in force.\n")
        assert writes_to_appconfig(walkthrough, calls) == [
            "appconfig:CreateHostedConfigurationVersion",
            "appconfig:StartDeployment",
            "appconfig:DeleteHostedConfigurationVersion",
        ]


def test_a_deployment_under_way_is_told_before_anything_is_done(
    walkthrough: Walkthrough, appconfig: AppConfig, edited: Path, run: Run
) -> None:
    with appconfig.baking(minutes=5):
        walkthrough.deploy_allowlist(walkthrough.allowlist + "# baking\n")
        before = appconfig.states()[-2][1]
        number, version, _ = appconfig.last()
        calls = walkthrough.sandbox.calls()[-1].sequence
        said = run("allowlist", "push", edited, "--yes")
        assert (said.exit_code, said.stdout) == (1, "")
        assert said.stderr == (
            f"Deployment {number}, of version {version}, is under way: BAKING, 100 %.\n"
            f"Wait until it has ended, or take it back: privatelink allowlist rollback {before}\n"
        )
        assert writes_to_appconfig(walkthrough, calls) == []


def test_an_alarm_that_takes_a_version_back_is_named(
    walkthrough: Walkthrough, appconfig: AppConfig, edited: Path, terminal: Terminal
) -> None:
    cloudwatch = walkthrough.sandbox.client("cloudwatch", PROVIDER)
    alarms = [each["AlarmName"] for each in cloudwatch.describe_alarms()["MetricAlarms"]]
    (alarm,) = (name for name in alarms if "BreakerTrippedAnew" in name or "anew" in name)
    before = appconfig.version_in_force()
    with appconfig.baking(minutes=5):
        console = terminal("allowlist", "push", edited, "--yes")
        console.wait_for("It bakes for 5 minutes")
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="tested")
        try:
            assert console.wait() == 1
        finally:
            cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="tested")
    assert f"has been taken back by the alarm {alarm}." in console.screen()
    assert appconfig.version_in_force() == before


def test_who_stops_watching_leaves_the_deployment_alone(
    appconfig: AppConfig, edited: Path, terminal: Terminal
) -> None:
    with appconfig.baking(minutes=5):
        console = terminal("allowlist", "push", edited, "--yes")
        console.wait_for("It bakes for 5 minutes")
        console.type("\x03")
        assert console.wait() == 130
        number, _, state = appconfig.last()
        assert f"Stopped watching: deployment {number} goes on (BAKING)." in console.screen()
        assert f"--deployment-number {number}" in console.screen()
        assert state == "BAKING"
        assert "Traceback" not in console.screen()
