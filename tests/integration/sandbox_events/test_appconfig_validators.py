"""Configurations that a Lambda function is asked about before they are deployed."""

import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import PROVIDER
from sandbox.process import Sandbox
from tests.integration.sandbox_events.account import Account, unique
from tests.integration.sandbox_events.test_appconfig import Template, configuration

# Refuses what is not good, and says what it was given.
SOURCE = """
import base64

def handler(event, context):
    content = base64.b64decode(event["content"]).decode()
    if content != "good":
        raise ValueError(f"version {event['configurationVersion']} is {content}")
"""
FROM_THIS_ACCOUNT = "arn:aws:appconfig:${AWS::Region}:${AWS::AccountId}:*"
FROM_ELSEWHERE = "arn:aws:appconfig:${AWS::Region}:999999999999:*"


def function(account: Account) -> str:
    """Make the function: its name."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("app.py", SOURCE)
    name = unique("validator")
    account.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
        Role=account.role(service="lambda.amazonaws.com", action="logs:*", resource="*"),
        Timeout=10,
    )
    return name


def validated(account: Account, name: str, source: str | None, kind: str = "LAMBDA") -> Template:
    """Return a template whose configuration a function validates, if `source` may invoke it."""
    template = configuration(None)
    arn = f"arn:aws:lambda:{account.region}:{account.id}:function:{name}"
    profile = template["Resources"]["Profile"]["Properties"]
    profile["Validators"] = [{"Type": kind, "Content": arn}]
    if source:
        template["Resources"]["Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": name,
                "Principal": "appconfig.amazonaws.com",
                "SourceArn": {"Fn::Sub": source},
            },
        }
    return template


class Configuration:
    """A deployed template, and what can be done with its configuration."""

    def __init__(self, account: Account, template: Template) -> None:
        self.appconfig: Any = account.client("appconfig")
        self.ids = account.deploy(unique("allowlist"), template)
        self.profile = {
            "ApplicationId": self.ids["Application"],
            "ConfigurationProfileId": self.ids["Profile"],
        }

    def version(self, content: str) -> str:
        answer = self.appconfig.create_hosted_configuration_version(
            **self.profile, Content=content.encode(), ContentType="text/plain"
        )
        return str(answer["VersionNumber"])

    def start(self, version: str) -> None:
        self.appconfig.start_deployment(
            **self.profile,
            EnvironmentId=self.ids["Environment"],
            DeploymentStrategyId=self.ids["Strategy"],
            ConfigurationVersion=version,
        )

    def deployed(self) -> list[str]:
        """Return the versions of all deployments."""
        answer = self.appconfig.list_deployments(
            ApplicationId=self.ids["Application"], EnvironmentId=self.ids["Environment"]
        )
        return [each["ConfigurationVersion"] for each in answer["Items"]]


@pytest.fixture(scope="module")
def validator(sandbox: Sandbox) -> str:
    return function(Account(sandbox, PROVIDER))


def test_what_the_function_refuses_is_not_deployed(provider: Account, validator: str) -> None:
    it = Configuration(provider, validated(provider, validator, FROM_THIS_ACCOUNT))
    good, bad = it.version("good"), it.version("bad")
    it.start(good)
    with pytest.raises(ClientError, match="version 2 is bad") as refused:
        it.start(bad)
    answer: Any = refused.value.response
    assert answer["Error"]["Code"] == "BadRequestException"
    assert answer["Details"]["InvalidConfiguration"] == [
        {"Type": "LAMBDA", "Reason": "version 2 is bad"}
    ]
    assert it.deployed() == [good]


def test_a_version_can_be_validated_without_being_deployed(
    provider: Account, validator: str
) -> None:
    it = Configuration(provider, validated(provider, validator, FROM_THIS_ACCOUNT))
    it.appconfig.validate_configuration(**it.profile, ConfigurationVersion=it.version("good"))
    bad = it.version("bad")
    with pytest.raises(ClientError, match="version 2 is bad"):
        it.appconfig.validate_configuration(**it.profile, ConfigurationVersion=bad)
    assert it.deployed() == []


@pytest.mark.parametrize("source", [None, FROM_ELSEWHERE])
def test_a_function_that_appconfig_may_not_invoke_lets_nothing_through(
    provider: Account, source: str | None
) -> None:
    it = Configuration(provider, validated(provider, function(provider), source))
    good = it.version("good")
    with pytest.raises(ClientError, match="not allowed to invoke"):
        it.start(good)
    assert it.deployed() == []


def test_a_validator_that_the_sandbox_does_not_know_lets_nothing_through(
    provider: Account, validator: str
) -> None:
    it = Configuration(provider, validated(provider, validator, None, kind="JSON_SCHEMA"))
    good = it.version("good")
    with pytest.raises(ClientError, match="JSON_SCHEMA"):
        it.start(good)
