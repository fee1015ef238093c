"""What is said of a stack that the console cannot work with."""

import pytest

from console.caller import Caller
from console.deployed import warn_of_other_version
from console.errors import ConsoleError
from console.finding import Stack, assume_console_role, find_stack
from privatelink.model import AccountId, Region
from tests.contract.stack import ROOT

OURS = {"AllowlistApplicationId": "app0001"}


def caller(stack_name: str = "some") -> Caller:
    return Caller(profile=None, region="ap-northeast-1", stack_name=stack_name)


@pytest.mark.parametrize(
    ("status", "outputs", "message", "hint"),
    [
        ("UPDATE_COMPLETE", OURS, "has no console role: an older version", "make deploy"),
        ("UPDATE_IN_PROGRESS", OURS, "has no console role: an older version", "make deploy"),
        ("CREATE_COMPLETE", {"Url": "https://"}, "is not one of privatelink-autopilot", "--stack"),
        ("CREATE_COMPLETE", {}, "is not one of privatelink-autopilot", "--stack-name"),
        ("CREATE_IN_PROGRESS", {}, "has no outputs yet: CREATE_IN_PROGRESS", "is done"),
        ("REVIEW_IN_PROGRESS", {}, "has no outputs yet: REVIEW_IN_PROGRESS", "is done"),
        ("ROLLBACK_COMPLETE", {}, "has never been complete: ROLLBACK_COMPLETE", "events"),
        ("CREATE_FAILED", {}, "has never been complete: CREATE_FAILED", "events"),
    ],
)
def test_why_a_stack_has_no_console_role_is_told(
    status: str, outputs: dict[str, str], message: str, hint: str
) -> None:
    stack = Stack(
        name="some",
        account_id=AccountId("123456789012"),
        region=Region("ap-northeast-1"),
        status=status,
        outputs=outputs,
    )
    with pytest.raises(ConsoleError) as raised:
        assume_console_role(caller(), stack)
    assert raised.value.message.startswith(f"The stack some {message}")
    assert hint in raised.value.hint


def test_the_output_that_tells_our_stacks_is_one() -> None:
    (output,) = OURS
    assert f"\n  {output}:\n" in (ROOT / "template.yaml").read_text()


def test_an_empty_name_of_a_stack_is_not_asked_for() -> None:
    with pytest.raises(ConsoleError, match="The stack's name is empty"):
        find_stack(caller(""))


@pytest.mark.parametrize("other", ["0.0.9", ""])
def test_that_another_version_is_deployed_is_said(
    other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_of_other_version(other)
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith(f"Warning: {other or 'a version without a number'} is deployed")


def test_nothing_is_said_of_the_consoles_own_version(capsys: pytest.CaptureFixture[str]) -> None:
    template = (ROOT / "template.yaml").read_text()
    warn_of_other_version(template.rpartition("    Value: ")[2].split()[0])
    assert capsys.readouterr().err == ""
