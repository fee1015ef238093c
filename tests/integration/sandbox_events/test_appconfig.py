import time
from typing import Any

import pytest

from tests.integration.sandbox_events.account import Account, unique

EXTENSION = "AWS.AppConfig.DeploymentNotificationsToEventBridge"
COMPLETE = {"source": ["aws.appconfig"], "detail-type": ["On Deployment Complete"]}

Template = dict[str, Any]


def configuration(associated: dict[str, Any] | None, *, bake_minutes: float = 0) -> Template:
    """Return a template with all that a deployment needs, and an association of the extension."""
    ref = {name: {"Ref": name} for name in ("Application", "Environment", "Profile", "Strategy")}
    types: Template = {
        "Application": ("Application", {"Name": "allowlist"}),
        "Environment": (
            "Environment",
            {"ApplicationId": ref["Application"], "Name": "live"},
        ),
        "Profile": (
            "ConfigurationProfile",
            {"ApplicationId": ref["Application"], "Name": "services", "LocationUri": "hosted"},
        ),
        "Strategy": (
            "DeploymentStrategy",
            {
                "Name": "at-once",
                "DeploymentDurationInMinutes": 0,
                "FinalBakeTimeInMinutes": bake_minutes,
                "GrowthFactor": 100,
                "ReplicateTo": "NONE",
            },
        ),
    }
    if associated:
        properties = {"ExtensionIdentifier": EXTENSION, "ResourceIdentifier": associated}
        types["Association"] = ("ExtensionAssociation", properties)
    return {
        "Resources": {
            name: {"Type": f"AWS::AppConfig::{type_name}", "Properties": properties}
            for name, (type_name, properties) in types.items()
        },
        "Outputs": {name: {"Value": value} for name, value in ref.items()},
    }


def arn(path: str) -> dict[str, str]:
    prefix = "arn:${AWS::Partition}:appconfig:${AWS::Region}:${AWS::AccountId}:"
    return {"Fn::Sub": prefix + path}


APPLICATION = arn("application/${Application}")
ENVIRONMENT = arn("application/${Application}/environment/${Environment}")
PROFILE = arn("application/${Application}/configurationprofile/${Profile}")


def start_deployment(account: Account, ids: dict[str, str]) -> int:
    appconfig = account.client("appconfig")
    appconfig.create_hosted_configuration_version(
        ApplicationId=ids["Application"],
        ConfigurationProfileId=ids["Profile"],
        Content=b"services: {}",
        ContentType="application/x-yaml",
    )
    answer = appconfig.start_deployment(
        ApplicationId=ids["Application"],
        EnvironmentId=ids["Environment"],
        ConfigurationProfileId=ids["Profile"],
        DeploymentStrategyId=ids["Strategy"],
        ConfigurationVersion="1",
    )
    return int(answer["DeploymentNumber"])


@pytest.mark.parametrize("associated", [APPLICATION, ENVIRONMENT, PROFILE])
def test_a_complete_deployment_is_announced_on_the_default_bus(
    provider: Account, associated: dict[str, str]
) -> None:
    inbox, stack = provider.inbox(COMPLETE), unique("allowlist")
    ids = provider.deploy(stack, configuration(associated))

    number = start_deployment(provider, ids)

    event = inbox.one()
    association = provider.resource(stack, "Association")
    assert event["account"] == provider.id
    assert event["resources"] == [
        f"arn:aws:appconfig:{provider.region}:{provider.id}:extensionassociation/{association}"
    ]
    assert event["detail"].pop("InvocationId")
    assert event["detail"] == {
        "Parameters": {},
        "Type": "OnDeploymentComplete",
        "Application": {"Id": ids["Application"], "Name": "allowlist"},
        "Environment": {"Id": ids["Environment"], "Name": "live"},
        "ConfigurationProfile": {"Id": ids["Profile"], "Name": "services"},
        "DeploymentNumber": number,
        "ConfigurationVersion": "1",
    }


def test_a_deployment_completes_and_is_announced_once_without_anybody_looking(
    provider: Account,
) -> None:
    inbox = provider.inbox(COMPLETE)
    # AWS bakes for whole minutes; the emulator knows fractions, which do for a test.
    ids = provider.deploy(unique("allowlist"), configuration(APPLICATION, bake_minutes=0.03))

    began = time.monotonic()
    first = start_deployment(provider, ids)
    announced = [inbox.one()]
    assert time.monotonic() - began >= 0.03 * 60

    second = start_deployment(provider, ids)  # another announcement of the first would come earlier
    announced += inbox.some(1)
    assert [event["detail"]["DeploymentNumber"] for event in announced] == [first, second]
    assert {event["detail"]["Application"]["Id"] for event in announced} == {ids["Application"]}


def test_a_deployment_made_by_a_stack_is_announced(provider: Account) -> None:
    inbox, template = provider.inbox(COMPLETE), configuration(APPLICATION)
    ids = {name: {"Ref": name} for name in ("Application", "Environment", "Profile", "Strategy")}
    of_application = {"ApplicationId": ids["Application"], "ConfigurationProfileId": ids["Profile"]}
    template["Resources"]["Version"] = {
        "Type": "AWS::AppConfig::HostedConfigurationVersion",
        "Properties": of_application | {"Content": "services: {}", "ContentType": "text/plain"},
    }
    template["Resources"]["Deployment"] = {
        "Type": "AWS::AppConfig::Deployment",
        "DependsOn": "Association",
        "Properties": of_application
        | {
            "EnvironmentId": ids["Environment"],
            "DeploymentStrategyId": ids["Strategy"],
            "ConfigurationVersion": {"Ref": "Version"},
        },
    }

    provider.deploy(unique("allowlist"), template)

    assert inbox.one()["detail"]["ConfigurationVersion"] == "1"


def test_without_the_extension_nothing_is_announced(provider: Account) -> None:
    inbox, stack = provider.inbox(COMPLETE), unique("allowlist")
    ids = provider.deploy(stack, configuration(APPLICATION))
    other = provider.deploy(unique("allowlist"), configuration(None))

    start_deployment(provider, other)
    assert inbox.waiting() == []

    start_deployment(provider, ids)
    assert inbox.one()["detail"]["Application"]["Id"] == ids["Application"]


BUS = {"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}


def with_extension(template: Template, *points: str) -> Template:
    """Return the template with an extension of its own in the association."""
    actions = {point: [{"Name": "tell", "Uri": BUS}] for point in points}
    template["Resources"]["Extension"] = {
        "Type": "AWS::AppConfig::Extension",
        "Properties": {"Name": unique("extension"), "Actions": actions},
    }
    properties = template["Resources"]["Association"]["Properties"]
    properties["ExtensionIdentifier"] = {"Fn::GetAtt": ["Extension", "Id"]}
    properties["ExtensionVersionNumber"] = {"Fn::GetAtt": ["Extension", "VersionNumber"]}
    return template


def test_an_extension_of_the_stack_tells_of_what_it_names_and_of_nothing_else(
    provider: Account,
) -> None:
    inbox = provider.inbox({"source": ["aws.appconfig"]})
    template = configuration(APPLICATION, bake_minutes=0.03)
    ids = provider.deploy(unique("allowlist"), with_extension(template, "ON_DEPLOYMENT_BAKING"))

    start_deployment(provider, ids)

    event = inbox.one()
    assert event["detail-type"] == "On Deployment Baking"
    assert event["detail"]["Type"] == "OnDeploymentBaking"
    time.sleep(0.03 * 60 + 1)  # until it is complete
    assert inbox.waiting() == []


def monitored(provider: Account, action: str) -> tuple[dict[str, Any], str]:
    """Return a template whose environment has a monitor, and the name of the alarm.

    The monitor's role may do one thing.
    """
    template = configuration(APPLICATION, bake_minutes=2)
    template["Resources"]["Alarm"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": (alarm := unique("alarm")),
            "Namespace": "Test",
            "MetricName": "Harm",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        },
    }
    role = provider.role(service="appconfig.amazonaws.com", action=action, resource="*")
    monitor = {"AlarmArn": {"Fn::GetAtt": ["Alarm", "Arn"]}, "AlarmRoleArn": role}
    template["Resources"]["Environment"]["Properties"]["Monitors"] = [monitor]
    return template, alarm


def test_a_version_is_in_force_while_it_bakes_and_rolled_back_when_a_monitor_goes_off(
    provider: Account,
) -> None:
    inbox = provider.inbox({"source": ["aws.appconfig"]})
    template, alarm = monitored(provider, "cloudwatch:DescribeAlarms")
    points = ("ON_DEPLOYMENT_BAKING", "ON_DEPLOYMENT_ROLLED_BACK")
    ids = provider.deploy(unique("allowlist"), with_extension(template, *points))

    start_deployment(provider, ids)
    assert inbox.one()["detail-type"] == "On Deployment Baking"
    assert content(provider, ids) == b"services: {}"

    provider.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="a test"
    )
    assert inbox.one()["detail-type"] == "On Deployment Rollback"
    assert content(provider, ids) == b""


def test_an_alarm_that_the_role_does_not_show_rolls_nothing_back(provider: Account) -> None:
    template, alarm = monitored(provider, "cloudwatch:ListMetrics")
    ids = provider.deploy(unique("allowlist"), template)
    start_deployment(provider, ids)

    provider.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="a test"
    )
    time.sleep(2)  # AppConfig looks every half second

    assert content(provider, ids) == b"services: {}"


def content(account: Account, ids: dict[str, str]) -> bytes:
    """Return the configuration that is in force."""
    data = account.client("appconfigdata")
    token = data.start_configuration_session(
        ApplicationIdentifier=ids["Application"],
        EnvironmentIdentifier=ids["Environment"],
        ConfigurationProfileIdentifier=ids["Profile"],
    )["InitialConfigurationToken"]
    answer = data.get_latest_configuration(ConfigurationToken=token)
    return bytes(answer["Configuration"].read())


def test_deployments_are_listed_in_pages_with_the_newest_first(provider: Account) -> None:
    ids = provider.deploy(unique("allowlist"), configuration(None))
    numbers = [start_deployment(provider, ids) for _ in range(3)]
    pages = (
        provider.client("appconfig")
        .get_paginator("list_deployments")
        .paginate(
            ApplicationId=ids["Application"],
            EnvironmentId=ids["Environment"],
            PaginationConfig={"PageSize": 2},
        )
    )
    listed = [[item["DeploymentNumber"] for item in page["Items"]] for page in pages]
    assert listed == [numbers[:0:-1], numbers[:1]]
