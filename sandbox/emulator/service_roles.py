"""Whether a role lets an AWS service do something: events are delivered with roles, too."""

from ministack.core import iam_evaluator
from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.iam_evaluator import EvalContext
from ministack.services import iam

from sandbox.emulator import deciding
from sandbox.emulator.encryption import Encryption
from sandbox.emulator.scope import scope


def service_may(  # noqa: PLR0913 - the words of one sentence
    *, service: str, role_arn: str, source_arn: str, action: str, resource_arn: str, region: str
) -> bool:
    """Tell whether `service`, acting for `source_arn`, may assume the role and then do `action`."""
    return trusts(role_arn, service=service, source_arn=source_arn, region=region) and role_may(
        role_arn, action, resource_arn, region=region
    )


def trusts(role_arn: str, *, service: str, source_arn: str = "", region: str) -> bool:
    """Tell whether a role lets a service assume it; `source_arn` is empty if it says none."""
    try:
        address = parse_arn(role_arn)
    except ArnParseError:
        return False
    role = iam._roles.get_scoped(address.account_id, None, address.resource.rpartition("/")[2])
    if role is None:
        return False
    source = {"aws:sourcearn": source_arn, "aws:sourceaccount": address.account_id}
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=region,
        source_ip="",
        secure_transport=True,
        service_context=source if source_arn else {},
    )
    return deciding.decide("trust", role["AssumeRolePolicyDocument"], context, service)


def role_may(  # noqa: PLR0913 - the words of one sentence
    role_arn: str,
    action: str,
    resource_arn: str,
    *,
    region: str,
    session: str = "",
    keys: dict[str, str] | None = None,
) -> bool:
    """Tell whether a role may do something, by its own policies and by that of the resource."""
    account_id = parse_arn(role_arn).account_id
    name = role_arn.rpartition("/")[2]
    assumed = f"arn:aws:sts::{account_id}:assumed-role/{name}/{session}"
    context = EvalContext(
        principal_arn=assumed if session else role_arn,
        principal_type="AssumedRole",
        principal_account=account_id,
        action=action,
        resource_arn=resource_arn,
        region=region,
        source_ip="",
        secure_transport=True,
        service_context={key.lower(): value for key, value in (keys or {}).items()},
    )
    service = action.partition(":")[0]
    with scope(account_id, region):
        with deciding.asking_identity():
            decided = iam_evaluator.evaluate(
                context, iam_evaluator._gather_role_policies(name, account_id)
            )
        found = iam_evaluator._resource_policy(service, resource_arn)
        if found is not None:
            decided = iam_evaluator.combine_resource_policy(
                decided, context, *found, required=service in iam_evaluator._POLICY_REQUIRED
            )
    return bool(decided.decision == "Allow")


def role_may_use(
    role_arn: str,
    key: Encryption | None,
    actions: tuple[str, ...],
    *,
    region: str,
    session: str = "",
) -> bool:
    """Tell whether a role may use a key through the service that asks for it."""
    if key is None or key.policy is None:
        return True
    return key.enabled and all(
        role_may(role_arn, action, key.key_arn, region=region, session=session, keys=key.keys)
        for action in actions
    )
