import json
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.emulator.faults import Fault, FaultKind
from sandbox.process import Sandbox
from sandbox.waiting import wait_until
from tests.integration.sandbox_server import functions
from tests.integration.sandbox_server.roles import Roles, allow, document, trust

WRITER = """
import boto3
def handle(event, context):
    boto3.client("ssm").put_parameter(Name="/{name}", Value="x", Type="String", Overwrite=True)
    boto3.client("sns").create_topic(Name="{name}")
    return "done"
"""
VISITOR = """
import boto3
def handle(event, context):
    keys = boto3.client("sts").assume_role(RoleArn="{role}", RoleSessionName="ingress.any")
    keys = keys["Credentials"]
    boto3.client(
        "ssm",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).put_parameter(Name="/visitor", Value="x", Type="String", Overwrite=True)
    return "done"
"""


@pytest.fixture(autouse=True)
def none_stays(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.clear_faults()


def create(sandbox: Sandbox, name: str, source: str) -> None:
    """Create a function whose role may do anything."""
    functions.create(sandbox, name, source)
    sandbox.client("iam", PROVIDER).put_role_policy(
        RoleName=name, PolicyName="all", PolicyDocument=document(allow("*"))
    )


def topics(sandbox: Sandbox, name: str) -> list[str]:
    found = sandbox.client("sns", PROVIDER).list_topics()["Topics"]
    return [topic["TopicArn"] for topic in found if topic["TopicArn"].endswith(f":{name}")]


def values(sandbox: Sandbox, name: str, account_id: str = PROVIDER) -> list[str]:
    ssm = sandbox.client("ssm", account_id)
    return [row["Value"] for row in ssm.get_parameters(Names=[name])["Parameters"]]


@pytest.mark.parametrize(
    ("kind", "made"), [(FaultKind.KILLED_BEFORE, 0), (FaultKind.KILLED_AFTER, 1)]
)
def test_a_function_ends_at_a_call_and_another_one_runs_the_next_time(
    sandbox: Sandbox, kind: FaultKind, made: int
) -> None:
    name = f"writer-{kind}"
    create(sandbox, name, WRITER.format(name=name))
    sandbox.inject(Fault(kind=kind, of="sns:CreateTopic"))
    sandbox.client("sns", PROVIDER).create_topic(Name="of-a-person")  # who cannot be killed

    killed = functions.invoke(sandbox, name)

    assert killed["errorMessage"] == "Worker process died"
    assert sandbox.injected()[kind] == 1
    assert values(sandbox, f"/{name}") == ["x"]
    assert len(topics(sandbox, name)) == made
    assert functions.invoke(sandbox, name) == "done"
    assert len(topics(sandbox, name)) == 1


def test_a_function_ends_at_a_call_in_another_account_too(sandbox: Sandbox, roles: Roles) -> None:
    role = roles.create(
        allow("ssm:PutParameter"),
        account_id=CONSUMER,
        trusts=trust(f"arn:aws:iam::{PROVIDER}:root"),
    )
    create(sandbox, "a-stack-visitor", VISITOR.format(role=role))
    sandbox.inject(Fault(kind=FaultKind.KILLED_BEFORE, of="ssm:PutParameter"))

    assert functions.invoke(sandbox, "a-stack-visitor") != "done"
    assert values(sandbox, "/visitor", CONSUMER) == []
    assert functions.invoke(sandbox, "a-stack-visitor") == "done"


def test_what_a_killed_function_was_at_comes_back_after_its_visibility_timeout(
    sandbox: Sandbox,
) -> None:
    name = "writer-from-a-queue"
    create(sandbox, name, WRITER.format(name=name))
    sqs = sandbox.client("sqs", PROVIDER)
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    sandbox.client("lambda", PROVIDER).create_event_source_mapping(
        FunctionName=name, EventSourceArn=f"arn:aws:sqs:{REGION}:{PROVIDER}:{name}"
    )
    before = sandbox.injected().get("killed-before", 0)
    sandbox.inject(Fault(kind=FaultKind.KILLED_BEFORE, of="sns:CreateTopic"))

    sqs.send_message(QueueUrl=url, MessageBody="{}")

    wait_until(lambda: topics(sandbox, name), what="second try")
    assert sandbox.injected()["killed-before"] == before + 1


class Subscription:
    """A queue that hears all events of a bus of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sqs, self._events = (sandbox.client(name, PROVIDER) for name in ("sqs", "events"))
        self.bus = f"bus-{uuid4()}"
        self._events.create_event_bus(Name=self.bus)
        arn = f"arn:aws:sqs:{REGION}:{PROVIDER}:{self.bus}"
        admits = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        self._url = self._sqs.create_queue(
            QueueName=self.bus, Attributes={"Policy": document(admits)}
        )["QueueUrl"]
        pattern = json.dumps({"source": ["a.test"]})
        self._events.put_rule(Name="all", EventBusName=self.bus, EventPattern=pattern)
        self._events.put_targets(
            Rule="all", EventBusName=self.bus, Targets=[{"Id": "1", "Arn": arn}]
        )
        self._heard: list[str] = []

    def put(self, *detail_types: str) -> None:
        for detail_type in detail_types:
            entry = {"Source": "a.test", "DetailType": detail_type, "Detail": "{}"}
            self._events.put_events(Entries=[{**entry, "EventBusName": self.bus}])

    def heard(self) -> list[str]:
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=1).get(
            "Messages"
        ):
            for message in messages:
                self._heard.append(json.loads(message["Body"])["detail-type"])
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return self._heard


@pytest.fixture
def subscription(sandbox: Sandbox) -> Subscription:
    return Subscription(sandbox)


def test_events_are_lost_and_duplicated(sandbox: Sandbox, subscription: Subscription) -> None:
    sandbox.inject(
        Fault(kind=FaultKind.EVENT_LOST, of="First", times=2),
        Fault(kind=FaultKind.EVENT_DUPLICATED, of="Second"),
        Fault(kind=FaultKind.EVENT_LOST, of="*", account_id=CONSUMER),
    )

    subscription.put("First", "Second", "First", "Second", "First")

    assert Counter(subscription.heard()) == {"First": 1, "Second": 3}
    assert sandbox.injected()["event-lost"] == 2
    assert sandbox.injected()["event-duplicated"] == 1


def test_an_event_is_overtaken(sandbox: Sandbox, subscription: Subscription) -> None:
    sandbox.inject(Fault(kind=FaultKind.EVENT_DELAYED, of="First", seconds=0.3))

    subscription.put("First", "Second")

    assert subscription.heard() == ["Second"]
    wait_until(lambda: subscription.heard() == ["Second", "First"], what="the late event")
