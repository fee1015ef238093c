import pytest

from console.allowlist_deployments import AllowlistDeployments
from console.caller import Caller
from console.deployed import DeployedStack
from console.errors import ConsoleError
from sandbox.accounts import CONSUMER, STACK_NAME
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.appconfig import AppConfig, writes_to_appconfig
from tests.console.running import Run
from tests.e2e.endpoints import endpoint


@pytest.fixture
def versions(walkthrough: Walkthrough, appconfig: AppConfig) -> tuple[str, str]:
    """The version in force, and the one that was before."""
    before = appconfig.version_in_force()
    walkthrough.deploy_allowlist(walkthrough.allowlist + "# another\n")
    return appconfig.version_in_force(), before


def test_the_version_before_is_put_in_force_again(
    versions: tuple[str, str], appconfig: AppConfig, run: Run
) -> None:
    _, before = versions
    said = run("allowlist", "rollback", "--yes")
    assert (said.exit_code, said.stdout) == (0, f"Version {before} is in force.\n")
    assert appconfig.last()[1:] == (before, "COMPLETE")


def test_a_named_version_is_put_in_force_again(
    versions: tuple[str, str], appconfig: AppConfig, run: Run
) -> None:
    assert versions != ("1", "1")
    said = run("allowlist", "rollback", "1", "--yes")
    assert (said.exit_code, said.stdout) == (0, "Version 1 is in force.\n")
    assert appconfig.version_in_force() == "1"


def test_the_version_in_force_is_not_deployed_again(
    versions: tuple[str, str], appconfig: AppConfig, run: Run
) -> None:
    states = appconfig.states()
    said = run("allowlist", "rollback", versions[0], "--yes")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout == f"Nothing to roll back: version {versions[0]} is in force.\n"
    assert appconfig.states() == states


def test_a_person_is_asked(versions: tuple[str, str], walkthrough: Walkthrough, run: Run) -> None:
    assert versions
    calls = walkthrough.sandbox.calls()[-1].sequence
    said = run("allowlist", "rollback")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "Say --yes to go on" in said.stderr
    assert writes_to_appconfig(walkthrough, calls) == []


def test_of_a_version_that_there_is_not_the_others_are_told(
    versions: tuple[str, str], run: Run
) -> None:
    said = run("allowlist", "rollback", "9999", "--yes")
    assert (said.exit_code, said.stdout) == (1, "")
    lines = said.stderr.splitlines()
    assert lines[0].split() == ["VERSION", "ALLOWLIST", "DEPLOYED"]
    assert [line.split()[0] for line in lines[1:3]] == list(versions)
    assert lines[-1] == "AppConfig has no version 9999 of the allowlist."


def test_without_an_older_version_one_has_to_be_named(
    versions: tuple[str, str], walkthrough: Walkthrough, run: Run
) -> None:
    assert run("allowlist", "rollback", "1", "--yes").exit_code == 0
    calls = walkthrough.sandbox.calls()[-1].sequence
    said = run("allowlist", "rollback", "--yes")
    assert (said.exit_code, said.stdout) == (1, "")
    assert versions[0] in [line.split()[0] for line in said.stderr.splitlines()]
    assert said.stderr.endswith(
        "No older version has been in force before the present one.\n"
        "Name the version to put in force: privatelink allowlist rollback VERSION\n"
    )
    assert writes_to_appconfig(walkthrough, calls) == []


def test_a_deployment_that_bakes_is_stopped_and_no_other_is_needed(
    versions: tuple[str, str], walkthrough: Walkthrough, appconfig: AppConfig, run: Run
) -> None:
    with appconfig.baking(minutes=5):
        walkthrough.deploy_allowlist(walkthrough.allowlist + "# baking\n")
        number, version, state = appconfig.last()
        assert state == "BAKING"
        said = run("allowlist", "rollback", "--yes")
    assert (said.exit_code, said.stdout) == (0, f"Version {versions[0]} is in force again.\n")
    assert f"Deployment {number}, of version {version}, is stopped first." in said.stderr
    assert f"Deployment {number} is stopped." in said.stderr
    assert appconfig.last() == (number, version, "ROLLED_BACK")
    assert appconfig.version_in_force() == versions[0]


def test_an_older_version_is_deployed_once_what_bakes_is_stopped(
    versions: tuple[str, str], walkthrough: Walkthrough, appconfig: AppConfig, run: Run
) -> None:
    with appconfig.baking(minutes=5):
        walkthrough.deploy_allowlist(walkthrough.allowlist + "# baking\n")
        number, version, _ = appconfig.last()
    said = run("allowlist", "rollback", versions[1], "--yes")
    assert said.exit_code == 0
    assert appconfig.states()[-2:] == [
        (number, version, "ROLLED_BACK"),
        (number + 1, versions[1], "COMPLETE"),
    ]


def test_what_is_being_deployed_cannot_be_gone_back_to(
    versions: tuple[str, str], walkthrough: Walkthrough, appconfig: AppConfig, run: Run
) -> None:
    assert versions
    with appconfig.baking(minutes=5):
        walkthrough.deploy_allowlist(walkthrough.allowlist + "# baking\n")
        number, version, _ = appconfig.last()
        said = run("allowlist", "rollback", version, "--yes")
        assert said.exit_code == 1
        assert f"Deployment {number}, of version {version}, is under way" in said.stderr
        assert appconfig.last() == (number, version, "BAKING")


def test_a_validator_that_refuses_is_told_of(
    walkthrough: Walkthrough, appconfig: AppConfig, run: Run
) -> None:
    """What-if tells it before; this is for what has changed since."""
    assert run("--version").exit_code == 0  # the environment is the sandbox's
    caller = Caller(profile=None, region=None, stack_name=STACK_NAME)
    deployments = AllowlistDeployments.of(caller, DeployedStack.find(caller))
    with endpoint(walkthrough, CONSUMER):
        name = walkthrough.parameter_name(CONSUMER)
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        empty = walkthrough.allowlist.split("    consumers:")[0].encode()
        version = deployments.create_version(empty, "nobody")
        number, *_ = last = appconfig.last()
        with pytest.raises(ConsoleError) as raised:
            deployments.start_deployment(version, "nobody", latest=number)
        assert appconfig.last() == last
    assert raised.value.message.startswith("AppConfig refuses the allowlist: ")
    assert raised.value.message.count("no entry of a consumer counts any more") == 1
    assert raised.value.hint == "Nothing of it is in force."


def test_a_version_is_not_deployed_after_another_than_was_looked_at(
    appconfig: AppConfig, run: Run
) -> None:
    assert run("--version").exit_code == 0
    caller = Caller(profile=None, region=None, stack_name=STACK_NAME)
    deployments = AllowlistDeployments.of(caller, DeployedStack.find(caller))
    number, *_ = appconfig.last()
    with pytest.raises(ConsoleError, match="Somebody else deploys the allowlist"):
        deployments.start_deployment("1", "late", latest=number - 1)
