"""AppConfig's deployments, which finish without being looked at and tell EventBridge about it.

ministack advances a deployment when somebody reads it, and knows neither extensions nor validators:
these are in `appconfig_extensions` and `appconfig_validators`.
"""

import json
import sys
import threading
import time
from http import HTTPStatus
from typing import Any, Final

from ministack.services import appconfig
from ministack.services.cloudformation import provisioners

from sandbox.emulator import appconfig_extensions as extensions
from sandbox.emulator import appconfig_validators as validators
from sandbox.emulator.scope import scope

Record = dict[str, Any]

_TICK_SECONDS: Final = 0.5
_PAGE: Final = 50

_list_all_deployments: Final = appconfig._list_deployments

_advancing: Final = threading.RLock()


def install() -> None:
    """Advance, announce and validate deployments, and let CloudFormation make extensions."""
    advance = appconfig._advance_deployment
    log_event = appconfig._add_deployment_event

    def advance_once(record: Record, now: float) -> None:
        with _advancing:  # a request and the clock must not both see it complete
            advance(record, now)

    def log_and_announce(record: Record, event_type: str, *details: Any) -> None:  # noqa: ANN401 - ministack's
        log_event(record, event_type, *details)
        extensions.announce(record, event_type)

    appconfig._advance_deployment = advance_once
    appconfig._add_deployment_event = log_and_announce
    appconfig._list_deployments = _list_deployments
    validators.install()
    _announce_deployments_of_cloudformation()
    provisioners._RESOURCE_HANDLERS["AWS::AppConfig::Extension"] = {
        "create": extensions.create_extension,
        "delete": extensions.delete_extension,
    }
    provisioners._RESOURCE_HANDLERS["AWS::AppConfig::ExtensionAssociation"] = {
        "create": extensions.associate,
        "delete": extensions.dissociate,
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
            extensions.announce(appconfig._deployments[key], event_type)
        return number, attributes

    handlers["create"] = create_and_announce


def _list_deployments(application_id: str, environment_id: str, query: dict[str, str]) -> Any:  # noqa: ANN401 - ministack's
    """List the newest first, and in pages: ministack leaves out what does not fit on the first."""
    everything = {"max_results": str(sys.maxsize)}
    status, headers, body = _list_all_deployments(application_id, environment_id, everything)
    if status != HTTPStatus.OK:
        return status, headers, body
    items = json.loads(body)["Items"][::-1]
    start, size = int(query.get("next_token", "0")), int(query.get("max_results", _PAGE))
    answer: Record = {"Items": items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return status, headers, json.dumps(answer).encode()


def _tick() -> None:
    while True:
        time.sleep(_TICK_SECONDS)
        for (account_id, region, key), record in list(appconfig._deployments._data.items()):
            if record.get("State") in appconfig._IN_PROGRESS_STATES:
                with scope(account_id, region):
                    appconfig._refresh_environment(*key.split("/")[:2])
