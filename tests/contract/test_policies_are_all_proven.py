"""What tests/security/least_privilege proves of policies is all that there is.

It proves what the walkthrough deploys. What a parameter brings along, or a type of resource that it
does not know, is not there to be proven: so nothing of that kind is written but what is named here.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.contract.stack import of_type, resources

PROVIDER: Final = "template.yaml"
CONSUMER: Final = "consumer/template.yaml"
TEMPLATES: Final = (PROVIDER, CONSUMER)

type Place = tuple[str, ...]

_TYPES: Final = {
    PROVIDER: {
        "AWS::AppConfig::Application",
        "AWS::AppConfig::ConfigurationProfile",
        "AWS::AppConfig::DeploymentStrategy",
        "AWS::AppConfig::Environment",
        "AWS::AppConfig::Extension",
        "AWS::AppConfig::ExtensionAssociation",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::DynamoDB::Table",
        "AWS::Events::EventBus",
        "AWS::Events::EventBusPolicy",
        "AWS::Events::Rule",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::Schedule",
        "AWS::Serverless::Function",
    },
    CONSUMER: {"AWS::Events::Rule", "AWS::IAM::Role"},
}
_ROLES: Final = {
    PROVIDER: {
        "AcceptEndpointConnectionsRole",
        "AllowlistMonitorRole",
        "AuthorizeSecurityGroupIngressRole",
        "ConsoleRole",
        "NotifyPeopleRole",
        "PublishEndpointAddressesRole",
        "RelayConnectionNotificationsRole",
        "SweepScheduleRole",
        "ValidateAllowlistRole",
    },
    CONSUMER: {"ConsumerRole", "EventForwardingRole", "ReaderRole"},
}
_CONDITIONAL: Final = {
    PROVIDER: {
        "AttentionEmail": "SomebodyIsMailed",
        "EventBusPolicy": "EventsAreForwarded",
        "OrganizationEventBusPolicy": "OrganizationForwardsEvents",
    },
    CONSUMER: {"EndpointCallRule": "ForwardEvents", "EventForwardingRole": "ForwardEvents"},
}
"""What exists under a condition only: a mail's subscription, the bus's two policies, and what a
consumer forwards with."""

_HOLDERS: Final = {
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}
_REGION: Final = ("Condition", "StringEquals", "aws:RequestedRegion")
_REGIONS: Final = ["RegionsAreGiven", {"Ref": "EndpointRegions"}, {"Ref": "ProviderRegion"}]


def mappings(part: object, place: Place = ()) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Find the mappings in a part of a template, however deep, and where each is."""
    if isinstance(part, Mapping):
        yield place, part
        for key, value in part.items():
            yield from mappings(value, (*place, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from mappings(value, (*place, str(number)))


def statements(template: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find the statements of a template, and the resource that each is of."""
    for place, found in mappings(resources(template)):
        if "Effect" in found:
            yield place[0], found


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_statement_has_a_name(template: str) -> None:
    buses = of_type("AWS::Events::EventBusPolicy", template)
    named = [(of, each.get("Sid") or buses[of]["StatementId"]) for of, each in statements(template)]
    assert named
    assert all(isinstance(name, str) and name.isalpha() for _, name in named), named


@pytest.mark.parametrize("template", TEMPLATES)
def test_there_is_no_type_of_resource_but_those_that_are_looked_at(template: str) -> None:
    assert {each["Type"] for each in resources(template).values()} == _TYPES[template]


@pytest.mark.parametrize("template", TEMPLATES)
def test_statements_stand_in_the_policies_of_known_types(template: str) -> None:
    holders = {resources(template)[of]["Type"] for of, _ in statements(template)}
    assert holders == _HOLDERS & _TYPES[template]


@pytest.mark.parametrize("template", TEMPLATES)
def test_there_is_no_role_but_those_that_are_proven(template: str) -> None:
    assert {*of_type("AWS::IAM::Role", template)} == _ROLES[template]


@pytest.mark.parametrize("template", TEMPLATES)
def test_only_mail_and_forwarding_of_events_depend_on_a_condition(template: str) -> None:
    found = {
        name: each["Condition"] for name, each in resources(template).items() if "Condition" in each
    }
    assert found == _CONDITIONAL[template]


def test_a_policy_of_a_bus_is_all_in_its_statement() -> None:
    for policy in of_type("AWS::Events::EventBusPolicy").values():
        assert policy.keys() == {"EventBusName", "StatementId", "Statement"}


def test_permissions_to_invoke_a_function_are_given_to_appconfig_and_one_rule() -> None:
    assert of_type("AWS::Lambda::Permission").keys() == {
        "NotifyPeoplePermission",
        "ValidateAllowlistPermission",
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_is_one_thing_or_another_but_the_regions_of_a_consumer(template: str) -> None:
    choices = [
        (place, found["Fn::If"])
        for place, found in mappings(resources(template))
        if "Fn::If" in found
    ]
    assert bool(choices) == (template == CONSUMER)
    assert [place for place, _ in choices if place[-len(_REGION) :] != _REGION] == []
    assert [place for place, choice in choices if choice != _REGIONS] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_values_come_from_parameters_and_resources_and_no_other_function(template: str) -> None:
    found = {
        key
        for _, each in mappings(resources(template))
        for key in each
        if key == "Ref" or key.startswith("Fn::")
    }
    assert found - {"Fn::If"} == {"Fn::GetAtt", "Fn::Sub", "Ref"}
