"""Encrypted log groups: CloudWatch Logs itself has to be let use the key.

Which of the permissions that it documents it uses when is not documented; here it describes a key
that it is told of, and decrypts for whoever may read. `function_roles` has it encrypt.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, get_region
from ministack.services import cloudwatch_logs
from ministack.services.cloudformation import provisioners

from sandbox.emulator import encryption
from sandbox.emulator.service_principals import Deputy

Request = dict[str, Any]
Answer = Any  # ministack's response tuple


def install() -> None:
    """Have a key asked when a group is made with it, and when the group is read."""
    for name in ("_filter_log_events", "_get_log_events"):
        setattr(cloudwatch_logs, name, _reading(getattr(cloudwatch_logs, name)))
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Logs::LogGroup"]
    create = handlers["create"]

    def create_if_key_allows(logical_id: str, properties: Request, stack_name: str) -> Any:  # noqa: ANN401 - ministack's
        created = create(logical_id, properties, stack_name)
        if not _may(created[0], "kms:DescribeKey"):
            del cloudwatch_logs._log_groups[created[0]]
            key = properties["KmsKeyId"]
            raise ValueError(f"the key {key} is not allowed to be used with {created[1]['Arn']}")
        return created

    handlers["create"] = create_if_key_allows


def _reading(read: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    def read_if_key_allows(data: Request) -> Answer:
        group = cloudwatch_logs._resolve_log_group_name(data)
        if not _may(group, encryption.DECRYPT):
            refusal = "CloudWatch Logs is not allowed to decrypt with the key of the log group."
            return error_response_json("AccessDeniedException", refusal, 400)
        return read(data)

    return read_if_key_allows


def _may(group: str, action: str) -> bool:
    logs = Deputy(service=f"logs.{get_region()}.amazonaws.com")
    return logs.may_use(encryption.of_log_group(group), (action,))
