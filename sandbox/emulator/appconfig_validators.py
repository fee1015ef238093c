"""AppConfig's validators: Lambda functions that are asked before a version is deployed.

ministack keeps them and does not ask. That a refusal is a BadRequestException with these members is
AWS's model of the API; its words are the sandbox's own.
https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-configuration-and-profile-validators.html
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ministack.core.responses import get_account_id
from ministack.services import appconfig, lambda_svc

from sandbox.emulator.service_principals import Deputy

Answer = tuple[int, dict[str, str], bytes]

_START: Final = re.compile(r"/applications/(?P<application>[^/]+)/environments/[^/]+/deployments")
_VALIDATE: Final = re.compile(
    r"/applications/(?P<application>[^/]+)/configurationprofiles/(?P<profile>[^/]+)/validators"
)


@dataclass(frozen=True, kw_only=True)
class _Version:
    """A version of a configuration that is to be validated."""

    application: str
    profile: str
    number: str

    @property
    def validators(self) -> list[dict[str, str]]:
        """The validators of the configuration profile; none if there is no such version."""
        key = f"{self.application}/{self.profile}"
        if f"{key}/{self.number}" not in appconfig._hosted_versions:
            return []
        return (appconfig._config_profiles.get(key) or {}).get("Validators") or []

    @property
    def event(self) -> dict[str, str]:
        """What a function is given."""
        key = f"{self.application}/{self.profile}/{self.number}"
        return {
            "applicationId": self.application,
            "configurationProfileId": self.profile,
            "configurationVersion": self.number,
            "content": b64encode(appconfig._hosted_versions[key]["Content"]).decode(),
            "uri": "hosted",
        }


def install() -> None:
    """Have validators asked by StartDeployment and ValidateConfiguration."""
    serve = appconfig.handle_request

    async def handle_request(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Any:  # noqa: ANN401 - ministack's
        version = _version(path, body, query_params) if method == "POST" else None
        if version is not None and (refusal := await _validate(version)):
            return refusal
        if version is not None and _VALIDATE.fullmatch(path):
            return 204, {}, b""
        return await serve(method, path, headers, body, query_params)

    appconfig.handle_request = handle_request


def _version(path: str, body: bytes, query_params: Mapping[str, list[str]]) -> _Version | None:
    """Return what a request wants validated, None for any other request."""
    if match := _START.fullmatch(path):
        asked = json.loads(body or b"{}")
        return _Version(
            application=match["application"],
            profile=asked.get("ConfigurationProfileId", ""),
            number=asked.get("ConfigurationVersion", ""),
        )
    if match := _VALIDATE.fullmatch(path):
        (number,) = query_params["configuration_version"]
        return _Version(**match.groupdict(), number=number)
    return None


async def _validate(version: _Version) -> Answer | None:
    """Ask the validators in turn; return the refusal of the first that does not agree."""
    for validator in version.validators:
        if validator["Type"] != "LAMBDA":
            return _refusal(validator, f"the sandbox knows no validators of {validator['Type']}")
        if not _may_invoke(validator["Content"], version):
            return _refusal(validator, "AppConfig is not allowed to invoke the function")
        if error := await _invoke(validator["Content"], version):
            return _refusal(validator, error)
    return None


def _may_invoke(function_arn: str, version: _Version) -> bool:
    found = lambda_svc.function_policy_for_arn(function_arn)
    deputy = Deputy(
        service="appconfig.amazonaws.com",
        source_arn=appconfig._profile_arn(version.application, version.profile),
        source_account=get_account_id(),
    )
    return deputy.may("lambda:InvokeFunction", function_arn, found[0] if found else None)


async def _invoke(function_arn: str, version: _Version) -> str:
    """Return what the function raises, "" if it raises nothing."""
    name = lambda_svc._resolve_request_scoped_name(function_arn)
    status, headers, body = await lambda_svc._invoke(name, version.event, {})
    if status == 200 and "X-Amz-Function-Error" not in headers:  # noqa: PLR2004 - of HTTP
        return ""
    raised: Mapping[str, Any] = json.loads(body)
    return str(raised.get("errorMessage") or raised)


def _refusal(validator: Mapping[str, str], reason: str) -> Answer:
    message = f"Error invoking validator {validator['Content']}: {reason}"
    document = {
        "__type": "BadRequestException",
        "Message": message,
        "Reason": "InvalidConfiguration",
        "Details": {"InvalidConfiguration": [{"Type": validator["Type"], "Reason": reason}]},
    }
    headers = {"Content-Type": "application/json", "x-amzn-errortype": "BadRequestException"}
    return 400, headers, json.dumps(document).encode()
