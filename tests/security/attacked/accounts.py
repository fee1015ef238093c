"""An account with intruders in it, and who of them tries what."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.security.attacked.attacks import Attack
from tests.security.attacked.intruders import Intruders


@dataclass(frozen=True)
class Account[Scene]:
    """An account, what there is to attack, and doubles of what a control may not break."""

    account_id: str
    intruders: Intruders
    things: Scene
    doubles: Scene

    def attacked(self, who: str, attack: Attack[Scene]) -> str:
        """Return the code of the error that an intruder's attack ends in, "" if it succeeds."""
        client = self.intruders.client(who, attack.service, attack.region)
        return attack.tried(client, self.things)

    def administered(self, attack: Attack[Scene]) -> str:
        """Return the same of a call by whom IAM refuses nothing."""
        client = self.intruders.administrator(self.account_id, attack.service, attack.region)
        return attack.tried(client, self.doubles)


type Attacks[Scene] = Mapping[str, tuple[Attack[Scene], ...]]
"""By who makes them."""


def each_by_whom[Scene](attacks: Attacks[Scene]) -> pytest.MarkDecorator:
    """Return the mark that has a test take each attack by each who makes it."""
    rows = [
        pytest.param(who, attack, id=f"{who} {attack}")
        for who in attacks
        for attack in attacks[who]
    ]
    return pytest.mark.parametrize(("who", "attack"), rows)


def each_once[Scene](
    attacks: Attacks[Scene], *, but: frozenset[str] = frozenset()
) -> pytest.MarkDecorator:
    """Return the mark that has a test take each attack, but some, whoever makes it."""
    found = {attack.what: attack for of in attacks.values() for attack in of}
    rows = [attack for what, attack in found.items() if what not in but]
    return pytest.mark.parametrize("attack", rows, ids=str)
