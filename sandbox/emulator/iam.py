"""IAM in the sandbox: ministack evaluates the policies, on what AWS would evaluate them.

ministack asks four functions for each request, all of which are wrapped here: which action it is
(`extract_iam_action`), which resource it is about (`extract_resource_arn`), whether the caller may
(`enforce`), and how the service words a refusal (`access_denied_response`).
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator, responses

from sandbox.emulator import deciding
from sandbox.emulator.authorizations import Check, Request, app_config, checks
from sandbox.emulator.calls import CallRecord

_pending: Final[ContextVar[tuple[Check, ...]]] = ContextVar("checks to make", default=())
_refused: Final[ContextVar[Check | None]] = ContextVar("refused check", default=None)


def install(record: CallRecord) -> None:
    """Mend ministack's authorization and have each call and each decision written down."""
    deciding.install()
    _name_actions()
    _choose_resources()
    _ask_all(record)
    _word_refusals()


def _name_actions() -> None:
    find = iam_actions.extract_iam_action

    def extract_iam_action(
        service: str,
        method: str,
        path: str,
        *rest: Any,  # noqa: ANN401 - ministack's own
    ) -> str | None:
        # AppConfig's data API signs as AppConfig, among whose operations ministack then looks for
        # it in vain, and what has no action it allows.
        if service == "appconfig" and (action := app_config.data_action(method, path)):
            return action
        found: str | None = find(service, method, path, *rest)
        return found

    iam_actions.extract_iam_action = extract_iam_action


def _choose_resources() -> None:
    guess = iam_actions.extract_resource_arn

    def extract_resource_arn(  # noqa: PLR0913, PLR0917 - ministack's signature
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
        region: str,
        account_id: str,
    ) -> str:
        action = iam_actions.extract_iam_action(service, method, path, headers, body, query_params)
        request = Request(
            service=service,
            action=(action or "").partition(":")[2],
            parameters=query_params,
            body=body,
            account_id=account_id,
            region=region,
            guess=guess(service, method, path, headers, body, query_params, region, account_id),
        )
        found = checks(request)
        _pending.set(found)
        _refused.set(None)
        return found[0].resource_arn if found else request.guess

    iam_actions.extract_resource_arn = extract_resource_arn


def _ask_all(record: CallRecord) -> None:
    ask = iam_evaluator.enforce

    def enforce(  # noqa: PLR0913, PLR0917 - ministack's signature
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - None, or one of ministack's two refusals
        chosen = _pending.get() or (Check(iam_action, resource_arn),)
        _pending.set(())
        for check in chosen:
            keys = service_context if check.keys is None else check.keys
            with deciding.asking_identity():
                refusal = ask(
                    access_key_id,
                    check.action,
                    check.service or service,
                    region,
                    check.resource_arn,
                    dict(keys or {}),
                )
            record.note(
                account_id=responses.get_account_id(),
                principal_arn=iam_evaluator.caller_arn(),
                service=service,
                action=iam_action,
                resource_arn=check.resource_arn,
                refusal=_described(check, refusal),
            )
            if refusal:
                _refused.set(check)
                return refusal
        return None

    iam_evaluator.enforce = enforce


def _described(check: Check, refusal: object) -> str:
    if not refusal:
        return ""
    if isinstance(refusal, iam_evaluator.AuthError):
        return str(refusal.code)
    return f"{check.action} on {check.resource_arn}"


def _word_refusals() -> None:
    word = iam_actions.access_denied_response

    def access_denied_response(
        service: str,
        action: str,
        principal_arn: str,
        request_id: str,
        **details: Any,  # noqa: ANN401 - ministack's own
    ) -> Any:  # noqa: ANN401 - ministack's response tuple
        refused = _refused.get()
        if refused is not None and not details.get("error_code"):
            action = refused.action
            details["resource_arn"] = refused.resource_arn
        by_identity = not details.get("error_code") and not details.get("resource_policy_arn")
        if by_identity and not details.get("message"):
            preamble = "You are not authorized to perform this operation. "
            # Services name the resource, which ministack does for a few of them alone.
            details["message"] = (preamble if service == "ec2" else "") + (
                iam_actions.identity_denial_message(
                    action,
                    principal_arn,
                    details.get("resource_arn", "*"),
                    details.get("explicit_deny", False),
                )
            )
        return word(service, action, principal_arn, request_id, **details)

    iam_actions.access_denied_response = access_denied_response
