"""Whether what endpoint services say about their connections arrives."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from console.checks.check import Check, Question
from console.checks.topic_policy import ANYBODY, PUBLISHER, publishing_accounts
from console.deployed import DeployedStack
from console.gateways.topics import Subscription, Topics

_RESTORE: Final = (
    "Give the topic the policy that ConnectionNotificationTopicPolicy has in template.yaml."
)


def check_topic(topics: Topics, deployed: DeployedStack) -> tuple[Check, ...]:
    """Check who may publish to the topic, and that what is published is relayed."""
    topic_arn = deployed.accept.notification_topic_arn
    relay = deployed.physical_ids.get("RelayConnectionNotifications", "")
    policy = Question("hints/topic-policy", f"policy of topic {topic_arn.rpartition(':')[2]}")
    subscription = Question("hints/topic-subscription", "subscription of the relaying function")

    def look_at_policy() -> Iterator[Check]:
        yield check_policy(policy, topics.get_policy(topic_arn), deployed.account_id)

    def look_at_subscriptions() -> Iterator[Check]:
        yield check_subscriptions(subscription, topics.list_subscriptions(topic_arn), relay)

    return (*policy.answer(look_at_policy), *subscription.answer(look_at_subscriptions))


def check_policy(question: Question, policy: Mapping[str, Any], account_id: str) -> Check:
    """Check that endpoint services of this account may publish, and nobody else."""
    accounts = publishing_accounts(policy)
    if not accounts & {account_id, ANYBODY}:
        return question.problem(
            f"{PUBLISHER} may not publish, so that requests wait for the next sweep", _RESTORE
        )
    if accounts != {account_id}:
        return question.warning(
            f"{PUBLISHER} may publish for other accounts than {account_id}, too: they can have the"
            " functions look in vain",
            _RESTORE,
        )
    return question.ok(f"{PUBLISHER} may publish, for account {account_id} only")


def check_subscriptions(
    question: Question, subscriptions: Iterable[Subscription], relay: str
) -> Check:
    """Check that the function that relays notifications is told of them."""
    found = [each for each in subscriptions if each.endpoint.endswith(f":function:{relay}")]
    if any(each.is_confirmed for each in found):
        return question.ok(f"{relay} is subscribed")
    return question.problem(
        f"{relay or 'the function'} is not subscribed, so that requests wait for the next sweep",
        "Subscribe the function to the topic again, with the protocol lambda.",
    )
