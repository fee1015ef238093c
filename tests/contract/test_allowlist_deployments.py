"""How template.yaml has the allowlist validated, deployed, announced and rolled back."""

import json
from collections.abc import Mapping
from typing import Any

from samcli.yamlhelper import yaml_parse

from sandbox.emulator.event_patterns import matches
from tests.contract.stack import ROOT, event_files, function, of_type, patterns_of, resources

ANNOUNCED = {
    "ON_DEPLOYMENT_BAKING": "On Deployment Baking",
    "ON_DEPLOYMENT_COMPLETE": "On Deployment Complete",
    "ON_DEPLOYMENT_ROLLED_BACK": "On Deployment Rollback",
}


def one(kind: str) -> Mapping[str, Any]:
    (properties,) = of_type(kind).values()
    return properties


def test_the_function_is_the_validator_of_the_allowlist_and_appconfig_may_invoke_it() -> None:
    (validator,) = one("AWS::AppConfig::ConfigurationProfile")["Validators"]
    arn = {"Fn::GetAtt": ["ValidateAllowlist", "Arn"]}
    assert validator == {"Type": "LAMBDA", "Content": arn}
    permission = of_type("AWS::Lambda::Permission")["ValidateAllowlistPermission"]
    assert permission["FunctionName"] == {"Ref": "ValidateAllowlist"}
    assert permission["Principal"] == "appconfig.amazonaws.com"
    assert ":${AWS::AccountId}:" in permission["SourceArn"]["Fn::Sub"]


def test_the_validator_reads_the_profile_that_the_others_read() -> None:
    variables = function("validate_allowlist")["Environment"]["Variables"]
    assert variables["ALLOWLIST_PROFILE"] == one("AWS::AppConfig::ConfigurationProfile")["Name"]


def test_event_files_of_the_validator_are_what_appconfig_sends() -> None:
    events = [event for _, event in event_files(ROOT / "events" / "validate_allowlist")]
    assert events
    for event in events:
        assert set(event) == {
            *("applicationId", "configurationProfileId", "configurationVersion"),
            *("content", "uri"),
        }


def test_every_point_that_is_announced_has_the_allowlist_read_anew() -> None:
    actions = one("AWS::AppConfig::Extension")["Actions"]
    assert set(actions) == set(ANNOUNCED)
    pattern = patterns_of("accept_endpoint_connections")["AllowlistDeployedRule"]
    (path,) = (ROOT / "events").glob("*/allowlist_baking.json")
    event = json.loads(path.read_text())
    for detail_type in ANNOUNCED.values():
        assert matches(pattern, event | {"detail-type": detail_type})


def test_the_extension_is_associated_with_the_allowlist() -> None:
    association = one("AWS::AppConfig::ExtensionAssociation")
    for key, attribute in (
        ("ExtensionIdentifier", "Id"),
        ("ExtensionVersionNumber", "VersionNumber"),
    ):
        assert association[key] == {"Fn::GetAtt": ["AllowlistDeploymentExtension", attribute]}


def test_a_version_bakes_for_as_long_as_the_stack_says() -> None:
    strategy = one("AWS::AppConfig::DeploymentStrategy")
    assert strategy["FinalBakeTimeInMinutes"] == {"Ref": "AllowlistBakeMinutes"}
    assert strategy["DeploymentDurationInMinutes"] == 0
    parameters = yaml_parse((ROOT / "template.yaml").read_text())["Parameters"]
    assert parameters["AllowlistBakeMinutes"]["Default"] == 10


def test_what_rolls_a_version_back_is_off_again_within_minutes() -> None:
    monitors = one("AWS::AppConfig::Environment")["Monitors"]
    alarms = [resources()[m["AlarmArn"]["Fn::GetAtt"][0]]["Properties"] for m in monitors]
    assert {alarm["MetricName"] for alarm in alarms} == {
        "BreakerTrippedAnew",
        "InvalidAllowlistDeployed",
    }
    for alarm in alarms:
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 1)
        assert alarm["TreatMissingData"] == "notBreaching"
