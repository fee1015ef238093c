"""Runs one function on one event file, in a sandbox of its own, and prints what it says.

The service id of the documentation in the file stands for the sandbox's, where an endpoint of a
listed consumer waits to be accepted. A function behind a queue gets the event as its queue would
hand it over.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME
from sandbox.process import Sandbox
from sandbox.story import Story
from sandbox.walkthrough import Walkthrough

_USAGE: Final = "usage: make invoke FN=accept_endpoint_connections EVENT=events/….json"
_SERVICE_ID: Final = "vpce-svc-0123456789abcdef0"
_FUNCTIONS: Final = Path(__file__).parents[1] / "functions"


def main(arguments: list[str]) -> int:
    """Invoke; return the exit status: 2 for wrong arguments, 1 if the function fails."""
    functions = sorted(path.parent.name for path in _FUNCTIONS.glob("*/app.py"))
    name, event = (*arguments, "", "")[:2]
    if name not in functions:
        return _refuse(f"FN: found {name!r}, expected one of {', '.join(functions)}")
    if not Path(event).is_file():
        return _refuse(f"EVENT: found {event!r}, expected an event file as in events/{name}/")
    console = Console()
    with Sandbox.start() as sandbox:
        walkthrough = Walkthrough.build(sandbox, Story(console).step)
        walkthrough.deploy_allowlist()
        walkthrough.request_endpoint(CONSUMER)
        text = Path(event).read_text().replace(_SERVICE_ID, walkthrough.service_id)
        response = _invoke(sandbox, name, text)
        console.print_json(json.dumps(response))
        _print_logs(console, sandbox, name)
    return 1 if "errorType" in response or response.get("batchItemFailures") else 0


def _refuse(problem: str) -> int:
    print(f"{problem}\n{_USAGE}", file=sys.stderr)  # noqa: T201 - talk to the person
    return 2


def _invoke(sandbox: Sandbox, name: str, text: str) -> dict[str, Any]:
    event = json.loads(text)
    if "detail-type" in event:
        event = {"Records": [{"messageId": "1", "body": text, "eventSource": "aws:sqs"}]}
    resource = sandbox.client("cloudformation", PROVIDER).describe_stack_resource(
        StackName=STACK_NAME, LogicalResourceId="".join(word.title() for word in name.split("_"))
    )["StackResourceDetail"]
    answer = sandbox.client("lambda", PROVIDER).invoke(
        FunctionName=resource["PhysicalResourceId"], Payload=json.dumps(event).encode()
    )
    return json.loads(answer["Payload"].read()) or {}


def _print_logs(console: Console, sandbox: Sandbox, name: str) -> None:
    group = f"/aws/lambda/{STACK_NAME}-{name.replace('_', '-')}"
    events = sandbox.client("logs", PROVIDER).filter_log_events(logGroupName=group)["events"]
    for event in events:
        console.print(event["message"].rstrip(), markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
