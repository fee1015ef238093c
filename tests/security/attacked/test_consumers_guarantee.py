"""What a consumer is promised: with our roles, and any code at all, nobody goes beyond them."""

from collections.abc import Iterator
from typing import Final

import pytest

from sandbox.accounts import CONSUMER
from sandbox.walkthrough import Walkthrough
from tests.security.attacked.accounts import Account, Attacks, each_by_whom, each_once
from tests.security.attacked.attacks import REFUSED
from tests.security.attacked.attacks_elsewhere import (
    ELSEWHERE_IN_THE_ACCOUNT,
    NOT_FOR_ADDRESSES,
    NOT_FOR_INGRESS,
)
from tests.security.attacked.attacks_on_groups import ON_GROUPS, ON_OPEN_GROUPS
from tests.security.attacked.attacks_on_parameters import (
    ON_ADDRESSES,
    ON_PARAMETERS,
    READING_ADDRESSES,
)
from tests.security.attacked.consumers_things import (
    OURS,
    ConsumersThings,
    OnConsumer,
    clear_away,
    double,
    lay_out,
    opening,
)
from tests.security.attacked.intruders import Intruders
from tests.security.figures import Figures

_BY_ANYBODY: Final = (*ON_GROUPS, *ON_PARAMETERS, *ELSEWHERE_IN_THE_ACCOUNT)
_BY: Final[Attacks[ConsumersThings]] = {
    "ingress": (*_BY_ANYBODY, *ON_ADDRESSES, READING_ADDRESSES, *NOT_FOR_INGRESS),
    "addresses": (*_BY_ANYBODY, *ON_OPEN_GROUPS, *NOT_FOR_ADDRESSES),
    "reader": (*_BY_ANYBODY, *ON_OPEN_GROUPS, *ON_ADDRESSES),
}


@pytest.fixture(scope="module")
def account(secured: Walkthrough) -> Iterator[Account[ConsumersThings]]:
    things = lay_out(secured)
    yield Account(CONSUMER, Intruders(secured.sandbox), things, double(secured, things))
    clear_away(secured, things)


@each_by_whom(_BY)
def test_nobody_with_a_consumers_role(
    account: Account[ConsumersThings], figures: Figures, who: str, attack: OnConsumer
) -> None:
    figures.add("adversarial attempts")
    assert account.attacked(who, attack) in REFUSED, attack.why
    figures.add("adversarial attempts refused")


def test_each_role_may_do_what_it_is_for(account: Account[ConsumersThings]) -> None:
    """So a refusal is not one of everything."""
    ingress, addresses, reader = (
        account.intruders.client(who, service)
        for who, service in (("ingress", "ec2"), ("addresses", "ssm"), ("reader", "ec2"))
    )
    rule = ingress.authorize_security_group_ingress(**opening(account.things.open_group, OURS))
    ingress.revoke_security_group_ingress(
        GroupId=account.things.open_group,
        SecurityGroupRuleIds=[rule["SecurityGroupRules"][0]["SecurityGroupRuleId"]],
    )
    name = "/privatelink/attack/vpc-1/own"
    addresses.put_parameter(Name=name, Value="10.0.3.181", Type="String")
    addresses.delete_parameters(Names=[name])
    reader.describe_security_groups()


@each_once(_BY)
def test_an_administrator_of_the_account(
    account: Account[ConsumersThings], attack: OnConsumer
) -> None:
    """A call that would be refused to everybody shows nothing."""
    assert account.administered(attack) not in REFUSED
