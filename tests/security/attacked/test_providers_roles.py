"""Each role of the provider's stack in the wrong hands: what it cannot do, whatever the code."""

import pytest

from sandbox.accounts import PROVIDER
from sandbox.walkthrough import Walkthrough
from tests.security.attacked.accounts import Account, each_by_whom, each_once
from tests.security.attacked.attacks import REFUSED
from tests.security.attacked.attacks_on_the_provider import BY, WITHOUT_CONTROL
from tests.security.attacked.intruders import Intruders
from tests.security.attacked.providers_things import OnProvider, ProvidersThings, double, lay_out
from tests.security.figures import Figures


@pytest.fixture(scope="module")
def account(secured: Walkthrough) -> Account[ProvidersThings]:
    intruders, things = Intruders(secured.sandbox), lay_out(secured)
    return Account(PROVIDER, intruders, things, double(intruders, things))


@each_by_whom(BY)
def test_nobody_with_the_role_of(
    account: Account[ProvidersThings], figures: Figures, who: str, attack: OnProvider
) -> None:
    figures.add("adversarial attempts")
    assert account.attacked(who, attack) in REFUSED, attack.why
    figures.add("adversarial attempts refused")


@each_once(BY, but=WITHOUT_CONTROL)
def test_an_administrator_of_the_account(
    account: Account[ProvidersThings], attack: OnProvider
) -> None:
    """A call that would be refused to everybody shows nothing."""
    assert account.administered(attack) not in REFUSED
