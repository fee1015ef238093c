"""The types that the provider's own template is made of, as a stack leaves them behind."""

import json

import pytest

from tests.integration.sandbox_events.account import Account, Inbox, Json, unique
from tests.integration.sandbox_events.templates import one

HANDLER = "def handler(event, context): return event"


def test_a_table_has_recovery_encryption_expiry_and_protection(provider: Account) -> None:
    stack, dynamodb = unique("ledger"), provider.client("dynamodb")
    template = one(
        "AWS::DynamoDB::Table",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        SSESpecification={"SSEEnabled": True},
        TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
        DeletionProtectionEnabled=True,
    )

    name = provider.deploy(stack, template)["It"]

    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["DeletionProtectionEnabled"]
    assert table["SSEDescription"]["Status"] == "ENABLED"
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"

    with pytest.raises(AssertionError, match="protected against deletion"):
        provider.remove(stack)
    template["Resources"]["It"]["Properties"]["DeletionProtectionEnabled"] = False
    unprotected = unique("ledger")
    gone = provider.deploy(unprotected, template)["It"]
    provider.remove(unprotected)
    tables = dynamodb.list_tables()["TableNames"]
    assert name in tables
    assert gone not in tables


def test_a_topic_is_encrypted_with_the_key_that_its_template_names(provider: Account) -> None:
    stack, sns = unique("topic"), provider.client("sns")

    def key_of(**properties: str) -> str | None:
        arn = provider.deploy(stack, one("AWS::SNS::Topic", **properties))["It"]
        attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        return str(attributes["KmsMasterKeyId"]) if "KmsMasterKeyId" in attributes else None

    assert key_of(KmsMasterKeyId="alias/one") == "alias/one"
    assert key_of(KmsMasterKeyId="alias/another") == "alias/another"
    assert key_of(DisplayName="not encrypted") is None


def test_a_rule_has_several_targets_with_retries_and_dead_letters(provider: Account) -> None:
    source, sqs = unique("a.rule"), provider.client("sqs")
    arns = {name: {"Fn::GetAtt": [name, "Arn"]} for name in ("First", "Second", "Dead")}
    role = provider.role(service="events.amazonaws.com", action="sqs:*", resource="*")
    settings = {
        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 8},
        "DeadLetterConfig": {"Arn": arns["Dead"]},
    }
    template = one(
        "AWS::Events::Rule",
        EventPattern={"source": [source]},
        RoleArn=role,
        Targets=[{"Id": name, "Arn": arns[name], **settings} for name in ("First", "Second")],
    )
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": [arns["First"], arns["Second"]],
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["It", "Arn"]}}},
    }
    template["Resources"] |= {name: {"Type": "AWS::SQS::Queue"} for name in arns}
    template["Resources"]["Policy"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{"Ref": "First"}, {"Ref": "Second"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [policy]},
        },
    }
    template["Outputs"] |= {name: {"Value": {"Ref": name}} for name in arns}

    made = provider.deploy(unique("rule"), template)

    provider.put_event(source=source)
    for name in ("First", "Second"):
        assert Inbox(sqs, made[name], "").one()["source"] == source
    events = provider.client("events")
    for target in events.list_targets_by_rule(Rule=made["It"])["Targets"]:
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 8
        assert target["DeadLetterConfig"]["Arn"].endswith(made["Dead"].rpartition("/")[2])
    assert events.describe_rule(Name=made["It"])["RoleArn"] == role


def test_a_bus_policy_admits_whom_its_statement_names(provider: Account, consumer: Account) -> None:
    bus_name, stack = unique("bus"), unique("bus")
    bus: Json = {"Type": "AWS::Events::EventBus", "Properties": {"Name": bus_name}}
    policy = {
        "Type": "AWS::Events::EventBusPolicy",
        "DependsOn": "Bus",
        "Properties": {
            "EventBusName": bus_name,
            "StatementId": "consumers",
            "Statement": {
                "Effect": "Allow",
                "Action": "events:PutEvents",
                "Principal": {"AWS": [consumer.id]},
                "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
            },
        },
    }
    provider.deploy(stack, {"Resources": {"Bus": bus, "It": policy}})
    bus_arn = f"arn:aws:events:{provider.region}:{provider.id}:event-bus/{bus_name}"
    role = consumer.role(
        service="events.amazonaws.com", action="events:PutEvents", resource=bus_arn
    )
    source = unique("a.policy")
    consumer.rule({"source": [source]}, bus_arn, RoleArn=role)
    inbox = provider.inbox({"source": [source]}, bus_name)

    consumer.put_event(source=source)
    assert inbox.one()["account"] == consumer.id

    provider.deploy(stack, {"Resources": {"Bus": bus}})
    assert "Policy" not in provider.client("events").describe_event_bus(Name=bus_name)
    consumer.put_event(source=source)
    assert inbox.waiting() == []


def test_a_schedule_of_a_stack_puts_events_on_a_bus(provider: Account) -> None:
    bus = provider.bus()
    role = provider.role(service="scheduler.amazonaws.com", action="events:PutEvents", resource=bus)
    inbox = provider.inbox({"source": ["a.sweep"]}, bus.rpartition("/")[2])
    template = one(
        "AWS::Scheduler::Schedule",
        ScheduleExpression="at(2020-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": bus,
            "RoleArn": role,
            "EventBridgeParameters": {"Source": "a.sweep", "DetailType": "Sweep Due"},
            "Input": "{}",
            "RetryPolicy": {"MaximumRetryAttempts": 2},
        },
    )

    name = provider.deploy(unique("sweep"), template)["It"]

    assert inbox.one()["detail-type"] == "Sweep Due"
    schedule = provider.client("scheduler").get_schedule(Name=name)
    assert schedule["Target"] == template["Resources"]["It"]["Properties"]["Target"]


def test_a_subscription_has_its_redrive_policy(provider: Account) -> None:
    queue, dead = provider.queue(), provider.queue()
    topic = provider.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    redrive = {"deadLetterTargetArn": dead.arn}
    template = one(
        "AWS::SNS::Subscription",
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue.arn,
        RedrivePolicy=redrive,
    )

    arn = provider.deploy(unique("subscription"), template)["It"]

    answer = provider.client("sns").get_subscription_attributes(SubscriptionArn=arn)
    assert json.loads(answer["Attributes"]["RedrivePolicy"]) == redrive


def test_a_function_has_its_destinations_and_retries(provider: Account) -> None:
    dead = provider.queue()
    role = provider.role(service="lambda.amazonaws.com", action="sqs:*", resource=dead.arn)
    template = one(
        "AWS::Lambda::Function",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": HANDLER},
    )
    template["Resources"]["Retries"] = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {
            "FunctionName": {"Ref": "It"},
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": 1,
            "DestinationConfig": {"OnFailure": {"Destination": dead.arn}},
        },
    }

    name = provider.deploy(unique("function"), template)["It"]

    answer = provider.client("lambda").get_function_event_invoke_config(
        FunctionName=name, Qualifier="$LATEST"
    )
    assert answer["MaximumRetryAttempts"] == 1
    assert answer["DestinationConfig"]["OnFailure"] == {"Destination": dead.arn}


def test_keys_alarms_and_log_groups_are_made(provider: Account) -> None:
    template = one(
        "AWS::CloudWatch::Alarm",
        MetricName="Errors",
        Namespace="AWS/Lambda",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    group, statement = unique("/autopilot"), {"Effect": "Allow", "Action": "kms:*"}
    template["Resources"] |= {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "EnableKeyRotation": True,
                "KeyPolicy": {
                    "Version": "2012-10-17",
                    "Statement": [statement | {"Principal": {"AWS": "*"}, "Resource": "*"}],
                },
            },
        },
        "Group": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": group, "RetentionInDays": 30},
        },
    }
    template["Outputs"]["Key"] = {"Value": {"Ref": "Key"}}

    outputs = provider.deploy(unique("watch"), template)

    (alarm,) = provider.client("cloudwatch").describe_alarms(AlarmNames=[outputs["It"]])[
        "MetricAlarms"
    ]
    assert alarm["TreatMissingData"] == "notBreaching"
    kms = provider.client("kms")
    assert kms.get_key_rotation_status(KeyId=outputs["Key"])["KeyRotationEnabled"]
    (found,) = provider.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert found["retentionInDays"] == 30
