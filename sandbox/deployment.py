"""Puts templates on the sandbox with the SAM CLI that users have, having built them if need be."""

import fcntl
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from artifact.packing import PIP_SETTINGS, pack
from sandbox.build_folders import own_folder
from sandbox.process import Client, Sandbox, without_aws
from sandbox.waiting import wait_until

_ROOT: Final = Path(__file__).parents[1]
_WORK: Final = _ROOT / ".sandbox"
_BIN: Final = Path(sys.executable).parent
_ARCHITECTURES: Final = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "x86_64": "x86_64",
    "AMD64": "x86_64",
}
_ENDED: Final = "_FAILED"


class DeploymentError(Exception):
    """SAM refused; the message is what it and CloudFormation said."""


def host_architecture() -> str:
    """Return what Lambda calls this machine's processor: the one the functions run on here."""
    return _ARCHITECTURES[platform.machine()]


def build(
    *,
    template: Path = _ROOT / "template.yaml",
    architecture: str | None = None,
    name: str = "stack",
) -> Path:
    """Run `sam build`, pack what it built as `make build` does, and return the built template.

    What is built is this process's own and goes with it. The packages that builds of the same
    `name` need are fetched once and kept; such builds wait for each other. What processes have
    left that were killed is removed.
    """
    work = _WORK / name
    work.mkdir(parents=True, exist_ok=True)
    with (work / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = own_folder(work)
        _sam(
            "build",
            *("--template-file", str(template)),
            *("--build-dir", str(built)),
            *("--cached", "--cache-dir", str(work / "cache")),
            *("--parameter-overrides", f"Architecture={architecture or host_architecture()}"),
            environment={**without_aws(os.environ), **PIP_SETTINGS},
            directory=work,  # sam keeps the packages under it
        )
        pack(built / "template.yaml")
    return built / "template.yaml"


def deploy(
    sandbox: Sandbox,
    *,
    account_id: str,
    template: Path,
    stack_name: str,
    parameters: Mapping[str, str],
) -> dict[str, str]:
    """Run `sam deploy` as the root of `account_id` and return the outputs of the stack."""
    overrides = [f"{name}={_quoted(value)}" for name, value in parameters.items()]
    try:
        _sam(
            "deploy",
            *("--template-file", str(template)),
            *("--stack-name", stack_name),
            "--resolve-s3",
            *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
            "--no-confirm-changeset",
            "--no-fail-on-empty-changeset",
            "--no-progressbar",
            *(("--parameter-overrides", *overrides) if overrides else ()),
            environment=sandbox.environment(account_id),
        )
    except DeploymentError as failure:
        cloudformation = sandbox.client("cloudformation", account_id)
        failed = _failures(cloudformation, stack_name)
        raise DeploymentError("\n".join([str(failure), *failed])) from failure
    return _outputs(sandbox.client("cloudformation", account_id), stack_name)


def create_stack(
    sandbox: Sandbox, account_id: str, name: str, template: Path, **parameters: str
) -> dict[str, str]:
    """Create a stack of a plain template, without SAM, and return its outputs."""
    cloudformation = sandbox.client("cloudformation", account_id)
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=template.read_text(),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )

    def status() -> str:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        found = str(stack["StackStatus"])
        return "" if found == "CREATE_IN_PROGRESS" else found

    if (ended := wait_until(status, what=f"stack {name}")) != "CREATE_COMPLETE":
        failed = _failures(cloudformation, name)
        raise DeploymentError("\n".join([f"stack {name} is {ended}", *failed]))
    return _outputs(cloudformation, name)


def _outputs(cloudformation: Client, stack_name: str) -> dict[str, str]:
    (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _sam(*arguments: str, environment: Mapping[str, str], directory: Path = _ROOT) -> None:
    # sam build looks for the functions' Python, and for its pip, on the PATH.
    path = f"{_BIN}{os.pathsep}{environment.get('PATH', '')}"
    with tempfile.TemporaryDirectory() as scratch:  # sam leaves folders of its own there
        run = subprocess.run(  # noqa: S603 - our own arguments
            [_BIN / "sam", *arguments],
            cwd=directory,
            env={**environment, "PATH": path, "SAM_CLI_TELEMETRY": "0", "TMPDIR": scratch},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if run.returncode:
        raise DeploymentError(f"sam {arguments[0]} ended with {run.returncode}:\n{run.stdout}")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _failures(cloudformation: Client, stack_name: str) -> list[str]:
    try:
        events = cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]
    except cloudformation.exceptions.ClientError:  # sam did not come so far as to create the stack
        return []
    return [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): "
        f"{event['ResourceStatus']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith(_ENDED)
    ]


if __name__ == "__main__":
    build()
