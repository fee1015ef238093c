"""When the deployed stack has nothing left to do, and what a sweep writes then."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Final

from sandbox.accounts import PROVIDER, STACK_NAME
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.e2e.guard import unguarded

# In the order in which messages lead to others, so that looking at one after another misses none.
_QUEUES: Final = ("AcceptQueue", "IngressQueue", "AddressQueue")
# A trace of what was left with a consumer goes some minutes after what it is of, whatever happens.
_FADES: Final = "dynamodb:DeleteItem"
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class Stack:
    """The deployed functions and their queues."""

    def __init__(self, walkthrough: Walkthrough) -> None:
        self._walkthrough = walkthrough
        self._sqs = walkthrough.sandbox.client("sqs", PROVIDER)
        describe = partial(
            walkthrough.sandbox.client("cloudformation", PROVIDER).describe_stack_resource,
            StackName=STACK_NAME,
        )
        self._urls = [
            describe(LogicalResourceId=queue)["StackResourceDetail"]["PhysicalResourceId"]
            for queue in _QUEUES
        ]

    def wait_until_idle(self) -> None:
        """Wait until no message waits, is late, or is being attended to."""
        wait_until(lambda: not any(map(self._messages, self._urls)), what="end of all work")

    def forget_failures(self) -> None:
        """Drop the messages that come back minutes after their function has failed."""
        for url in self._urls:
            self._sqs.purge_queue(QueueUrl=url)

    def deploy_allowlist(self, document: str | None = None) -> None:
        """Put an allowlist in force, and wait for all that comes of it."""
        before = self.last_call()
        self._walkthrough.deploy_allowlist(document)
        wait_until(lambda: self._walkthrough.has_looked(after=before), what="look at the service")
        self.wait_until_idle()

    @contextmanager
    def allowlisted(self, document: str, *, guarded: bool = True) -> Iterator[None]:
        """Have another allowlist in force within the block, and wait for all that comes of it."""
        with nullcontext() if guarded else unguarded(self._walkthrough):
            self.deploy_allowlist(document)
        try:
            yield
        finally:
            self.deploy_allowlist()

    def sweep(self) -> None:
        """Have everything compared with the allowlist, and wait for all that comes of it."""
        self._walkthrough.request_sweep()
        self.wait_until_idle()

    def last_call(self) -> int:
        """Return the number of the last call of all."""
        return self._walkthrough.sandbox.calls()[-1].sequence

    def writes(self, *, after: int) -> list[str]:
        """Return what the functions have changed since a call."""
        calls = self._walkthrough.calls_of_functions(after=after)
        return [call.action for call in calls if call.is_write and call.action != _FADES]

    def writes_of_a_sweep(self) -> list[str]:
        """Return what a sweep changes."""
        self.wait_until_idle()
        before = self.last_call()
        self.sweep()
        assert self._walkthrough.has_looked(after=before)
        return self.writes(after=before)

    def _messages(self, url: str) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)
        return sum(map(int, answer["Attributes"].values()))
