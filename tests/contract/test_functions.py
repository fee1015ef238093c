"""Functions in template.yaml against their packages."""

from dataclasses import fields
from importlib import import_module

import pytest
from samcli.yamlhelper import yaml_parse

from privatelink.environment import variable
from privatelink.telemetry import metrics
from tests.contract.stack import (
    ENTERING,
    FUNCTIONS,
    QUEUED,
    ROOT,
    function,
    of_type,
    resources,
    timeout,
)


@pytest.mark.parametrize("package", FUNCTIONS)
def test_the_handler_is_the_packages(package: str) -> None:
    module, name = function(package)["Handler"].rsplit(".", 1)
    assert module == f"{package}.app"
    assert callable(getattr(import_module(module), name))


def test_every_package_with_a_handler_is_a_function() -> None:
    packages = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert packages == set(FUNCTIONS)
    assert len(of_type("AWS::Serverless::Function")) == len(FUNCTIONS)


@pytest.mark.parametrize("package", FUNCTIONS)
def test_the_environment_is_what_the_settings_read(package: str) -> None:
    settings = import_module(f"{package}.settings").Settings
    variables = set(function(package)["Environment"]["Variables"])
    assert variables == {variable(f.name) for f in fields(settings)}


@pytest.mark.parametrize("package", QUEUED)
def test_the_queue_coalesces_and_lets_messages_fail_alone(package: str) -> None:
    (event,) = function(package)["Events"].values()
    mapping = event["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    # Lambda wants a window for batches of more than ten.
    assert mapping["BatchSize"] == 10 or mapping["MaximumBatchingWindowInSeconds"] >= 1
    queue = resources()[mapping["Queue"]["Fn::GetAtt"][0]]["Properties"]
    assert "RedrivePolicy" in queue
    assert queue["VisibilityTimeout"] == 6 * timeout(package)


@pytest.mark.parametrize("package", FUNCTIONS)
def test_the_logs_are_kept_for_as_long_as_the_stack_says(package: str) -> None:
    log_group = function(package)["LoggingConfig"]["LogGroup"]["Ref"]
    properties = resources()[log_group]["Properties"]
    assert properties["RetentionInDays"] == {"Ref": "LogRetentionInDays"}


@pytest.mark.parametrize("package", ENTERING)
def test_consumers_trust_the_roles_by_the_names_that_they_have(package: str) -> None:
    role = resources()[function(package)["Role"]["Fn::GetAtt"][0]]["Properties"]
    suffix = role["RoleName"]["Fn::Sub"].removeprefix("${AWS::StackName}")
    (consumer_role,) = (
        properties
        for name, properties in of_type("AWS::IAM::Role", "consumer/template.yaml").items()
        if name == "ConsumerRole"
    )
    statements = consumer_role["AssumeRolePolicyDocument"]["Statement"]
    trusted = [statement["Principal"]["AWS"]["Fn::Sub"] for statement in statements]
    assert any(arn.endswith(f":role/${{ProviderStackName}}{suffix}") for arn in trusted)


def test_only_describe_calls_are_allowed_on_every_resource() -> None:
    for template in ("template.yaml", "consumer/template.yaml"):
        for role in of_type("AWS::IAM::Role", template).values():
            for policy in role["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    if statement["Resource"] == "*":
                        assert all(":Describe" in action for action in statement["Action"])


def test_the_ledger_outlives_the_stack() -> None:
    (ledger,) = (r for r in resources().values() if r["Type"] == "AWS::DynamoDB::Table")
    assert ledger["DeletionPolicy"] == ledger["UpdateReplacePolicy"] == "Retain"
    assert ledger["Properties"]["DeletionProtectionEnabled"] is True
    recovery = ledger["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery["PointInTimeRecoveryEnabled"] is True


def test_the_policy_of_a_queue_is_about_that_queue_and_the_rules_that_lead_to_it() -> None:
    rules = of_type("AWS::Events::Rule")
    policies = of_type("AWS::SQS::QueuePolicy")
    assert len(policies) == len({str(policy["Queues"]) for policy in policies.values()})
    for name, policy in policies.items():
        (queue,) = (reference["Ref"] for reference in policy["Queues"])
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}, name
        admitted = {
            source["Fn::GetAtt"][0]
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Principal"] == {"Service": "events.amazonaws.com"}
            for source in statement["Condition"]["ArnEquals"]["aws:SourceArn"]
        }
        leading = {
            rule
            for rule, properties in rules.items()
            for target in properties["Targets"]
            if {"Fn::GetAtt": [queue, "Arn"]} in (target["Arn"], target["DeadLetterConfig"]["Arn"])
        }
        assert admitted == leading, name


def test_metrics_and_logs_are_of_the_stack() -> None:
    variables = yaml_parse((ROOT / "template.yaml").read_text())["Globals"]["Function"][
        "Environment"
    ]["Variables"]
    assert variables["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}


@pytest.mark.parametrize(
    "alarm",
    sorted(
        name
        for name, alarm in of_type("AWS::CloudWatch::Alarm").items()
        if alarm["Namespace"] == metrics.namespace
    ),
)
def test_an_alarm_watches_a_metric_of_a_function_of_this_stack(alarm: str) -> None:
    dimensions = {
        each["Name"]: each["Value"]
        for each in of_type("AWS::CloudWatch::Alarm")[alarm]["Dimensions"]
    }
    assert dimensions.keys() == {"service", "function"}
    assert dimensions["service"] == {"Ref": "AWS::StackName"}
    assert dimensions["function"].replace("-", "_") in FUNCTIONS
