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
