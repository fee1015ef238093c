"""DynamoDB tables of a stack, with the settings that ministack drops."""

from typing import Any

from ministack.services import dynamodb

Properties = dict[str, Any]
Created = tuple[str, Properties]


def mend(known: dict[str, dict[str, Any]]) -> None:
    """Apply encryption, recovery and expiry to new tables, and keep protected ones."""
    handlers = known["AWS::DynamoDB::Table"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def create_with_settings(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created: Created = create(logical_id, properties, stack_name)
        _apply(created[0], {}, properties)
        return created

    def update_with_settings(
        name: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        updated: Created = update(name, old, new, stack_name, logical_id)
        _apply(updated[0], old if updated[0] == name else {}, new)
        return updated

    def delete_unless_protected(name: str, properties: Properties) -> None:
        if (dynamodb._tables.get(name) or {}).get("DeletionProtectionEnabled"):
            raise ValueError(f"table {name} is protected against deletion")
        delete(name, properties)

    handlers["create"] = create_with_settings
    handlers["update"] = update_with_settings
    handlers["delete"] = delete_unless_protected


def _apply(name: str, old: Properties, new: Properties) -> None:
    old, new = _as_parameters(old), _as_parameters(new)
    for setting, change in (
        ("SSESpecification", dynamodb._update_table),
        ("TimeToLiveSpecification", dynamodb._update_ttl),
        ("PointInTimeRecoverySpecification", dynamodb._update_continuous_backups),
    ):
        if new.get(setting) and new[setting] != old.get(setting):
            status, _headers, body = change({"TableName": name, setting: new[setting]})
            if status >= 400:  # noqa: PLR2004 - HTTP's first error
                raise ValueError(f"{setting} of {name}: {body!r}")


def _as_parameters(properties: Properties) -> Properties:
    """Return properties in the API's words: what CloudFormation calls SSEEnabled is Enabled."""
    encryption = dict(properties.get("SSESpecification") or {})
    if "SSEEnabled" in encryption:
        encryption["Enabled"] = str(encryption.pop("SSEEnabled")).lower() == "true"
    return properties | {"SSESpecification": encryption}
