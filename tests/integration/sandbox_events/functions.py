"""A Lambda function that notes which messages it was given, for tests of the queues."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.waiting import wait_until
from tests.integration.sandbox_events.account import Account, Inbox, unique

# Writes one line for each batch: of each message its body, at most ten characters of it, how long
# ago it was sent, and its receipt handle. The line goes to a file, because what a function prints
# on a busy machine may come into its log with the next invocation only. Reports the messages as
# failed whose body is "bad".
SOURCE = """
import json, os, time

def handler(event, context):
    now = time.time()
    batch = [
        [
            record["body"][:10],
            now - int(record["attributes"]["SentTimestamp"]) / 1000,
            record["receiptHandle"],
        ]
        for record in event["Records"]
    ]
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps(batch) + "\\n")
    bad = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in bad]}
"""


class Message(NamedTuple):
    """A message as the function was given it; its age is in seconds."""

    body: str
    age: float
    receipt_handle: str


@dataclass(frozen=True)
class Reader:
    """A function that a queue invokes."""

    notes: Path

    def batches(self, messages: int) -> list[list[Message]]:
        """Return the batches in which so many messages have come, once they have."""

        def enough() -> list[list[Message]]:
            found = self.batches_so_far()
            return found if sum(map(len, found)) >= messages else []

        return wait_until(enough, what=f"{messages} messages in {self.notes}")

    def messages(self, count: int) -> list[Message]:
        """Return all messages that have come, once they are so many, in whatever batches."""
        return [message for batch in self.batches(count) for message in batch]

    def batches_so_far(self) -> list[list[Message]]:
        if not self.notes.exists():
            return []
        complete = self.notes.read_text().rpartition("\n")[0]
        return [
            [Message(*message) for message in json.loads(line)] for line in complete.splitlines()
        ]


@dataclass(frozen=True)
class Readers:
    """Makes functions that read queues; they note in a directory what they are given."""

    account: Account
    directory: Path

    def make(self, queue: Inbox, **mapping: Any) -> Reader:  # noqa: ANN401 - of the API
        """Make a function that reads a queue by an event source mapping."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr("app.py", SOURCE)
        functions, name = self.account.client("lambda"), unique("reader")
        reader = Reader(self.directory / name)
        role = self.account.role(service="lambda.amazonaws.com", action="sqs:*", resource=queue.arn)
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="app.handler",
            Code={"ZipFile": archive.getvalue()},
            Role=role,
            Timeout=10,
            Environment={"Variables": {"NOTES": str(reader.notes)}},
        )
        functions.create_event_source_mapping(
            FunctionName=name,
            EventSourceArn=queue.arn,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            **mapping,
        )
        return reader
