"""Each role of the provider's stack in the wrong hands: what it cannot do, whatever the code."""

from dataclasses import dataclass
from typing import Final

import pytest

from sandbox.accounts import PROVIDER
from sandbox.walkthrough import Walkthrough
from tests.security.attacked.attacks import REFUSED
from tests.security.attacked.attacks_on_the_provider import BY, WITHOUT_CONTROL
from tests.security.attacked.intruders import Intruders
from tests.security.attacked.provider_attack import OnProvider
from tests.security.attacked.providers_things import ProvidersThings, double, lay_out
from tests.security.figures import Figures

_ALL: Final = tuple({attack.what: attack for attacks in BY.values() for attack in attacks}.values())


@dataclass(frozen=True)
class Account:
    """The provider's account with intruders in it."""

    intruders: Intruders
    things: ProvidersThings
    doubles: ProvidersThings


@pytest.fixture(scope="module")
def account(secured: Walkthrough) -> Account:
    intruders, things = Intruders(secured.sandbox), lay_out(secured)
    return Account(intruders, things, double(intruders, things))


@pytest.mark.parametrize(
    ("who", "attack"),
    [
        pytest.param(who, attack, id=f"{who} {attack.what}")
        for who, attacks in BY.items()
        for attack in attacks
    ],
)
def test_nobody_with_the_role_of(
    account: Account, figures: Figures, who: str, attack: OnProvider
) -> None:
    client = account.intruders.client(who, attack.service, attack.region)

    figures.add("adversarial attempts")
    assert attack.tried(client, account.things) in REFUSED, attack.why
    figures.add("adversarial attempts refused")


@pytest.mark.parametrize(
    "attack", [each for each in _ALL if each.what not in WITHOUT_CONTROL], ids=str
)
def test_an_administrator_of_the_account(account: Account, attack: OnProvider) -> None:
    """A call that would be refused to everybody shows nothing."""
    client = account.intruders.administrator(PROVIDER, attack.service, attack.region)

    assert attack.tried(client, account.doubles) not in REFUSED
