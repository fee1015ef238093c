"""A Lambda function that says in its log which messages it was given, for tests of the queues."""

import io
import json
import time
import zipfile
from dataclasses import dataclass
from typing import Any

from tests.integration.sandbox_events.account import Account, Inbox, unique

# Prints one line for each batch: of each message its body, at most ten characters of it, and how
# long ago it was sent. Reports the messages as failed whose body is "bad".
SOURCE = """
import json, time

def handler(event, context):
    now = time.time()
    batch = [
        [record["body"][:10], round(now - int(record["attributes"]["SentTimestamp"]) / 1000, 2)]
        for record in event["Records"]
    ]
    print("BATCH " + json.dumps(batch))
    bad = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in bad]}
"""

Batch = list[tuple[str, float]]


@dataclass(frozen=True)
class Reader:
    """A function that a queue invokes."""

    account: Account
    name: str

    def batches(self, messages: int, seconds: float = 15.0) -> list[Batch]:
        """Return the batches in which so many messages have come, once they have."""
        end = time.monotonic() + seconds
        found: list[Batch] = []
        while time.monotonic() < end:
            found = self._logged()
            if sum(len(batch) for batch in found) >= messages:
                return found
            time.sleep(0.1)
        raise TimeoutError(f"{messages} messages expected, there are {found}")

    def _logged(self) -> list[Batch]:
        logs = self.account.client("logs")
        group = f"/aws/lambda/{self.name}"
        try:
            events = logs.filter_log_events(logGroupName=group, filterPattern="BATCH")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        lines = "\n".join(event["message"] for event in events).splitlines()
        return [
            [(body, age) for body, age in json.loads(line.partition("BATCH ")[2])]
            for line in lines
            if line.startswith("BATCH ")
        ]


def reader(account: Account, queue: Inbox, **mapping: Any) -> Reader:  # noqa: ANN401 - of the API
    """Make a function that reads a queue by an event source mapping."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("app.py", SOURCE)
    functions, name = account.client("lambda"), unique("reader")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
        Role=account.role(service="lambda.amazonaws.com", action="sqs:*", resource=queue.arn),
        Timeout=10,
    )
    functions.create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=queue.arn,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        **mapping,
    )
    return Reader(account, name)
