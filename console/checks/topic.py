"""Whether what endpoint services say about their connections arrives."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from console.checks.check import Check, Question
from console.deployed import DeployedStack
from console.gateways.topics import Subscription, Topics

_PUBLISHER: Final = "vpce.amazonaws.com"
_PUBLISHES: Final = frozenset({"sns:publish", "sns:*", "*"})
_RESTORE: Final = (
    "Give the topic the policy that ConnectionNotificationTopicPolicy has in template.yaml."
)


def check_topic(topics: Topics, deployed: DeployedStack) -> tuple[Check, ...]:
    """Check who may publish to the topic, and that what is published is relayed."""
    topic_arn = deployed.accept.notification_topic_arn
    relay = deployed.physical_ids.get("RelayConnectionNotifications", "")
    policy = Question("hints/topic-policy", f"policy of topic {_name(topic_arn)}")
    subscription = Question("hints/topic-subscription", "subscription of the relaying function")

    def look_at_policy() -> Iterator[Check]:
        yield check_policy(policy, topics.get_policy(topic_arn), deployed.account_id)

    def look_at_subscriptions() -> Iterator[Check]:
        yield check_subscriptions(subscription, topics.list_subscriptions(topic_arn), relay)

    return (*policy.answer(look_at_policy), *subscription.answer(look_at_subscriptions))


def check_policy(question: Question, policy: Mapping[str, Any], account_id: str) -> Check:
    """Check that endpoint services of this account may publish, and nobody else.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
    """
    statements = [each for each in _listed(policy.get("Statement")) if _is_about(each)]
    denied = any(each["Effect"] == "Deny" and not each.get("Condition") for each in statements)
    allowing = [each for each in statements if each["Effect"] == "Allow"]
    if denied or not allowing:
        return question.problem(
            f"{_PUBLISHER} may not publish, so that requests wait for the next sweep", _RESTORE
        )
    if not all(_is_limited(each, account_id) for each in allowing):
        return question.warning(
            f"{_PUBLISHER} may publish for other accounts than {account_id}, too: they can have"
            " the functions look in vain",
            _RESTORE,
        )
    return question.ok(f"{_PUBLISHER} may publish, for account {account_id} only")


def check_subscriptions(
    question: Question, subscriptions: Iterable[Subscription], relay: str
) -> Check:
    """Check that the function that relays notifications is told of them."""
    found = [each for each in subscriptions if each.endpoint.endswith(f":function:{relay}")]
    if any(each.is_confirmed for each in found):
        return question.ok(f"{relay} is subscribed")
    return question.problem(
        f"{relay or 'the function'} is not subscribed, so that requests wait for the next sweep",
        "Subscribe the function to the topic again: delete what stands in its place, and deploy.",
    )


def _is_about(statement: Mapping[str, Any]) -> bool:
    """Whether a statement is about the publishing of endpoint services."""
    principal = statement.get("Principal", "")
    named = ["*"] if principal == "*" else _listed_values(principal)
    actions = {str(action).lower() for action in _listed(statement.get("Action"))}
    return bool({"*", _PUBLISHER}.intersection(named) and actions & _PUBLISHES)


def _is_limited(statement: Mapping[str, Any], account_id: str) -> bool:
    """Whether a statement counts for sources of one account only."""
    keys = {
        key.lower(): _listed(value)
        for operator, conditions in statement.get("Condition", {}).items()
        if operator in {"StringEquals", "ArnLike", "ArnEquals"}
        for key, value in conditions.items()
    }
    accounts = keys.get("aws:sourceaccount", [])
    arns = keys.get("aws:sourcearn", [])
    owners = {*accounts, *(arn.split(":")[4] for arn in arns if arn.count(":") >= 5)}  # noqa: PLR2004 - an ARN's parts
    return owners == {account_id}


def _listed(value: Any) -> Sequence[Any]:  # noqa: ANN401 - a policy's one or many
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _listed_values(principal: Mapping[str, Any]) -> Sequence[Any]:
    return [each for value in principal.values() for each in _listed(value)]


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
