"""AWS services that act as themselves, for a resource of somebody: EventBridge for a rule.

What they act on has to let them, and so has the key that protects it. ministack asks neither for
most of them.
"""

from dataclasses import dataclass
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.iam_evaluator import EvalContext
from ministack.services import sns, sqs

from sandbox.emulator import deciding, encryption
from sandbox.emulator.encryption import Encryption


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """A service's own principal, and for which resource it acts; empty where it says nothing."""

    service: str
    source_arn: str = ""
    source_account: str = ""

    def may(
        self,
        action: str,
        resource_arn: str,
        policy: Any,  # noqa: ANN401 - text or a dictionary, as ministack keeps it
        keys: dict[str, str] | None = None,
    ) -> bool:
        """Tell whether the policy of a resource lets the service act on it."""
        return deciding.decide(
            "resource", policy, self._context(action, resource_arn, keys or {}), self.service
        )

    def may_use(self, key: Encryption | None, actions: tuple[str, ...]) -> bool:
        """Tell whether the service may use a key; what has none anybody may."""
        if key is None:
            return True
        if key.policy is None or not key.enabled:  # the policies of AWS's keys name no services
            return False
        return all(self.may(action, key.key_arn, key.policy, key.keys) for action in actions)

    def may_send(self, queue_arn: str) -> bool:
        """Tell whether the service may send messages to a queue."""
        found = sqs.queue_policy_for_arn(queue_arn)
        return (
            found is not None
            and self.may("sqs:SendMessage", queue_arn, found[0])
            and self.may_use(encryption.of_queue(queue_arn), encryption.SENDING)
        )

    def may_publish(self, topic_arn: str) -> bool:
        """Tell whether the service may publish to a topic."""
        found = sns.topic_policy_for_arn(topic_arn)
        return (
            found is not None
            and self.may("sns:Publish", topic_arn, found[0])
            and self.may_use(encryption.of_topic(topic_arn), encryption.SENDING)
        )

    def _context(self, action: str, resource_arn: str, keys: dict[str, str]) -> EvalContext:
        source = {"aws:sourcearn": self.source_arn, "aws:sourceaccount": self.source_account}
        return EvalContext(
            principal_arn="*",
            principal_type="Service",
            principal_account="",
            action=action,
            resource_arn=resource_arn,
            region=parse_arn(resource_arn).region,
            source_ip="",
            secure_transport=True,
            service_context={name: value for name, value in source.items() if value}
            | {name.lower(): value for name, value in keys.items()},
        )


def install() -> None:
    """Have SNS ask for its deliveries to queues what `Deputy` asks."""

    def may_send(queue_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        deputy = Deputy(service=service, source_arn=source_arn, source_account=source_account)
        return deputy.may_send(queue_arn)

    sqs.queue_policy_allows = may_send
