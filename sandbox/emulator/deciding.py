"""Has every decision about a permission written down; some, ministack takes otherwise than AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import replace
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext, EvalResult
from ministack.core.responses import get_account_id

from sandbox.emulator import policies
from sandbox.emulator.decisions import DECISIONS, Decision, Kind

_HTTPS: Final = ("127.0.0.1", True)
# ministack evaluates the caller's policies first, and then asks the resource's with the same words.
_first: Final[ContextVar[bool]] = ContextVar(
    "the next evaluation is of the caller's", default=False
)


def install() -> None:
    """Have each decision of ministack's evaluator written down."""
    # AWS services speak TLS with each other. What callers speak, `control.Doors` says.
    iam_evaluator._request_origin = ContextVar("origin of a request", default=_HTTPS)
    _record_identity()
    _record_resources()
    _record_trust()


@contextmanager
def asking_identity() -> Iterator[None]:
    """Take the first evaluation within the block for one of the caller's own policies."""
    _first.set(True)
    try:
        yield
    finally:
        _first.set(False)  # a root's policies are not asked


def decide(
    kind: Kind,
    document: Any,  # noqa: ANN401 - a policy as ministack keeps it: text or a dictionary
    context: EvalContext,
    service: str = "",
) -> bool:
    """Ask a resource's policy, or a trust policy, on behalf of a principal or an AWS service."""
    result = iam_evaluator.evaluate_resource_policy(document, context, service=service or None)
    allowed = bool(result.decision == "Allow")
    DECISIONS.note(described(kind, context, allowed=allowed, service=service))
    return allowed


def described(kind: Kind, context: EvalContext, *, allowed: bool, service: str = "") -> Decision:
    """Return an evaluation of ministack as a decision."""
    principal, session = policies.caller(service or context.principal_arn)
    return Decision(
        kind=kind,
        principal=principal,
        session=session,
        action=context.action,
        resource_arn=context.resource_arn,
        keys=policies.keys_at_hand(context),
        allowed=allowed,
    )


def _record_identity() -> None:
    evaluate = iam_evaluator.evaluate

    def evaluate_and_record(
        context: EvalContext,
        of_the_caller: Any,  # noqa: ANN401 - ministack's parsed statements
        *limits: Any,  # noqa: ANN401 - of session policies and boundaries
    ) -> EvalResult:
        if _first.get():
            _first.set(False)
            asked: tuple[tuple[Kind, Any], ...] = (
                ("identity", of_the_caller),
                *(("session", limit) for limit in limits),
            )
            for kind, statements in asked:
                allowed = evaluate(context, statements).decision == "Allow"
                DECISIONS.note(described(kind, context, allowed=allowed))
        return evaluate(context, of_the_caller, *limits)

    iam_evaluator.evaluate = evaluate_and_record


def _record_resources() -> None:
    """Record what the policies of resources decide.

    They do not decide about principals of their own account, who need nothing but their own
    policies: unless they deny, or it is a key's, which every caller needs.
    """
    combine = iam_evaluator.combine_resource_policy
    allows = iam_evaluator.resource_policy_allows

    def note(policy: Any, context: EvalContext, *, always: bool) -> None:  # noqa: ANN401 - as above
        decision = iam_evaluator.evaluate_resource_policy(policy, context).decision
        if always or decision == "Deny":
            DECISIONS.note(described("resource", context, allowed=decision == "Allow"))

    def combine_resource_policy(  # noqa: PLR0913, PLR0917 - ministack's signature
        identity: EvalResult,
        context: EvalContext,
        policy: Any,  # noqa: ANN401 - as above
        owner_account: str | None,
        required: bool = False,  # noqa: FBT001, FBT002 - ministack's signature
        limits: tuple[Any, ...] = (),
    ) -> EvalResult:
        owner_account = iam_evaluator._account_from_arn(context.resource_arn) or owner_account
        is_foreign = owner_account not in {None, context.principal_account}
        note(policy, context, always=required or is_foreign)
        return combine(identity, context, policy, owner_account, required, limits)

    def resource_policy_allows(policy: Any, context: EvalContext, same_account: bool) -> bool:  # noqa: ANN401, FBT001 - ministack's signature
        note(policy, context, always=not same_account)
        return bool(allows(policy, context, same_account))

    iam_evaluator.combine_resource_policy = combine_resource_policy
    iam_evaluator.resource_policy_allows = resource_policy_allows


def _record_trust() -> None:
    trusts = iam_evaluator.evaluate_trust_policy

    def evaluate_trust_policy(
        document: Any,  # noqa: ANN401 - as above
        caller_arn: str,
        context: EvalContext | None = None,
    ) -> bool:
        if context is None or context.action == "sts:AssumeRoleWithWebIdentity":
            return bool(trusts(document, caller_arn, context))
        # ministack lets an account's root pass for a service; on AWS it is nobody's service.
        if not context.principal_account:
            context = replace(context, principal_account=get_account_id())
        return decide("trust", document, context)

    iam_evaluator.evaluate_trust_policy = evaluate_trust_policy
