"""Attacks with the roles of the provider's stack on the stack itself."""

from typing import Final

from sandbox.accounts import REGION, STACK_NAME, STRANGER
from tests.security.attacked.providers_things import OnProvider

_NOBODY: Final = '{"Version": "2012-10-17", "Statement": []}'

ON_THE_STACK: Final[tuple[OnProvider, ...]] = (
    *OnProvider.because(
        "the allowlist is the platform team's, and no function writes it",
        (
            "puts a version of the allowlist",
            "appconfig:create_hosted_configuration_version",
            lambda things: {
                "ApplicationId": things.own["AllowlistApplication"],
                "ConfigurationProfileId": things.own["AllowlistProfile"],
                "Content": b"services: {}",
                "ContentType": "application/yaml",
            },
        ),
        (
            "puts a version of the allowlist in force",
            "appconfig:start_deployment",
            lambda things: {
                "ApplicationId": things.own["AllowlistApplication"],
                "EnvironmentId": things.own["AllowlistEnvironment"],
                "ConfigurationProfileId": things.own["AllowlistProfile"],
                "DeploymentStrategyId": things.own["AllowlistDeploymentStrategy"],
                "ConfigurationVersion": "1",
            },
        ),
        (
            "has the allowlist not be validated",
            "appconfig:update_configuration_profile",
            lambda things: {
                "ApplicationId": things.own["AllowlistApplication"],
                "ConfigurationProfileId": things.own["AllowlistProfile"],
                "Validators": [],
            },
        ),
    ),
    *OnProvider.because(
        "who is let in is decided by the allowlist",
        (
            "has a service accept by itself",
            "ec2:modify_vpc_endpoint_service_configuration",
            lambda things: {"ServiceId": things.service_id, "AcceptanceRequired": False},
        ),
    ),
    *OnProvider.because(
        "the stack looks after services, and neither makes nor removes them",
        (
            "deletes a service",
            "ec2:delete_vpc_endpoint_service_configurations",
            lambda things: {"ServiceIds": [things.service_id]},
        ),
    ),
    *OnProvider.because(
        "a partition at a time is what is needed",
        (
            "reads all of the ledger",
            "dynamodb:scan",
            lambda things: {"TableName": things.own["Ledger"]},
        ),
    ),
    *OnProvider.because(
        "the key is for what is in queues, table, topic and logs",
        (
            "uses the key without a queue or a table",
            "kms:generate_data_key",
            lambda things: {"KeyId": things.own["Key"], "KeySpec": "AES_256"},
        ),
    ),
    *OnProvider.because(
        "functions are started by queues, topic and AppConfig",
        (
            "has a function run",
            "lambda:invoke",
            lambda things: {"FunctionName": things.own["ValidateAllowlist"], "Payload": b"{}"},
        ),
    ),
    *OnProvider.because(
        "only endpoint services tell",
        (
            "tells the topic of a connection",
            "sns:publish",
            lambda things: {"TopicArn": things.own["ConnectionNotificationTopic"], "Message": "{}"},
        ),
    ),
    *OnProvider.because(
        "what has been done stays known",
        (
            "deletes logs",
            "logs:delete_log_group",
            lambda things: {"logGroupName": things.own["AcceptEndpointConnectionsLogs"]},
        ),
    ),
    *OnProvider.because(
        "the stack is changed by who deploys it, and by nothing of it",
        (
            "deletes the ledger",
            "dynamodb:delete_table",
            lambda things: {"TableName": things.own["Ledger"]},
        ),
        (
            "has the key be deleted",
            "kms:schedule_key_deletion",
            lambda things: {"KeyId": things.own["Key"]},
        ),
        (
            "changes a function",
            "lambda:update_function_configuration",
            lambda things: {"FunctionName": things.own["AcceptEndpointConnections"], "Timeout": 1},
        ),
        (
            "has itself told by the topic",
            "sns:subscribe",
            lambda things: {
                "TopicArn": things.own["ConnectionNotificationTopic"],
                "Protocol": "sqs",
                "Endpoint": f"arn:aws:sqs:{REGION}:{STRANGER}:attack",
            },
        ),
        (
            "empties a queue",
            "sqs:purge_queue",
            lambda things: {"QueueUrl": things.own["AcceptQueue"]},
        ),
        (
            "opens a queue to others",
            "sqs:set_queue_attributes",
            lambda things: {
                "QueueUrl": things.own["AcceptQueue"],
                "Attributes": {"VisibilityTimeout": "0"},
            },
        ),
        (
            "lets another account put events",
            "events:put_permission",
            lambda things: {
                "EventBusName": things.own["EventBus"],
                "Action": "events:PutEvents",
                "Principal": STRANGER,
                "StatementId": "attack",
            },
        ),
        (
            "stops the sweeps",
            "scheduler:delete_schedule",
            lambda things: {"Name": things.own["SweepSchedule"].rpartition("/")[2]},
        ),
        (
            "takes alarms away",
            "cloudwatch:delete_alarms",
            lambda things: {"AlarmNames": [things.own["CircuitBreakerAlarm"]]},
        ),
        (
            "deletes the stack",
            "cloudformation:delete_stack",
            lambda things: {"StackName": f"{STACK_NAME}{'-double' * (things.role != '')}"},
        ),
    ),
    *OnProvider.because(
        "a role that can change itself has no limits",
        (
            "changes the policy of a role",
            "iam:put_role_policy",
            lambda things: {
                "RoleName": things.role or things.own["AcceptEndpointConnectionsRole"],
                "PolicyName": "attack",
                "PolicyDocument": _NOBODY,
            },
        ),
        (
            "has a role trust somebody else",
            "iam:update_assume_role_policy",
            lambda things: {
                "RoleName": things.role or things.own["AcceptEndpointConnectionsRole"],
                "PolicyDocument": _NOBODY,
            },
        ),
    ),
    *OnProvider.because(
        "there are none of ours",
        ("lists secrets", "secretsmanager:list_secrets", {}),
        ("lists buckets", "s3:list_buckets", {}),
    ),
)
"""What none of the stack's own roles may do to it."""
