"""AppConfig's deployments, which finish without being looked at and tell EventBridge about it.

ministack advances a deployment when somebody reads it, and knows no extensions. One is modelled
here, "AppConfig deployment events to Amazon EventBridge", which CloudFormation associates:
https://docs.aws.amazon.com/appconfig/latest/userguide/working-with-appconfig-extensions-about-predefined-notification-eventbridge.html
"""

import json
import threading
import time
from typing import Any, Final

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import appconfig, eventbridge
from ministack.services.cloudformation import provisioners

from sandbox.emulator.scope import scope

Record = dict[str, Any]

_EXTENSION: Final = "AWS.AppConfig.DeploymentNotificationsToEventBridge"
_TICK_SECONDS: Final = 0.5
# ministack's entry in a deployment's log: the event's detail-type, and the type in its detail.
_EVENTS: Final = {
    "DEPLOYMENT_STARTED": ("On Deployment Start", "OnDeploymentStart"),
    "DEPLOYMENT_COMPLETED": ("On Deployment Complete", "OnDeploymentComplete"),
    "ROLLBACK_COMPLETED": ("On Deployment Rollback", "OnDeploymentRolledBack"),
}

_associations: Final = AccountRegionScopedDict()
_advancing: Final = threading.RLock()


def install() -> None:
    """Advance deployments, announce them, and let CloudFormation associate the extension."""
    advance = appconfig._advance_deployment
    log_event = appconfig._add_deployment_event

    def advance_once(record: Record, now: float) -> None:
        with _advancing:  # a request and the clock must not both see it complete
            advance(record, now)

    def log_and_announce(record: Record, event_type: str, *details: Any) -> None:  # noqa: ANN401 - ministack's
        log_event(record, event_type, *details)
        if event_type in _EVENTS:
            _announce(record, event_type)

    appconfig._advance_deployment = advance_once
    appconfig._add_deployment_event = log_and_announce
    _announce_deployments_of_cloudformation()
    provisioners._RESOURCE_HANDLERS["AWS::AppConfig::ExtensionAssociation"] = {
        "create": _associate,
        "delete": lambda physical_id, _properties: _associations.pop(physical_id, None),
    }
    threading.Thread(target=_tick, name="appconfig-clock", daemon=True).start()


def _announce_deployments_of_cloudformation() -> None:
    """Announce a stack's deployment, too: ministack records it as complete, without a log."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::AppConfig::Deployment"]
    create = handlers["create"]

    def create_and_announce(logical_id: str, properties: Record, stack_name: str) -> Any:  # noqa: ANN401 - ministack's
        number, attributes = create(logical_id, properties, stack_name)
        key = f"{properties['ApplicationId']}/{properties['EnvironmentId']}/{number}"
        for event_type in ("DEPLOYMENT_STARTED", "DEPLOYMENT_COMPLETED"):
            _announce(appconfig._deployments[key], event_type)
        return number, attributes

    handlers["create"] = create_and_announce


def _associate(_logical_id: str, properties: Record, _stack_name: str) -> tuple[str, Record]:
    extension = properties["ExtensionIdentifier"]
    if extension != _EXTENSION:
        raise ValueError(f"the sandbox knows the extension {_EXTENSION}, not {extension}")
    association_id = appconfig._gen_id()
    where = f"arn:aws:appconfig:{get_region()}:{get_account_id()}"
    attributes = {
        "Id": association_id,
        "Arn": f"{where}:extensionassociation/{association_id}",
        "ExtensionArn": f"arn:aws:appconfig:{get_region()}::extension/{_EXTENSION}/1",
        "ResourceArn": properties["ResourceIdentifier"],
    }
    _associations[association_id] = attributes
    return association_id, attributes


def _announce(record: Record, event_type: str) -> None:
    """Put one event for each association that covers the deployment."""
    covered = {
        appconfig._app_arn(record["ApplicationId"]),
        appconfig._env_arn(record["ApplicationId"], record["EnvironmentId"]),
        appconfig._profile_arn(record["ApplicationId"], record["ConfigurationProfileId"]),
    }
    detail_type, _ = _EVENTS[event_type]
    for association in list(_associations.values()):
        if association["ResourceArn"] in covered:
            entry = {
                "Source": "aws.appconfig",
                "DetailType": detail_type,
                "Resources": [association["Arn"]],
                "Detail": json.dumps(_detail(record, event_type)),
            }
            eventbridge._ensure_default_bus()
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _detail(record: Record, event_type: str) -> Record:
    application, environment, profile = (
        record["ApplicationId"],
        record["EnvironmentId"],
        record["ConfigurationProfileId"],
    )
    return {
        "InvocationId": new_uuid()[:7],
        "Parameters": {},
        "Type": _EVENTS[event_type][1],
        "Application": _named(appconfig._applications, application, application),
        "Environment": _named(appconfig._environments, f"{application}/{environment}", environment),
        "ConfigurationProfile": _named(
            appconfig._config_profiles, f"{application}/{profile}", profile
        ),
        "DeploymentNumber": record["DeploymentNumber"],
        "ConfigurationVersion": str(record["ConfigurationVersion"]),
    }


def _named(records: Any, key: str, resource_id: str) -> Record:  # noqa: ANN401 - ministack's
    return {"Id": resource_id, "Name": (records.get(key) or {}).get("Name", "")}


def _tick() -> None:
    while True:
        time.sleep(_TICK_SECONDS)
        for (account_id, region, key), record in list(appconfig._deployments._data.items()):
            if record.get("State") in appconfig._IN_PROGRESS_STATES:
                with scope(account_id, region):
                    appconfig._refresh_environment(*key.split("/")[:2])
