"""AppConfig's extensions that tell EventBridge of deployments: AWS's own, and ones made for it.

ministack knows none. CloudFormation makes and associates them:
https://docs.aws.amazon.com/appconfig/latest/userguide/working-with-appconfig-extensions-about-predefined-notification-eventbridge.html
https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-appconfig.html
"""

import json
from typing import Any, Final, NamedTuple

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import appconfig, eventbridge

Record = dict[str, Any]


class _Point(NamedTuple):
    """An action point: its name, the event's detail-type, and the type in its detail."""

    name: str
    detail_type: str
    type: str


# By ministack's entry in a deployment's log.
_POINTS: Final = {
    "DEPLOYMENT_STARTED": _Point("ON_DEPLOYMENT_START", "On Deployment Start", "OnDeploymentStart"),
    "BAKE_TIME_STARTED": _Point(
        "ON_DEPLOYMENT_BAKING", "On Deployment Baking", "OnDeploymentBaking"
    ),
    "DEPLOYMENT_COMPLETED": _Point(
        "ON_DEPLOYMENT_COMPLETE", "On Deployment Complete", "OnDeploymentComplete"
    ),
    "ROLLBACK_COMPLETED": _Point(
        "ON_DEPLOYMENT_ROLLED_BACK", "On Deployment Rollback", "OnDeploymentRolledBack"
    ),
}
_OF_AWS: Final = "AWS.AppConfig.DeploymentNotificationsToEventBridge"
_POINTS_OF_AWS: Final = frozenset(
    {"ON_DEPLOYMENT_START", "ON_DEPLOYMENT_COMPLETE", "ON_DEPLOYMENT_ROLLED_BACK"}
)

_extensions: Final = AccountRegionScopedDict()
_associations: Final = AccountRegionScopedDict()


def create_extension(
    _logical_id: str, properties: Record, _stack_name: str
) -> tuple[str, dict[str, Any]]:
    """Make an extension, all of whose actions go to the default event bus."""
    bus = f"arn:aws:events:{get_region()}:{get_account_id()}:event-bus/default"
    for point, actions in properties["Actions"].items():
        if point not in {known.name for known in _POINTS.values()}:
            raise ValueError(f"the sandbox knows no action point {point}")
        for action in actions:
            if action["Uri"] != bus:
                raise ValueError(f"the sandbox's extensions act on {bus}, not {action['Uri']}")
    extension_id = appconfig._gen_id()
    attributes = {
        "Id": extension_id,
        "Arn": f"arn:aws:appconfig:{get_region()}:{get_account_id()}:extension/{extension_id}/1",
        "VersionNumber": 1,
    }
    _extensions[extension_id] = {**attributes, "points": frozenset(properties["Actions"])}
    return extension_id, attributes


def delete_extension(physical_id: str, _properties: Record) -> None:
    """Remove an extension."""
    _extensions.pop(physical_id, None)


def associate(_logical_id: str, properties: Record, _stack_name: str) -> tuple[str, Record]:
    """Have an extension act on an application, an environment or a configuration profile."""
    named = properties["ExtensionIdentifier"]
    extension = _extensions.get(named)
    if named == _OF_AWS:
        arn = f"arn:aws:appconfig:{get_region()}::extension/{_OF_AWS}/1"
        extension = {"Arn": arn, "points": _POINTS_OF_AWS}
    if extension is None:
        raise ValueError(f"the sandbox knows no extension {named}")
    association_id = appconfig._gen_id()
    where = f"arn:aws:appconfig:{get_region()}:{get_account_id()}"
    attributes = {
        "Id": association_id,
        "Arn": f"{where}:extensionassociation/{association_id}",
        "ExtensionArn": extension["Arn"],
        "ResourceArn": properties["ResourceIdentifier"],
    }
    _associations[association_id] = {**attributes, "points": extension["points"]}
    return association_id, attributes


def dissociate(physical_id: str, _properties: Record) -> None:
    """Remove an association."""
    _associations.pop(physical_id, None)


def announce(record: Record, event_type: str) -> None:
    """Put one event for each association that covers the deployment at this point of it."""
    point = _POINTS.get(event_type)
    if point is None:
        return
    covered = {
        appconfig._app_arn(record["ApplicationId"]),
        appconfig._env_arn(record["ApplicationId"], record["EnvironmentId"]),
        appconfig._profile_arn(record["ApplicationId"], record["ConfigurationProfileId"]),
    }
    for association in list(_associations.values()):
        if association["ResourceArn"] in covered and point.name in association["points"]:
            entry = {
                "Source": "aws.appconfig",
                "DetailType": point.detail_type,
                "Resources": [association["Arn"]],
                "Detail": json.dumps(_detail(record, point)),
            }
            eventbridge._ensure_default_bus()
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _detail(record: Record, point: _Point) -> Record:
    application, environment, profile = (
        record["ApplicationId"],
        record["EnvironmentId"],
        record["ConfigurationProfileId"],
    )
    return {
        "InvocationId": new_uuid()[:7],
        "Parameters": {},
        "Type": point.type,
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
