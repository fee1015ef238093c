"""What the functions did, in the words of a rehearsal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from console.rehearsal.deeds import DeedKind
from sandbox.accounts import PROVIDER, REGION
from sandbox.in_process.wire import Call
from tests.lifecycle import views

type Performed = tuple[str, DeedKind, str, str]
"""Account and Region, kind, subject and value."""
type Rules = Mapping[str, str]
"""What each rule lets in, by its id."""

_PROVIDERS: Final = f"{PROVIDER}/{REGION}"


def rules_by_id() -> Rules:
    """Return all inbound rules as they are now, by id."""
    return {
        rule.rule_id: f"{rule.ingress.cidr} on {rule.ingress.protocol}/{rule.ingress.port}"
        for place in views.places()
        for group in views.groups(place).values()
        for rule in views.rules(group)
    }


def performed(calls: Sequence[Call], rules: Rules) -> list[Performed]:
    """Return what calls changed; `rules` are those before."""
    return sorted(
        (f"{call.account_id}/{call.region}", *deed)
        for call in calls
        if call.operation in _READERS
        for deed in _READERS[call.operation](call.params, rules)
    )


def _accept(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    for each in params["VpcEndpointIds"]:
        yield DeedKind.ACCEPT_CONNECTION, each, ""


def _reject(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    for each in params["VpcEndpointIds"]:
        yield DeedKind.REJECT_CONNECTION, each, ""


def _notify(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    yield DeedKind.CREATE_NOTIFICATION, params["ServiceId"], ""


def _renotify(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    yield DeedKind.MODIFY_NOTIFICATION, params["ConnectionNotificationId"], ""


def _permit(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    for kind, name in (
        (DeedKind.ALLOW_PRINCIPAL, "AddAllowedPrincipals"),
        (DeedKind.REMOVE_PRINCIPAL, "RemoveAllowedPrincipals"),
    ):
        for arn in params.get(name, ()):
            yield kind, arn.split(":")[4], ""


def _authorize(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    for each in params["IpPermissions"]:
        (source,) = each.get("IpRanges") or each.get("Ipv6Ranges")
        cidr = source.get("CidrIp") or source.get("CidrIpv6")
        value = f"{cidr} on {each['IpProtocol']}/{each['FromPort']}"
        yield DeedKind.AUTHORIZE_INGRESS, params["GroupId"], value


def _revoke(params: Mapping[str, Any], rules: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    for rule_id in params["SecurityGroupRuleIds"]:
        yield DeedKind.REVOKE_INGRESS, params["GroupId"], rules[rule_id]


def _put(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    overwrite = params.get("Overwrite", False)
    kind = DeedKind.OVERWRITE_PARAMETER if overwrite else DeedKind.CREATE_PARAMETER
    yield kind, params["Name"], params["Value"]


def _delete(params: Mapping[str, Any], _: Rules) -> Iterator[tuple[DeedKind, str, str]]:
    for name in params["Names"]:
        yield DeedKind.DELETE_PARAMETER, name, ""


_READERS: Final[Mapping[str, Callable[..., Iterator[tuple[DeedKind, str, str]]]]] = {
    "AcceptVpcEndpointConnections": _accept,
    "RejectVpcEndpointConnections": _reject,
    "CreateVpcEndpointConnectionNotification": _notify,
    "ModifyVpcEndpointConnectionNotification": _renotify,
    "ModifyVpcEndpointServicePermissions": _permit,
    "AuthorizeSecurityGroupIngress": _authorize,
    "RevokeSecurityGroupIngress": _revoke,
    "PutParameter": _put,
    "DeleteParameters": _delete,
}
