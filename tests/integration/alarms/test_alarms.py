"""Every alarm goes on when what it is about happens, and off when that is over."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.contract.stack import ROOT, of_type, resources
from tests.integration.alarms.watched import ACCEPT, AUTHORIZE, PUBLISH, Watched
from tests.integration.functions.world import EVENTS, World

type Trouble = Callable[[Watched], Any]
"""A context in which something is the matter; within it the alarm is to go on."""

ALARMS: Final = of_type("AWS::CloudWatch::Alarm")
DEAD_LETTERS: Final = {
    "AcceptDeadLettersAlarm": "AcceptDeadLetters",
    "IngressDeadLettersAlarm": "IngressDeadLetters",
    "AddressDeadLettersAlarm": "AddressDeadLetters",
}
BAKING: Final = EVENTS / "accept_endpoint_connections" / "allowlist_baking.json"


@contextmanager
def acceptance_is_refused(watched: Watched) -> Iterator[None]:
    watched.world.request()
    with watched.broken("ec2.AcceptVpcEndpointConnections"):
        watched.sweep(3)
        yield


@contextmanager
def aws_does_not_make_it_available(watched: Watched) -> Iterator[None]:
    watched.world.privatelink.pending_seconds = 1200
    watched.world.request()
    watched.sweep(4)
    yield


@contextmanager
def most_are_unlisted(watched: Watched) -> Iterator[None]:
    for _ in range(4):
        watched.world.connect()
    watched.sweep()
    watched.world.edit(CONSUMER, STRANGER)
    watched.sweep()
    yield
    watched.world.edit(STRANGER, CONSUMER)


@contextmanager
def everybody_is_let_in(watched: Watched) -> Iterator[None]:
    require_acceptance(watched.world, required=False)
    watched.sweep(2)  # findings are told by the sweep after the one that raises them
    yield
    require_acceptance(watched.world, required=True)
    watched.sweep()


@contextmanager
def nothing_is_swept(watched: Watched) -> Iterator[None]:
    watched.sweep()
    watched.pass_by(timedelta(minutes=20))
    yield


@contextmanager
def sweeps_are_late(watched: Watched) -> Iterator[None]:
    watched.sweep(5, late=timedelta(minutes=11))
    yield


@contextmanager
def mistakes_are_deployed(watched: Watched) -> Iterator[None]:
    good, watched.world.allowlist = watched.world.allowlist, "services: ["
    watched.invoke(ACCEPT, watched.world.accept, watched.world.event(BAKING))
    yield
    watched.world.allowlist = good


def calls_fail(operation: str, code: str = "InternalError") -> Trouble:
    @contextmanager
    def fail(watched: Watched) -> Iterator[None]:
        watched.world.connect()
        watched.sweep()
        with watched.broken(operation, code):
            watched.sweep(3)
            yield

    return fail


TROUBLE: Final[Mapping[str, Trouble]] = {
    "acceptance is refused: OldestPendingAlarm": acceptance_is_refused,
    "it stays pending: OldestPendingAlarm": aws_does_not_make_it_available,
    "most are unlisted: CircuitBreakerAlarm": most_are_unlisted,
    "most are unlisted: BreakerTrippedAnewAlarm": most_are_unlisted,
    "everybody is let in: AcceptanceNotRequiredAlarm": everybody_is_let_in,
    "everybody is let in: OpenErrorsAlarm": everybody_is_let_in,
    "nothing is swept: SweepMissingAlarm": nothing_is_swept,
    "sweeps are late: SweepMissingAlarm": sweeps_are_late,
    "mistakes are deployed: InvalidAllowlistDeployedAlarm": mistakes_are_deployed,
    **{
        f"calls fail: {function}FailuresAlarm": calls_fail(operation)
        for function, operation in (
            (ACCEPT, "ec2.DescribeVpcEndpointConnections"),
            (AUTHORIZE, "ec2.DescribeSecurityGroupRules"),
            (PUBLISH, "ssm.GetParametersByPath"),
        )
    },
    **{
        f"there are too many calls: {function}ThrottlesAlarm": calls_fail(operation, code)
        for function, operation, code in (
            (ACCEPT, "ec2.DescribeVpcEndpointConnections", "RequestLimitExceeded"),
            (AUTHORIZE, "ec2.DescribeSecurityGroupRules", "RequestLimitExceeded"),
            (PUBLISH, "ssm.GetParametersByPath", "ThrottlingException"),
        )
    },
}


def require_acceptance(world: World, *, required: bool) -> None:
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=required
    )


@pytest.mark.parametrize("case", TROUBLE)
def test_an_alarm_goes_on_when_there_is_trouble_and_off_when_it_is_over(
    watched: Watched, case: str
) -> None:
    alarm = case.rpartition(" ")[2]
    watched.sweep(4)
    assert not watched.is_on(alarm)
    with TROUBLE[case](watched):
        assert watched.is_on(alarm)
    watched.sweep(4)
    assert not watched.is_on(alarm)


@pytest.mark.parametrize("alarm", DEAD_LETTERS)
def test_what_fails_five_times_is_a_dead_letter_with_an_alarm(watched: Watched, alarm: str) -> None:
    dead = DEAD_LETTERS[alarm]
    (policy,) = (
        properties["RedrivePolicy"]
        for properties in of_type("AWS::SQS::Queue").values()
        if properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
        == {"Fn::GetAtt": [dead, "Arn"]}
    )
    sqs = in_process_client("sqs", PROVIDER, REGION)
    dead_url = sqs.create_queue(QueueName=dead)["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{PROVIDER}:{dead}"
    redrive = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": {policy["maxReceiveCount"]}}}'
    url = sqs.create_queue(
        QueueName="work", Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"}
    )["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="no event at all")
    for receives in range(1, 7):
        assert watched.is_on(alarm) is False
        bodies = [row["Body"] for row in sqs.receive_message(QueueUrl=url).get("Messages", ())]
        assert (receives > policy["maxReceiveCount"]) is (bodies == [])
        if bodies:
            assert watched.world.accept(*bodies)["batchItemFailures"]
        told(watched, dead, dead_url)
    assert watched.is_on(alarm)
    sqs.purge_queue(QueueUrl=dead_url)
    watched.pass_by()
    told(watched, dead, dead_url)
    assert not watched.is_on(alarm)


def told(watched: Watched, queue: str, url: str) -> None:
    """Have SQS tell how many messages there are, as it does every minute."""
    attributes = in_process_client("sqs", PROVIDER, REGION).get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    visible = float(attributes["ApproximateNumberOfMessages"])
    watched.cloudwatch.put("ApproximateNumberOfMessagesVisible", queue, watched.seconds, visible)


def test_undelivered_events_have_an_alarm(watched: Watched) -> None:
    url = in_process_client("sqs", PROVIDER, REGION).create_queue(QueueName="undelivered")
    told(watched, "UndeliveredEvents", url["QueueUrl"])
    assert not watched.is_on("UndeliveredEventsAlarm")
    sqs = in_process_client("sqs", PROVIDER, REGION)
    sqs.send_message(QueueUrl=url["QueueUrl"], MessageBody="{}")
    told(watched, "UndeliveredEvents", url["QueueUrl"])
    assert watched.is_on("UndeliveredEventsAlarm")


def test_every_alarm_is_tried_here() -> None:
    tried = {case.rpartition(" ")[2] for case in TROUBLE} | DEAD_LETTERS.keys()
    assert tried | {"UndeliveredEventsAlarm"} == ALARMS.keys()


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_tells_people_and_says_what_to_do(alarm: str) -> None:
    properties = ALARMS[alarm]
    assert properties["AlarmActions"] == properties["OKActions"] == [{"Ref": "AttentionTopic"}]
    page, _, anchor = properties["AlarmDescription"].rpartition("Runbook: ")[2].partition("#")
    headings = {
        line.removeprefix("#").lstrip("# ").strip().lower().replace(" ", "-")
        for line in (ROOT / page).read_text().splitlines()
        if line.startswith("#")
    }
    assert anchor in headings


def test_dead_letter_queues_are_all_watched() -> None:
    targets = {
        resource["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for resource in resources().values()
        if resource["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in resource["Properties"]
    }
    assert targets == set(DEAD_LETTERS.values())
