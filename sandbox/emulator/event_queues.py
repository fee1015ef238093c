"""Queues as targets of rules and schedules, and for what could not be delivered to a target.

ministack sends without asking, and knows no dead-letter queues of targets. On AWS a queue's policy
admits a rule, and a schedule has a role; what either may not deliver is dead at once:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import get_account_id

from sandbox.emulator import encryption
from sandbox.emulator.service_principals import Deputy
from sandbox.emulator.service_roles import role_may_use, service_may

Target = dict[str, Any]
Rule = dict[str, Any]

_SCHEDULER = "scheduler.amazonaws.com"


def admits(queue_arn: str, target: Target, rule: Rule) -> bool:
    """Tell whether a rule, or a schedule, may send messages to a queue."""
    source_arn = rule.get("Arn", "")
    if ":scheduler:" not in source_arn:
        deputy = Deputy(
            service="events.amazonaws.com", source_arn=source_arn, source_account=get_account_id()
        )
        return deputy.may_send(queue_arn)
    region, role_arn = parse_arn(queue_arn).region, target.get("RoleArn", "")
    return service_may(
        service=_SCHEDULER,
        role_arn=role_arn,
        source_arn=source_arn,
        action="sqs:SendMessage",
        resource_arn=queue_arn,
        region=region,
    ) and role_may_use(role_arn, encryption.of_queue(queue_arn), encryption.SENDING, region=region)


def bury(target: Target, rule: Rule, send: Callable[[Target], object]) -> bool:
    """Send what a target did not get to its dead-letter queue, if it has one that admits it."""
    queue_arn = (target.get("DeadLetterConfig") or {}).get("Arn", "")
    try:
        parse_arn(queue_arn)
    except ArnParseError:
        return False
    if not admits(queue_arn, target, rule):
        return False
    send({"Id": target.get("Id", ""), "Arn": queue_arn})
    return True
