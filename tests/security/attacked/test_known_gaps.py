"""What IAM cannot refuse, shown as it is, with what holds it instead."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from policy_sentry.querying.actions import get_action_data

from sandbox.accounts import CONSUMER
from sandbox.process import Client
from sandbox.walkthrough import Walkthrough
from tests.contract.stack import resources
from tests.security.attacked.consumers_things import (
    OPT_IN,
    OURS,
    OWNER,
    ConsumersThings,
    clear_away,
    lay_out,
    opening,
    tag_list,
)
from tests.security.attacked.intruders import Intruders
from tests.security.figures import Figures

_HOUR: Final = 3600


@dataclass(frozen=True)
class Account:
    """The consumer's account: seen by its owner, and by who has our role."""

    owner: Client
    ingress: Client
    addresses: Client
    things: ConsumersThings

    def rules(self, group_id: str) -> dict[str, dict[str, str]]:
        """Return the tags of a group's rules by their ids."""
        answer = self.owner.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [group_id]}]
        )
        return {
            rule["SecurityGroupRuleId"]: {tag["Key"]: tag["Value"] for tag in rule.get("Tags", [])}
            for rule in answer["SecurityGroupRules"]
            if not rule["IsEgress"]
        }


@pytest.fixture
def account(secured: Walkthrough) -> Iterator[Account]:
    intruders, things = Intruders(secured.sandbox), lay_out(secured)
    yield Account(
        owner=secured.sandbox.client("ec2", CONSUMER),
        ingress=intruders.client("ingress", "ec2"),
        addresses=intruders.client("addresses", "ssm"),
        things=things,
    )
    clear_away(secured, things)


def test_iam_lets_a_rule_of_somebody_else_be_revoked_in_a_group_that_opted_in(
    account: Account, figures: Figures
) -> None:
    """Held by the code, which names rules with its own tag, and by sessions for one group each."""
    group_id, rule_id = account.things.open_group, account.things.foreign_rule

    account.ingress.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[rule_id])

    assert rule_id not in account.rules(group_id)
    figures.add("gaps of IAM shown")


def test_iam_lets_an_unsigned_rule_be_made_in_a_group_that_opted_in(
    account: Account, figures: Figures
) -> None:
    """Held by the code, which signs every rule, and by sessions for one group each."""
    answer = account.ingress.authorize_security_group_ingress(
        **opening(account.things.open_group, {})
    )

    (rule,) = answer["SecurityGroupRules"]
    assert account.rules(account.things.open_group)[rule["SecurityGroupRuleId"]] == {}
    figures.add("gaps of IAM shown")


def test_iam_looks_at_the_tags_of_rules_only_where_some_are_set() -> None:
    # On the day it does always, the comment in consumer/template.yaml and the test above go.
    data = get_action_data("ec2", "AuthorizeSecurityGroupIngress")
    assert isinstance(data, dict)
    (description,) = {row["description"] for row in data["ec2"]}
    assert "only enforced when the API request includes TagSpecifications" in description


def test_iam_lets_the_default_group_be_opened_once_its_owner_has_opted_it_in(
    account: Account, figures: Figures
) -> None:
    """Held by the code, which never touches a group of that name; nobody but its owner can."""
    group_id = account.things.default_group
    account.owner.create_tags(Resources=[group_id], Tags=tag_list({OPT_IN: "true"}))

    account.ingress.authorize_security_group_ingress(**opening(group_id, OURS))

    assert OWNER in {key for tags in account.rules(group_id).values() for key in tags}
    figures.add("gaps of IAM shown")


def test_iam_lets_whatever_is_under_the_prefix_be_overwritten(
    account: Account, secured: Walkthrough, figures: Figures
) -> None:
    """Held by the code, which knows its own places, and by sessions for one shelf each."""
    account.addresses.put_parameter(Name=account.things.parameter, Value="10.6.6.6", Overwrite=True)

    owner = secured.sandbox.client("ssm", CONSUMER)
    value = owner.get_parameter(Name=account.things.parameter)["Parameter"]["Value"]
    assert value == "10.6.6.6"
    figures.add("gaps of IAM shown")


def test_dots_in_a_name_lead_nowhere(account: Account, secured: Walkthrough) -> None:
    """The name of a parameter is no path in a file system: this one is under the prefix."""
    name = "/privatelink/attack/../../up"
    account.addresses.put_parameter(Name=name, Value="10.6.6.6", Type="String")

    owner = secured.sandbox.client("ssm", CONSUMER)
    assert not owner.get_parameters(Names=["/up", "/privatelink/up"])["Parameters"]


@pytest.mark.parametrize("role", ["ConsumerRole", "ReaderRole"])
def test_a_session_lasts_an_hour_at_most(role: str) -> None:
    """IAM has no smaller limit, and the sandbox none at all: the functions ask for 15 minutes."""
    properties = resources("consumer/template.yaml")[role]["Properties"]
    assert properties["MaxSessionDuration"] == _HOUR
