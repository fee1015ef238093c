"""The shelves of Parameter Store that a share is published on: now, or under a former alias."""

from collections.abc import Iterable
from dataclasses import dataclass

from privatelink.gateways.parameters import Parameters
from privatelink.gateways.shares import Share
from privatelink.model import ParameterName
from privatelink.parameter_places import shelf_of
from privatelink.publication import PublicationPlan


@dataclass(frozen=True, kw_only=True)
class Shelves:
    """Where the parameters of one share are, in the consumer's account and the provider's.

    What is on record as held says under which aliases the service has been published before.
    """

    prefix: str
    share: Share

    @property
    def consumers(self) -> tuple[str, ...]:
        """Shelves in the consumer's account: the present one, if there is one, first."""
        present = [f"{self.prefix}/{self.share.alias}"] if self.share.alias else []
        return self._with_former(present, self._held(of_copies=False))

    @property
    def copies(self) -> tuple[str, ...]:
        """Shelves of the copies in the provider's account, the present one first."""
        account_id = self.share.consumer.account_id
        present = [f"{self.prefix}/{self.share.alias}/{account_id}"] if self.share.alias else []
        return self._with_former(present, self._held(of_copies=True))

    @property
    def held_by_consumer(self) -> frozenset[str]:
        """Names on record that stand in the consumer's account."""
        return frozenset(self._held(of_copies=False))

    def is_present(self, shelf: str) -> bool:
        """Whether parameters are put on a shelf, and not only taken from it."""
        present = f"{self.prefix}/{self.share.alias}"
        return shelf in {present, f"{present}/{self.share.consumer.account_id}"}

    def _held(self, *, of_copies: bool) -> Iterable[str]:
        # A copy stands below the account's id, one step deeper than what it is a copy of.
        return [
            name
            for name in self.share.holds
            if (shelf_of(name).removeprefix(f"{self.prefix}/").count("/") == 1) is of_copies
        ]

    def _with_former(self, present: list[str], held: Iterable[str]) -> tuple[str, ...]:
        former = {shelf_of(name) for name in held} - {*present, ""}
        return (*present, *sorted(former))


@dataclass(frozen=True, kw_only=True)
class Side:
    """The plans for the shelves of one account."""

    parameters: Parameters
    plans: tuple[tuple[str, PublicationPlan], ...]

    @property
    def leaves_nothing(self) -> bool:
        """Whether nothing of ours is wanted, or left once the plans have been applied."""
        return all(plan.leaves_nothing for _, plan in self.plans)

    @property
    def finds_nothing(self) -> bool:
        """Whether nothing of ours is there or wanted."""
        return all(plan.finds_nothing for _, plan in self.plans)

    @property
    def holds(self) -> frozenset[ParameterName]:
        """What of ours is there, or is about to be."""
        return frozenset(name for _, plan in self.plans for name in plan.holds)

    @property
    def leaves(self) -> frozenset[ParameterName]:
        """What of ours is there once the plans have been applied."""
        return frozenset(name for _, plan in self.plans for name in plan.leaves)
