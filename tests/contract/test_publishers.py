"""Who may send to the topic, the queues and the bus: their one publisher, and for whom it acts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.contract.stack import of_type

_ACCOUNT: Final = {"Ref": "AWS::AccountId"}
_PUBLISHERS: Final = {
    "AcceptQueue": {"events.amazonaws.com"},
    "IngressQueue": {"events.amazonaws.com"},
    "AddressQueue": {"events.amazonaws.com"},
    "UndeliveredEvents": {"events.amazonaws.com", "sns.amazonaws.com"},
    "ConnectionNotificationTopic": {"vpce.amazonaws.com"},
    "AttentionTopic": {"cloudwatch.amazonaws.com"},
}
"""The services that publish to each; to other queues nobody does by a policy of theirs."""


def policies() -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield the statements that allow something, with the queue or topic that they are about."""
    for kind, names in (("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SNS::TopicPolicy", "Topics")):
        for properties in of_type(kind).values():
            (about,) = properties[names]
            statements = properties["PolicyDocument"]["Statement"]
            yield about["Ref"], [each for each in statements if each["Effect"] == "Allow"]


def test_only_their_publishers_send_to_queues_and_topic() -> None:
    found = {
        name: {statement["Principal"]["Service"] for statement in allowing}
        for name, allowing in policies()
        if allowing
    }
    assert found == _PUBLISHERS


@pytest.mark.parametrize(("name", "allowing"), list(policies()))
def test_a_publisher_says_for_which_resource_of_this_account_it_acts(
    name: str, allowing: list[Mapping[str, Any]]
) -> None:
    for statement in allowing:
        condition = statement["Condition"]
        arns = condition.get("ArnEquals") or condition["ArnLike"]
        assert arns.keys() == {"aws:SourceArn"}, name
        assert condition["StringEquals"]["aws:SourceAccount"] == _ACCOUNT


@pytest.mark.parametrize("name", of_type("AWS::Events::EventBusPolicy"))
def test_others_put_events_of_ec2_from_cloudtrail_by_rules_and_nothing_else(name: str) -> None:
    statement = of_type("AWS::Events::EventBusPolicy")[name]["Statement"]
    condition = statement["Condition"]
    assert statement["Action"] == "events:PutEvents"
    assert condition["StringEquals"]["events:source"] == "aws.ec2"
    assert condition["StringEquals"]["events:detail-type"] == "AWS API Call via CloudTrail"
    assert condition["Bool"] == {"events:eventBusInvocation": "true"}


def test_whoever_may_be_anybody_is_of_the_organization() -> None:
    for policy in of_type("AWS::Events::EventBusPolicy").values():
        statement = policy["Statement"]
        if statement["Principal"] == "*":
            organization = statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"]
            assert organization == {"Ref": "ForwardingOrganizationId"}
