"""Attacks with the roles of the provider's stack on the stack itself."""

from typing import Final

from sandbox.accounts import REGION, STACK_NAME, STRANGER
from tests.security.attacked.provider_attack import OnProvider, call

_NOBODY: Final = '{"Version": "2012-10-17", "Statement": []}'
_ITSELF: Final = "a role that can change itself has no limits"
_PEOPLE: Final = "the stack is changed by who deploys it, and by nothing of it"
_ALLOWLIST: Final = "the allowlist is the platform team's, and no function writes it"

ON_THE_STACK: Final[tuple[OnProvider, ...]] = (
    call(
        "puts a version of the allowlist",
        _ALLOWLIST,
        "appconfig",
        "create_hosted_configuration_version",
        lambda things: {
            "ApplicationId": things.own["AllowlistApplication"],
            "ConfigurationProfileId": things.own["AllowlistProfile"],
            "Content": b"services: {}",
            "ContentType": "application/yaml",
        },
    ),
    call(
        "puts a version of the allowlist in force",
        _ALLOWLIST,
        "appconfig",
        "start_deployment",
        lambda things: {
            "ApplicationId": things.own["AllowlistApplication"],
            "EnvironmentId": things.own["AllowlistEnvironment"],
            "ConfigurationProfileId": things.own["AllowlistProfile"],
            "DeploymentStrategyId": things.own["AllowlistDeploymentStrategy"],
            "ConfigurationVersion": "1",
        },
    ),
    call(
        "has the allowlist not be validated",
        _ALLOWLIST,
        "appconfig",
        "update_configuration_profile",
        lambda things: {
            "ApplicationId": things.own["AllowlistApplication"],
            "ConfigurationProfileId": things.own["AllowlistProfile"],
            "Validators": [],
        },
    ),
    call(
        "has a service accept by itself",
        "who is let in is decided by the allowlist",
        "ec2",
        "modify_vpc_endpoint_service_configuration",
        lambda things: {"ServiceId": things.service_id, "AcceptanceRequired": False},
    ),
    call(
        "deletes a service",
        "the stack looks after services, and neither makes nor removes them",
        "ec2",
        "delete_vpc_endpoint_service_configurations",
        lambda things: {"ServiceIds": [things.service_id]},
    ),
    call(
        "deletes the ledger",
        _PEOPLE,
        "dynamodb",
        "delete_table",
        lambda things: {"TableName": things.own["Ledger"]},
    ),
    call(
        "reads all of the ledger",
        "a partition at a time is what is needed",
        "dynamodb",
        "scan",
        lambda things: {"TableName": things.own["Ledger"]},
    ),
    call(
        "has the key be deleted",
        _PEOPLE,
        "kms",
        "schedule_key_deletion",
        lambda things: {"KeyId": things.own["Key"]},
    ),
    call(
        "uses the key without a queue or a table",
        "the key is for what is in queues, table, topic and logs",
        "kms",
        "generate_data_key",
        lambda things: {"KeyId": things.own["Key"], "KeySpec": "AES_256"},
    ),
    call(
        "changes a function",
        _PEOPLE,
        "lambda",
        "update_function_configuration",
        lambda things: {"FunctionName": things.own["AcceptEndpointConnections"], "Timeout": 1},
    ),
    call(
        "has a function run",
        "functions are started by queues, topic and AppConfig",
        "lambda",
        "invoke",
        lambda things: {"FunctionName": things.own["ValidateAllowlist"], "Payload": b"{}"},
    ),
    call(
        "tells the topic of a connection",
        "only endpoint services tell",
        "sns",
        "publish",
        lambda things: {"TopicArn": things.own["ConnectionNotificationTopic"], "Message": "{}"},
    ),
    call(
        "has itself told by the topic",
        _PEOPLE,
        "sns",
        "subscribe",
        lambda things: {
            "TopicArn": things.own["ConnectionNotificationTopic"],
            "Protocol": "sqs",
            "Endpoint": f"arn:aws:sqs:{REGION}:{STRANGER}:attack",
        },
    ),
    call(
        "empties a queue",
        _PEOPLE,
        "sqs",
        "purge_queue",
        lambda things: {"QueueUrl": things.queue_url("AcceptQueue")},
    ),
    call(
        "opens a queue to others",
        _PEOPLE,
        "sqs",
        "set_queue_attributes",
        lambda things: {
            "QueueUrl": things.queue_url("AcceptQueue"),
            "Attributes": {"VisibilityTimeout": "0"},
        },
    ),
    call(
        "lets another account put events",
        _PEOPLE,
        "events",
        "put_permission",
        lambda things: {
            "EventBusName": things.own["EventBus"],
            "Action": "events:PutEvents",
            "Principal": STRANGER,
            "StatementId": "attack",
        },
    ),
    call(
        "stops the sweeps",
        _PEOPLE,
        "scheduler",
        "delete_schedule",
        lambda things: {"Name": things.own["SweepSchedule"].rpartition("/")[2]},
    ),
    call(
        "takes alarms away",
        _PEOPLE,
        "cloudwatch",
        "delete_alarms",
        lambda things: {"AlarmNames": [things.own["CircuitBreakerAlarm"]]},
    ),
    call(
        "deletes logs",
        "what has been done stays known",
        "logs",
        "delete_log_group",
        lambda things: {"logGroupName": things.own["AcceptEndpointConnectionsLogs"]},
    ),
    call(
        "deletes the stack",
        _PEOPLE,
        "cloudformation",
        "delete_stack",
        lambda things: {"StackName": f"{STACK_NAME}{'-double' * (things.role != '')}"},
    ),
    call(
        "changes the policy of a role",
        _ITSELF,
        "iam",
        "put_role_policy",
        lambda things: {
            "RoleName": things.role or things.own["AcceptEndpointConnectionsRole"],
            "PolicyName": "attack",
            "PolicyDocument": _NOBODY,
        },
    ),
    call(
        "has a role trust somebody else",
        _ITSELF,
        "iam",
        "update_assume_role_policy",
        lambda things: {
            "RoleName": things.role or things.own["AcceptEndpointConnectionsRole"],
            "PolicyDocument": _NOBODY,
        },
    ),
    call("lists secrets", "there are none of ours", "secretsmanager", "list_secrets"),
    call("lists buckets", "there are none of ours", "s3", "list_buckets"),
)
