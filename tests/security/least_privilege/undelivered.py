"""Has everything go wrong that ends in the queue of undelivered events, in all of the ways."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from privatelink.event_names import HELD
from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME
from sandbox.process import Client
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.security.least_privilege.schedules import due_now

_TARGETS: Final = ("AcceptQueue", "IngressQueue", "AddressQueue")
_FUNCTIONS: Final = ("RelayConnectionNotifications", "NotifyPeople")
_NO_ENDPOINT: Final = "vpce-0123456789abcdef0"
# A hint, two calls of EC2, two of a deployment, a request with two targets, a held one; what the
# schedule and the topic cannot deliver, and two functions that fail.
_AT_LEAST: Final = 1 + 2 + 1 + 2 + 1 + 4


class Plumbing:
    """The resources of the stack through which its events go."""

    def __init__(self, walkthrough: Walkthrough) -> None:
        self._walkthrough = walkthrough
        self.sqs = self.client("sqs")
        self._undelivered = self.physical_id("UndeliveredEvents")

    def client(self, service: str) -> Client:
        """Return a client that is the root of the provider's account."""
        return self._walkthrough.sandbox.client(service, PROVIDER)

    def physical_id(self, logical_id: str) -> str:
        """Return the id, the name or the URL of a resource."""
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=STACK_NAME, LogicalResourceId=logical_id
        )
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    def put(self, detail_type: str) -> None:
        """Put an event on the stack's bus, as the functions do."""
        self.client("events").put_events(
            Entries=[
                {
                    "EventBusName": self._walkthrough.autopilot["EventBusName"],
                    "Source": "privatelink-autopilot",
                    "DetailType": detail_type,
                    "Detail": "{}",
                }
            ]
        )

    def undelivered(self) -> int:
        """Return how many messages lie in the queue of undelivered events."""
        name = "ApproximateNumberOfMessages"
        answer = self.sqs.get_queue_attributes(QueueUrl=self._undelivered, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def forget(self) -> None:
        """Empty the queue of undelivered events."""
        self.sqs.purge_queue(QueueUrl=self._undelivered)


def let_everything_be_undelivered(walkthrough: Walkthrough) -> None:
    """Refuse each publisher, and wait until what it had is in the queue; then forget it."""
    plumbing = Plumbing(walkthrough)
    plumbing.forget()
    with _queues_closed(plumbing), _functions_closed(plumbing):
        plumbing.put("Endpoint Connection Sweep Requested")
        plumbing.put("Consumer Convergence Requested")
        plumbing.put(HELD)
        for account_id in (PROVIDER, CONSUMER):
            walkthrough.sandbox.client("ec2", account_id).delete_vpc_endpoints(
                VpcEndpointIds=[_NO_ENDPOINT]
            )
        walkthrough.deploy_allowlist()
        due_now(walkthrough, "to-no-bus", Arn=f"{walkthrough.autopilot['EventBusArn']}-2")
        plumbing.client("sns").publish(
            TopicArn=walkthrough.autopilot["ConnectionNotificationTopicArn"], Message="{}"
        )
        for function in _FUNCTIONS:
            plumbing.client("lambda").invoke(
                FunctionName=plumbing.physical_id(function), InvocationType="Event", Payload="{}"
            )
        wait_until(lambda: plumbing.undelivered() >= _AT_LEAST, what="what is undelivered")
    plumbing.forget()


@contextmanager
def _queues_closed(plumbing: Plumbing) -> Iterator[None]:
    """Let no rule send to the functions' queues within the block."""
    urls = {logical_id: plumbing.physical_id(logical_id) for logical_id in _TARGETS}
    policies = {
        url: plumbing.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])[
            "Attributes"
        ]["Policy"]
        for url in urls.values()
    }
    for url in policies:
        plumbing.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    try:
        yield
    finally:
        for url, policy in policies.items():
            plumbing.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


@contextmanager
def _functions_closed(plumbing: Plumbing) -> Iterator[None]:
    """Let the topic and the rule invoke nothing within the block."""
    functions, closed = plumbing.client("lambda"), dict[str, dict[str, Any]]()
    for function in _FUNCTIONS:
        name = plumbing.physical_id(function)
        (statement,) = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
        functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
        closed[name] = statement
    try:
        yield
    finally:
        for name, statement in closed.items():
            functions.add_permission(FunctionName=name, **_permission(statement))


def _permission(statement: dict[str, Any]) -> dict[str, str]:
    sources = {
        key.lower(): value
        for keys in statement.get("Condition", {}).values()
        for key, value in keys.items()
    }
    given = {"SourceArn": "aws:sourcearn", "SourceAccount": "aws:sourceaccount"}
    return {
        "StatementId": statement["Sid"],
        "Action": statement["Action"],
        "Principal": statement["Principal"]["Service"],
        **{name: sources[key] for name, key in given.items() if key in sources},
    }
