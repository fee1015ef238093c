"""The state machine: random lives of a world, and what has to hold all the while."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hypothesis.stateful import RuleBasedStateMachine, invariant

from sandbox.privatelink.models import InterfaceEndpoint
from tests.lifecycle import views
from tests.lifecycle.quiescence import quiesce
from tests.lifecycle.tally import Tally
from tests.lifecycle.world import World, new_world

if TYPE_CHECKING:
    from tests.lifecycle.sites import Site


class Life(RuleBasedStateMachine):
    """A world, with the invariants that are checked after every step; rules are in subclasses."""

    def __init__(self, tally: Tally | None = None) -> None:
        super().__init__()
        self.tally = tally or Tally()
        self.stack = ExitStack()
        self.counts = Counter[str]()
        self.world: World = self.stack.enter_context(new_world(self.counts))
        self.homes: dict[str, Site] = {}
        """The VPC of each endpoint."""
        self.is_over = False
        self.steps_since_rest = 0

    @invariant()
    def nothing_forbidden_was_done(self) -> None:
        self.tally.steps += 1
        self.steps_since_rest += 1
        self._assert_nothing([*self.world.watch.violations])

    def come_to_rest(self, *, loses_messages: bool) -> None:
        """Let the faults stop, and the world come to what it should be."""
        self.tally.quiesced += 1
        self.steps_since_rest = 0
        self._assert_nothing(quiesce(self.world, loses_messages=loses_messages))

    def teardown(self) -> None:
        try:
            if not self.is_over:
                self.come_to_rest(loses_messages=True)
                self.tally.examples += 1
        finally:
            self.tally.faults += self.counts
            self.stack.close()

    def _assert_nothing(self, problems: Sequence[str]) -> None:
        if problems:
            self.is_over = True
            self.tally.violations += len(problems)
            raise AssertionError("\n".join(problems))

    @property
    def endpoints(self) -> list[InterfaceEndpoint]:
        """The endpoints that have not been deleted."""
        return [
            each
            for service_id in self.world.service_ids
            for each in views.endpoints(service_id)
            if each.state != "deleted"
        ]

    @property
    def requests(self) -> list[InterfaceEndpoint]:
        """The endpoints that wait."""
        return [each for each in self.endpoints if each.state == "pendingAcceptance"]

    def an_endpoint(self, number: int) -> InterfaceEndpoint:
        """Return one of the endpoints."""
        return chosen(self.endpoints, number)

    def a_service(self, number: int) -> str:
        """Return the id of one of the services."""
        return chosen(self.world.service_ids, number)


def chosen[Item](items: Sequence[Item], number: int) -> Item:
    """Return the item of that number, counted round and round."""
    return items[number % len(items)]
