"""Evaluates one policy document for one decision, as the sandbox does that enforces it.

So a test can ask about documents that are not deployed.
"""

from collections.abc import Mapping
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext

from sandbox.emulator.decisions import Decision, Values

Document = Mapping[str, Any]

# The keys that ministack works out itself, whatever else is at hand.
_WORKED_OUT: Final = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:TagKeys",
)
# AWS's spelling of condition keys, whose case does not matter to IAM and is lost in ministack.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_SPELT: Final = {
    key.lower(): key
    for key in (
        *_WORKED_OUT,
        "aws:MultiFactorAuthPresent",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOwner",
        "ec2:CreateAction",
        "ec2:Region",
        "events:eventBusInvocation",
        "kms:CallerAccount",
        "kms:ViaService",
        "sts:ExternalId",
        "ssm:Overwrite",
        "ssm:Policies",
        "sts:RoleSessionName",
    )
}
_SPELT_PREFIXES: Final = (
    "aws:PrincipalTag/",
    "aws:RequestTag/",
    "aws:ResourceTag/",
    "ec2:ResourceTag/",
    "kms:EncryptionContext:",
)
# What differs from call to call, and would make every decision a distinct one.
_OF_THE_MOMENT: Final = ("aws:tokenissuetime", "dynamodb:")


def permits(document: Document, decision: Decision) -> bool:
    """Tell whether a policy of the decision's kind allows what the decision is about.

    Of several policies that narrow each other this is one: an account's own principals need no
    statement in the policy of a queue, but none may deny, see `denies`.
    """
    return evaluated(document, decision) == "Allow"


def denies(document: Document, decision: Decision) -> bool:
    """Tell whether a policy of the decision's kind denies it, whatever others allow."""
    return evaluated(document, decision) == "Deny"


def evaluated(document: Document, decision: Decision) -> str:
    """Return "Allow", "Deny", or "ImplicitDeny" if no statement is about the decision."""
    context = _context(decision)
    if decision.kind in {"identity", "session"}:
        policies = [iam_evaluator.parse_policy_document(dict(document))]
        return str(iam_evaluator.evaluate(context, policies).decision)
    service = "" if decision.principal.startswith("arn:") else decision.principal
    return str(
        iam_evaluator.evaluate_resource_policy(
            dict(document), context, service=service or None
        ).decision
    )


def keys_at_hand(context: EvalContext) -> dict[str, Values]:
    """Return the condition keys of an evaluation with their values."""
    found: dict[str, Values] = {}
    names = (*context.service_context, *context.principal_keys, *_request_tags(context))
    for name in (*_WORKED_OUT, *names):
        value = iam_evaluator._resolve_condition_key(name, context)
        if value in (None, "", []) or name.lower().startswith(_OF_THE_MOMENT):
            continue
        plural = isinstance(value, list | tuple)
        found[_spelt(name)] = tuple(map(str, value)) if plural else str(value)
    return found


def caller(principal_arn: str) -> tuple[str, str]:
    """Return the ARN of the role of a session, and the session's name; others have none."""
    service, _, resource = principal_arn.partition(":assumed-role/")
    if not resource:
        return principal_arn, ""
    name, _, session = resource.partition("/")
    return f"{service.replace(':sts:', ':iam:')}:role/{name}", session


def _context(decision: Decision) -> EvalContext:
    keys = {name.lower(): value for name, value in decision.keys.items()}
    listed = {name: list(v) if isinstance(v, tuple) else v for name, v in keys.items()}
    return EvalContext(
        principal_arn=_principal_arn(decision),
        principal_type=str(keys.get("aws:principaltype", "")),
        principal_account=str(keys.get("aws:principalaccount", "")),
        action=decision.action,
        resource_arn=decision.resource_arn,
        region=str(keys.get("aws:requestedregion", "")),
        source_ip=str(keys.get("aws:sourceip", "")),
        secure_transport=keys.get("aws:securetransport") == "true",
        service_context={"aws:tagkeys": None} | listed,
    )


def _principal_arn(decision: Decision) -> str:
    if not decision.principal.startswith("arn:"):
        return "*"  # what ministack calls a service's own principal
    if not decision.session:
        return decision.principal
    account, _, name = decision.principal.partition(":role/")
    return f"{account.replace(':iam:', ':sts:')}:assumed-role/{name}/{decision.session}"


def _request_tags(context: EvalContext) -> list[str]:
    return [f"aws:RequestTag/{name}" for name in context.request_tags]


def _spelt(name: str) -> str:
    lowered = name.lower()
    for prefix in _SPELT_PREFIXES:
        if lowered.startswith(prefix.lower()):
            return prefix + name[len(prefix) :]
    return _SPELT.get(lowered, name)
