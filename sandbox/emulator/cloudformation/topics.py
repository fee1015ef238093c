"""SNS topics of a stack, with the key that ministack drops."""

from typing import Any

from ministack.services import sns

Properties = dict[str, Any]
Created = tuple[str, Properties]


def mend(known: dict[str, dict[str, Any]]) -> None:
    """Encrypt topics with the key that they name, and no others."""
    handlers = known["AWS::SNS::Topic"]
    create, update = handlers["create"], handlers["update"]

    def create_with_key(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created: Created = create(logical_id, properties, stack_name)
        _encrypt(created[0], properties)
        return created

    def update_with_key(
        arn: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        updated: Created = update(arn, old, new, stack_name, logical_id)
        _encrypt(updated[0], new)
        return updated

    handlers["create"] = create_with_key
    handlers["update"] = update_with_key


def _encrypt(arn: str, properties: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    attributes.pop("KmsMasterKeyId", None)
    if key := properties.get("KmsMasterKeyId"):
        attributes["KmsMasterKeyId"] = key
