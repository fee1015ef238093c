"""The shelves of Parameter Store that a share is published on: now, or under a former alias."""

from collections.abc import Iterable
from dataclasses import dataclass

from privatelink.allowlist import ConsumerEntry
from privatelink.choice import Choice
from privatelink.gateways.claims import COPY, Share
from privatelink.gateways.parameters import Parameters
from privatelink.model import ParameterName
from privatelink.parameter_places import Publisher, shelf_of
from privatelink.publication import PublicationPlan, plan_publication


@dataclass(frozen=True, kw_only=True)
class Side:
    """The plans for the shelves of one account: the consumer's, or that of the copies, ours."""

    parameters: Parameters
    plans: tuple[tuple[str, PublicationPlan], ...]
    is_copy: bool

    @property
    def leaves_nothing(self) -> bool:
        """Whether nothing of ours is wanted, or left once the plans have been applied."""
        return all(plan.leaves_nothing for _, plan in self.plans)

    @property
    def puts(self) -> bool:
        """Whether anything is put; to overwrite what another has deleted meanwhile creates it."""
        return any(plan.create or plan.overwrite for _, plan in self.plans)

    @property
    def holds(self) -> frozenset[str]:
        """What of ours is there, or is about to be, as a trace has it."""
        return self.traced(name for _, plan in self.plans for name in plan.holds)

    @property
    def leaves(self) -> frozenset[str]:
        """What of ours is there once the plans have been applied, as a trace has it."""
        return self.traced(name for _, plan in self.plans for name in plan.leaves)

    def traced(self, names: Iterable[ParameterName]) -> frozenset[str]:
        """Return names as a trace has them."""
        return frozenset(f"{COPY}{name}" if self.is_copy else name for name in names)


@dataclass(frozen=True, kw_only=True)
class Shelves:
    """Where the parameters of one share are, in the consumer's account and the provider's.

    What is on record as held says under which aliases the service has been published before. What
    stands under another prefix cannot be reached by the roles of this stack, and stays on record.
    """

    prefix: str
    share: Share
    publisher: Publisher

    @property
    def consumers(self) -> tuple[str, ...]:
        """Shelves in the consumer's account: the present one, if there is one, first."""
        present = [f"{self.prefix}/{self.share.alias}"] if self.share.alias else []
        return self._with_former(present, self.share.held_by_consumer)

    @property
    def copies(self) -> tuple[str, ...]:
        """Shelves of the copies in the provider's account, the present one first."""
        account_id = self.share.consumer.account_id
        present = [f"{self.prefix}/{self.share.alias}/{account_id}"] if self.share.alias else []
        held = (each.removeprefix(COPY) for each in self._held_copies)
        return self._with_former(present, held)

    def is_present(self, shelf: str) -> bool:
        """Whether parameters are put on a shelf, and not only taken from it."""
        present = f"{self.prefix}/{self.share.alias}"
        return shelf in {present, f"{present}/{self.share.consumer.account_id}"}

    def plan(
        self,
        on: Iterable[str],
        choice: Choice,
        parameters: Parameters,
        entry: ConsumerEntry | None,
    ) -> tuple[tuple[str, PublicationPlan], ...]:
        """Plan each of these shelves, the present one first.

        From a former one goes what has found its place on the present one; what nobody may put
        anew stays while it is live, and so does what something foreign is in the way of.
        """
        plans: dict[str, PublicationPlan] = {}
        former = choice
        for shelf in on:
            is_put_on = entry is not None and self.is_present(shelf)
            plans[shelf] = plan_publication(
                shelf,
                choice if is_put_on else former,
                parameters.get_parameters_by_path(shelf),
                self.publisher,
                is_listed=is_put_on,
            )
            if is_put_on:
                former = choice.only(plans[shelf].blocked)
        return tuple(plans.items())

    def unseen(self, sides: Iterable[Side]) -> frozenset[str]:
        """Return what is on record, and not among what has been looked at."""
        looked_at = {(side.is_copy, shelf) for side in sides for shelf, _ in side.plans}
        return frozenset(
            each
            for each in self.share.holds
            if (each in self._held_copies, shelf_of(each.removeprefix(COPY))) not in looked_at
        )

    @property
    def unreachable(self) -> frozenset[str]:
        """Return what is on record under another prefix, where the roles do not reach."""
        return frozenset(
            each
            for each in self.share.holds
            if not each.removeprefix(COPY).startswith(f"{self.prefix}/")
        )

    @property
    def _held_copies(self) -> frozenset[str]:
        return self.share.holds - self.share.held_by_consumer

    def _with_former(self, present: list[str], held: Iterable[str]) -> tuple[str, ...]:
        former = {shelf for name in held if (shelf := shelf_of(name)).startswith(f"{self.prefix}/")}
        return (*present, *sorted(former.difference(present)))
