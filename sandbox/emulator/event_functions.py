"""Functions as targets of rules: invoked asynchronously, if they let the rule invoke them.

ministack invokes once, without asking.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import get_account_id
from ministack.services import eventbridge, lambda_svc

from sandbox.emulator.service_principals import Deputy

_SERVICE = "events.amazonaws.com"


def deliver(function_arn: str, event: dict[str, Any], rule: dict[str, Any], view: Any) -> bool:  # noqa: ANN401 - ministack's
    """Invoke a function with an event; tell whether the rule may."""
    source_arn = rule.get("Arn", "")
    deputy = Deputy(
        service=_SERVICE,
        source_arn=source_arn,
        source_account=parse_arn(source_arn).account_id if source_arn else get_account_id(),
    )
    function, config, _ = lambda_svc._get_func_record_for_ref(function_arn)
    found = lambda_svc.function_policy_for_arn(function_arn)
    if not function or not deputy.may("lambda:InvokeFunction", function_arn, found and found[0]):
        return False
    record = lambda_svc._execution_record_for_config(function, config)
    whole = (view or eventbridge._pattern_event_view(event)).event_with_detail()
    lambda_svc.invoke_async_with_retry(record, whole)
    return True
