"""What CloudTrail tells EventBridge about calls that make, change or delete VPC endpoints.

The event goes to the default bus of the account that made the call. Its JSON is how CloudTrail
reads EC2's XML, with all oddities: a set is "" when empty, {"item": {…}} with one member, and
{"item": [{…}, …]} with more; and what looks like a number or a boolean is one: an account id, too.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import xmltodict  # type: ignore[import-untyped]  # it ships no types
from ministack.services import eventbridge

from sandbox.emulator import gateway
from sandbox.emulator.gateway import Exchange
from sandbox.emulator.scope import scope

Json = dict[str, Any]

_ACTIONS: Final = ("CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints")
_NOT_PARAMETERS: Final = ("Action", "Version")
# What EC2 writes of an endpoint even if there is nothing to say, where moto writes nothing.
_ENDPOINT: Final[Json] = {
    "dnsEntrySet": "",
    "groupSet": "",
    "networkInterfaceIdSet": "",
    "requesterManaged": False,
    "routeTableIdSet": "",
    "subnetIdSet": "",
    "tagSet": "",
}
_CLIENT_ERROR: Final = 400
_SERVER_ERROR: Final = 500

_log = logging.getLogger(__name__)


def install() -> None:
    """Record the calls from now on."""
    gateway.observe(_record)


def _record(exchange: Exchange) -> None:
    if exchange.action not in _ACTIONS:
        return
    entry = {
        "Source": "aws.ec2",
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(record(exchange)),
    }
    with scope(exchange.account_id, exchange.region):
        eventbridge._ensure_default_bus()
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def record(exchange: Exchange) -> Json:
    """Return the CloudTrail record of an EC2 request and its answer."""
    answer = xmltodict.parse(exchange.body)
    failed = exchange.status >= _CLIENT_ERROR
    request_id = _request_id(answer)
    return {
        "eventVersion": "1.10",
        "userIdentity": _identity(exchange),
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": exchange.action,
        "awsRegion": exchange.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "sandbox",
        "requestParameters": {f"{exchange.action}Request": _request(exchange)},
        "responseElements": None if failed else _response(answer),
        "requestID": request_id,
        "eventID": str(uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": exchange.account_id,
        "eventCategory": "Management",
    } | (_error(exchange.status, answer) if failed else {})


def _request_id(answer: Json) -> str:
    content = next(iter(answer.values()))
    return str(content.get("requestId") or content.get("RequestID") or uuid4())


def _error(status: int, answer: Json) -> Json:
    """Return the error as CloudTrail words EC2's: with the side at fault before its code."""
    error = answer["Response"]["Errors"]["Error"]
    side = "Server" if status >= _SERVER_ERROR else "Client"
    return {"errorCode": f"{side}.{error['Code']}", "errorMessage": error.get("Message") or ""}


def _identity(exchange: Exchange) -> Json:
    """Return who called: the account's root, or a session of one of its roles."""
    arn = exchange.principal_arn
    caller: Json = {"arn": arn, "accountId": exchange.account_id}
    if ":assumed-role/" not in arn:
        is_root = arn.endswith(":root")
        kind = "Root" if is_root else "IAMUser"
        return {"type": kind, "principalId": exchange.account_id, **caller}
    role = arn.split("/")[1]
    issuer = {
        "type": "Role",
        "arn": f"arn:aws:iam::{exchange.account_id}:role/{role}",
        "accountId": exchange.account_id,
        "userName": role,
    }
    return {"type": "AssumedRole", **caller, "sessionContext": {"sessionIssuer": issuer}}


def _request(exchange: Exchange) -> Json:
    """Return the form's flat parameters as the tree that CloudTrail makes of them."""
    tree: Json = {}
    for name, text in exchange.parameters.items():
        if name not in _NOT_PARAMETERS:
            _place(tree, name.split("."), text)
    numbered = _numbered(tree)
    assert isinstance(numbered, dict)
    return numbered


def _place(tree: Json, path: list[str], text: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = _scalar(text)


def _numbered(tree: Any) -> Any:  # noqa: ANN401 - JSON
    """Fold `{"SubnetId": {"1": …}}` into `{"SubnetId": {"tag": 1, …}}`, several into a list."""
    if not isinstance(tree, dict):
        return tree
    if not tree or not all(key.isdigit() for key in tree):
        return {key: _numbered(value) for key, value in tree.items()}
    members = []
    for number, value in sorted(tree.items(), key=lambda item: int(item[0])):
        content = _numbered(value)
        member = content if isinstance(content, dict) else {"content": content}
        members.append({**member, "tag": int(number)})
    return members[0] if len(members) == 1 else members


def _response(answer: Json) -> Json:
    elements: Json = _plain(answer)
    for content in elements.values():
        if "vpcEndpoint" in content:
            content["vpcEndpoint"] = _ENDPOINT | content["vpcEndpoint"]
    return elements


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return parsed XML as CloudTrail's JSON."""
    if isinstance(value, dict):
        return {name.removeprefix("@"): _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return "" if value is None else _scalar(value)


def _scalar(text: str) -> str | int | bool:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.isdigit() else text
