"""What is said when the console cannot do what it is asked to."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from sandbox.accounts import PROVIDER, REGION, STACK_NAME
from sandbox.walkthrough import Walkthrough
from tests.console.appconfig import AppConfig
from tests.console.endpoint import refusing
from tests.console.running import Run, run_console
from tests.contract.stack import ROOT

READING = [
    pytest.param(["plan"], id="plan"),
    pytest.param(["what-if", "allowlist.example.yaml"], id="what-if"),
    pytest.param(["explain", "vpce-0123456789abcdef0"], id="explain"),
    pytest.param(["status"], id="status"),
    pytest.param(["doctor"], id="doctor"),
    pytest.param(["allowlist", "push", "allowlist.example.yaml", "--yes"], id="push"),
    pytest.param(["allowlist", "rollback", "--yes"], id="rollback"),
]
KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": REGION}
ALLOW_STACK = {"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": "*"}


@pytest.mark.parametrize("arguments", READING)
def test_expired_credentials_are_told_of(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message = "The security token included in the request is expired"
    with refusing("ExpiredToken", message) as url:
        run = run_console(KEYS | {"AWS_ENDPOINT_URL": url}, monkeypatch, capsys)
        said = run(*arguments)
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        f"The AWS credentials have expired: {message}\n"
        "Log in again (aws sso login, aws login), or renew the credentials of the environment.\n"
    )


def test_that_there_are_no_credentials_is_told_of(
    run_alone: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    said = run_alone("plan")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        "There are no usable AWS credentials: Unable to locate credentials\n"
        "Log in (aws sso login, aws login), or name a profile: --profile NAME, or AWS_PROFILE.\n"
    )


def test_that_no_region_is_set_is_told_of(run_alone: Run) -> None:
    said = run_alone("plan")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        "No Region is set.\nName the stack's: --region REGION, AWS_REGION, or the profile's.\n"
    )


def test_a_profile_that_does_not_exist_is_told_of(run_alone: Run) -> None:
    said = run_alone("--profile", "work", "plan")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        "The config profile (work) could not be found.\n"
        "aws configure list-profiles lists those there are.\n"
    )


def test_the_region_and_the_profile_of_the_options_are_used(
    walkthrough: Walkthrough, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        f"[profile work]\naws_access_key_id = {PROVIDER}\naws_secret_access_key = test\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    assert walkthrough.autopilot
    assert run("--profile", "work", "--region", REGION, "allowlist", "rollback", "9999").exit_code
    said = run("--profile", "work", "--region", "eu-west-1", "plan")
    assert said.stderr.startswith(
        f"There is no stack {STACK_NAME} in account {PROVIDER}, Region eu-west-1.\n"
    )


@pytest.mark.parametrize("arguments", READING)
def test_a_stack_that_does_not_exist_is_told_of(arguments: list[str], run: Run) -> None:
    said = run("--stack-name", "nowhere", *arguments)
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        f"There is no stack nowhere in account {PROVIDER}, Region {REGION}.\n"
        "Name another with --stack-name (or PRIVATELINK_STACK_NAME), --region or --profile.\n"
    )


def test_a_stack_of_something_else_is_told_of(run: Run) -> None:
    said = run("--stack-name", "overlapping-cidr", "plan")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        "The stack overlapping-cidr is not one of privatelink-autopilot: "
        "it has no output AllowlistApplicationId.\n"
        "Name another with --stack-name (or PRIVATELINK_STACK_NAME), --region or --profile.\n"
    )


class Somebody:
    """A user of the provider's account, who may do what the policy says."""

    def __init__(self, walkthrough: Walkthrough, *statements: dict[str, str]) -> None:
        iam = walkthrough.sandbox.client("iam", PROVIDER)
        name = f"somebody-{uuid4()}"
        self.arn = iam.create_user(UserName=name)["User"]["Arn"]
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_user_policy(UserName=name, PolicyName="tested", PolicyDocument=policy)
        self.key = iam.create_access_key(UserName=name)["AccessKey"]

    def log_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", self.key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", self.key["SecretAccessKey"])


def test_who_may_not_look_at_the_stack_is_told_the_action_and_the_resource(
    walkthrough: Walkthrough, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = Somebody(walkthrough)
    somebody.log_in(monkeypatch)
    said = run("plan")
    assert (said.exit_code, said.stdout) == (1, "")
    may_not, allow = said.stderr.splitlines()
    assert may_not.startswith(f"{somebody.arn} may not cloudformation:DescribeStacks on arn:")
    assert allow.startswith("Allow cloudformation:DescribeStacks on arn:")


def test_who_may_not_assume_the_consoles_role_is_told_its_name(
    walkthrough: Walkthrough, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = Somebody(walkthrough, ALLOW_STACK)
    somebody.log_in(monkeypatch)
    said = run("plan")
    role_arn = walkthrough.autopilot["ConsoleRoleArn"]
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        f"The console's role cannot be assumed. {somebody.arn} may not sts:AssumeRole on "
        f"{role_arn}.\nYour role or user needs sts:AssumeRole on {role_arn}.\n"
    )


def test_who_may_only_read_may_plan_and_is_told_what_pushing_needs(
    walkthrough: Walkthrough, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    role_arn = walkthrough.autopilot["ConsoleRoleArn"]
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}
    somebody = Somebody(walkthrough, ALLOW_STACK, assume)
    somebody.log_in(monkeypatch)
    assert run("plan").exit_code in {0, 2}
    file = tmp_path / "allowlist.yaml"
    file.write_text(walkthrough.allowlist + "# another\n")
    said = run("allowlist", "push", file, "--yes")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith(f"{somebody.arn} may not appconfig:ListDeployments on arn:")


def documented_policy(walkthrough: Walkthrough) -> list[dict[str, str]]:
    """Return the statements that docs/console.md shows, for the walkthrough's stack."""
    text = (ROOT / "docs" / "console.md").read_text()
    snippet = text.partition("```json\n")[2].partition("```")[0]
    for word, value in {
        "REGION": REGION,
        "ACCOUNT": PROVIDER,
        "STACK": STACK_NAME,
        "APPLICATION": walkthrough.autopilot["AllowlistApplicationId"],
        "STRATEGY": walkthrough.autopilot["AllowlistDeploymentStrategyId"],
    }.items():
        snippet = snippet.replace(word, value)
    statements: list[dict[str, str]] = json.loads(snippet)["Statement"]
    return statements


def test_the_documented_policy_is_enough_to_push_and_to_roll_back(
    walkthrough: Walkthrough,
    appconfig: AppConfig,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    Somebody(walkthrough, *documented_policy(walkthrough)).log_in(monkeypatch)
    before = appconfig.version_in_force()
    file = tmp_path / "allowlist.yaml"
    file.write_text(walkthrough.allowlist + "# by somebody\n")
    assert run("allowlist", "push", file, "--yes", "--no-what-if").exit_code == 0
    assert run("allowlist", "rollback", before, "--yes").exit_code == 0
    with appconfig.baking(minutes=5):
        walkthrough.deploy_allowlist(walkthrough.allowlist + "# baking\n")
        said = run("allowlist", "rollback", before, "--yes")
    assert (said.exit_code, said.stdout) == (0, f"Version {before} is in force again.\n")


def test_an_endpoint_that_does_not_answer_is_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with refusing("any", "any") as url:
        pass
    run = run_console(KEYS | {"AWS_ENDPOINT_URL": url}, monkeypatch, capsys)
    said = run("plan")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        f'AWS could not be reached: Could not connect to the endpoint URL: "{url}/"\n'
        "Check the network, the proxy and the Region.\n"
    )


def test_a_reader_that_has_read_enough_is_no_error(tmp_path: Path) -> None:
    files = [str(tmp_path / f"{number}.yaml") for number in range(500)]
    for file in files:
        Path(file).write_text("services: {}\n" * 2)
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "console", "allowlist", "validate", *files],
        env={**os.environ, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_the_shell_completes_commands() -> None:
    command = Path(sys.executable).parent / "privatelink"
    completed = subprocess.run(  # noqa: S603 - our own command
        [command],
        env={
            "_PRIVATELINK_COMPLETE": "complete_bash",
            "COMP_WORDS": "privatelink allowlist ",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert completed.stdout.split() == ["validate", "push", "rollback"]
