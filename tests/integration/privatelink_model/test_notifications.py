"""Connection notifications: who is told what, and their administration."""

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink import NotificationState, PrivateLink
from tests.integration.privatelink_model.parties import Notice, Party, Provider, refusal

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef

EVENTS = ["Accept", "Connect", "Delete", "Reject"]
TOPIC = f"arn:aws:sns:{REGION}:{PROVIDER}:connections"
OTHER_TOPIC = f"arn:aws:sns:{REGION}:{PROVIDER}:others"


def subscribe(
    party: Party, *, service_id: str = "", endpoint_id: str = "", events: list[str] | None = None
) -> str:
    target: dict[str, Any] = (
        {"ServiceId": service_id} if service_id else {"VpcEndpointId": endpoint_id}
    )
    created = party.ec2.create_vpc_endpoint_connection_notification(
        ConnectionNotificationArn=TOPIC, ConnectionEvents=events or EVENTS, **target
    )
    return created["ConnectionNotification"]["ConnectionNotificationId"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [("Connect", 2), ("Accept", 1), ("Reject", 2), ("Delete", 2)],
)
def test_each_event_goes_to_the_topic_that_asked_for_it(
    provider: Provider, consumer: Party, notices: list[Notice], event: str, expected: int
) -> None:
    service_id, name = provider.service("*")
    subscribe(provider, service_id=service_id, events=[event])
    first, second = consumer.request(name), consumer.request(name)
    provider.accept(service_id, first)
    provider.reject(service_id, first, second)
    consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[first, second])
    assert len(notices) == expected
    for notice, endpoint_id in zip(notices, (first, second), strict=False):
        assert (notice.account_id, notice.region, notice.topic_arn) == (PROVIDER, REGION, TOPIC)
        assert service_id in notice.message
        assert endpoint_id in notice.message


def test_a_decision_that_is_refused_causes_no_event(
    provider: Provider, consumer: Party, notices: list[Notice]
) -> None:
    service_id, name = provider.service("*")
    subscribe(provider, service_id=service_id, events=["Accept", "Reject"])
    endpoint_id = consumer.request(name)
    provider.reject(service_id, endpoint_id)
    provider.accept(service_id, endpoint_id, "vpce-0")
    provider.reject(service_id, endpoint_id)
    assert len(notices) == 1


def test_without_required_acceptance_there_is_no_accept(
    provider: Provider, consumer: Party, notices: list[Notice]
) -> None:
    service_id, name = provider.service("*", acceptance_required=False)
    subscribe(provider, service_id=service_id, events=["Accept"])
    consumer.request(name)
    assert notices == []


def test_a_disabled_notification_says_so_and_tells_nothing_until_it_is_enabled(
    provider: Provider, consumer: Party, privatelink: PrivateLink, notices: list[Notice]
) -> None:
    service_id, name = provider.service("*")
    notification_id = subscribe(provider, service_id=service_id)
    privatelink.put_notification_in_state(notification_id, NotificationState.DISABLED)
    provider.ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification_id, ConnectionEvents=EVENTS
    )
    (described,) = provider.ec2.describe_vpc_endpoint_connection_notifications()[
        "ConnectionNotificationSet"
    ]
    assert described["ConnectionNotificationState"] == "Disabled"
    consumer.request(name)
    assert notices == []
    privatelink.put_notification_in_state(notification_id, NotificationState.ENABLED)
    consumer.request(name)
    assert len(notices) == 1
    with pytest.raises(LookupError):
        privatelink.put_notification_in_state("vpce-nfn-0", NotificationState.DISABLED)


def test_other_services_cause_no_event(
    provider: Provider, consumer: Party, notices: list[Notice]
) -> None:
    service_id, _ = provider.service("*")
    _, other_name = provider.service("*")
    subscribe(provider, service_id=service_id)
    consumer.request(other_name)
    assert notices == []


def test_a_consumer_is_told_about_its_own_endpoint(
    provider: Provider, consumer: Party, notices: list[Notice]
) -> None:
    service_id, name = provider.service("*")
    endpoint_id, other = consumer.request(name), consumer.request(name)
    subscribe(consumer, endpoint_id=endpoint_id, events=["Accept"])
    provider.accept(service_id, endpoint_id, other)
    (notice,) = notices
    assert notice.account_id == CONSUMER
    assert endpoint_id in notice.message


def test_a_notification_is_described_as_it_was_created(provider: Provider) -> None:
    service_id, _ = provider.service()
    created = provider.ec2.create_vpc_endpoint_connection_notification(
        ServiceId=service_id, ConnectionNotificationArn=TOPIC, ConnectionEvents=["Connect"]
    )["ConnectionNotification"]
    assert created["ConnectionNotificationId"].startswith("vpce-nfn-")
    assert len(created["ConnectionNotificationId"]) == len("vpce-nfn-") + 17
    assert created["ServiceId"] == service_id
    assert created["ConnectionNotificationArn"] == TOPIC
    assert created["ConnectionEvents"] == ["Connect"]
    assert created["ConnectionNotificationState"] == "Enabled"
    assert created["ConnectionNotificationType"] == "Topic"
    assert "VpcEndpointId" not in created
    (described,) = provider.ec2.describe_vpc_endpoint_connection_notifications(
        ConnectionNotificationId=created["ConnectionNotificationId"]
    )["ConnectionNotificationSet"]
    assert described == created


def test_topic_and_events_can_be_changed(
    provider: Provider, consumer: Party, notices: list[Notice]
) -> None:
    service_id, name = provider.service("*")
    notification_id = subscribe(provider, service_id=service_id, events=["Delete"])
    provider.ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification_id, ConnectionEvents=["Connect"]
    )
    consumer.request(name)
    provider.ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification_id, ConnectionNotificationArn=OTHER_TOPIC
    )
    consumer.request(name)
    assert [notice.topic_arn for notice in notices] == [TOPIC, OTHER_TOPIC]


def test_a_deleted_notification_is_silent(
    provider: Provider, consumer: Party, notices: list[Notice]
) -> None:
    service_id, name = provider.service("*")
    notification_id = subscribe(provider, service_id=service_id)
    unsuccessful = provider.ec2.delete_vpc_endpoint_connection_notifications(
        ConnectionNotificationIds=["vpce-nfn-0", notification_id]
    )["Unsuccessful"]
    assert [(each["ResourceId"], each["Error"]["Code"]) for each in unsuccessful] == [
        ("vpce-nfn-0", "InvalidConnectionNotification")
    ]
    consumer.request(name)
    assert notices == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("service-id", "{service}", {"service"}),
        ("vpc-endpoint-id", "{endpoint}", {"endpoint"}),
        ("connection-notification-id", "vpce-nfn-*", {"service", "endpoint"}),
        ("connection-notification-arn", TOPIC, {"service", "endpoint"}),
        ("connection-notification-arn", OTHER_TOPIC, set()),
        ("connection-notification-state", "Enabled", {"service", "endpoint"}),
        ("connection-notification-state", "Disabled", set()),
        ("connection-notification-type", "Topic", {"service", "endpoint"}),
    ],
)
def test_notifications_are_filtered(
    provider: Provider, name: str, value: str, expected: set[str]
) -> None:
    service_id, service_name = provider.service()
    endpoint_id = provider.request(service_name)
    ids = {
        subscribe(provider, service_id=service_id): "service",
        subscribe(provider, endpoint_id=endpoint_id): "endpoint",
    }
    wanted = value.format(service=service_id, endpoint=endpoint_id)
    filters: list[FilterTypeDef] = [{"Name": name, "Values": [wanted]}]
    found = provider.ec2.describe_vpc_endpoint_connection_notifications(Filters=filters)
    seen = {each["ConnectionNotificationId"] for each in found["ConnectionNotificationSet"]}
    assert {ids[each] for each in seen} == expected


def test_notifications_come_in_pages(provider: Provider, consumer: Party) -> None:
    service_id, _ = provider.service()
    ids = [subscribe(provider, service_id=service_id) for _ in range(3)]
    paginator = provider.ec2.get_paginator("describe_vpc_endpoint_connection_notifications")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["ConnectionNotificationSet"]) for page in pages] == [2, 1]
    rows = [each for page in pages for each in page["ConnectionNotificationSet"]]
    assert [each["ConnectionNotificationId"] for each in rows] == ids
    foreign = consumer.ec2.describe_vpc_endpoint_connection_notifications()
    assert foreign["ConnectionNotificationSet"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ServiceId": "vpce-svc-0"}, "InvalidVpcEndpointServiceId.NotFound"),
        ({"ServiceId": "", "VpcEndpointId": "vpce-0"}, "InvalidVpcEndpointId.NotFound"),
        ({"ServiceId": ""}, "MissingParameter"),
        ({"ConnectionEvents": ["Connected"]}, "InvalidParameterValue"),
        ({"ConnectionNotificationArn": "arn:aws:sqs:x:y:z"}, "InvalidParameterValue"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_a_notification_that_does_not_fit_is_refused(
    provider: Provider, change: dict[str, Any], code: str
) -> None:
    service_id, _ = provider.service()
    asked: dict[str, Any] = {
        "ServiceId": service_id,
        "ConnectionNotificationArn": TOPIC,
        "ConnectionEvents": EVENTS,
    }
    create = provider.ec2.create_vpc_endpoint_connection_notification
    assert refusal(lambda: create(**(asked | change))) == code
    found = provider.ec2.describe_vpc_endpoint_connection_notifications()
    assert found["ConnectionNotificationSet"] == []


def test_the_notification_of_another_account_is_unknown(
    provider: Provider, consumer: Party
) -> None:
    service_id, _ = provider.service()
    notification_id = subscribe(provider, service_id=service_id)
    code = refusal(
        lambda: consumer.ec2.modify_vpc_endpoint_connection_notification(
            ConnectionNotificationId=notification_id, ConnectionEvents=["Connect"]
        )
    )
    assert code == "InvalidConnectionNotification"
