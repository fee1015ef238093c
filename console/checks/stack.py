"""Whether the stack itself is in order, and of the console's version."""

from typing import Final

from console.checks.check import Check, Question
from console.deployed import DeployedStack

_WELL: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_ROLLED_BACK: Final = frozenset({"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"})


def check_stack(deployed: DeployedStack, *, version: str) -> tuple[Check, ...]:
    """Check the stack; `version` is the console's own."""
    return (
        check_status(deployed.name, deployed.status),
        check_version(deployed.version, version),
        check_mode(deployed.accept.mode),
    )


def check_status(name: str, status: str) -> Check:
    """Check how CloudFormation left the stack."""
    question = Question("stack/status", f"stack {name}")
    if status in _WELL:
        return question.ok(status)
    if status in _ROLLED_BACK:
        return question.warning(
            f"{status}: the last update was undone",
            "The stack's events in CloudFormation say why: mend that, and deploy again.",
        )
    if status.endswith("_IN_PROGRESS"):
        return question.warning(
            f"{status}: it is being changed at this moment",
            "Look again when CloudFormation is done.",
        )
    return question.problem(
        status, "The stack's events in CloudFormation say why: mend that, and deploy again."
    )


def check_version(deployed: str, version: str) -> Check:
    """Check that the console, which applies the rules of its own version, speaks for the stack."""
    question = Question("stack/version", "version")
    if deployed == version:
        return question.ok(f"{deployed}, as this console")
    return question.warning(
        f"{deployed or 'none'} is deployed, and this console is {version}",
        "Deploy the console's version (make deploy), or use the console of the deployed one.",
    )


def check_mode(mode: str) -> Check:
    """Check that what is decided is also done."""
    question = Question("stack/mode", "mode")
    if mode == "enforce":
        return question.ok(mode)
    return question.warning(
        f"{mode}: everything is planned and recorded, and nothing is done",
        "When you are content with what is recorded, deploy with Mode=enforce.",
    )
