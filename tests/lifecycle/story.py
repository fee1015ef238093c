"""A life that is told step by step, and how to tell it."""

from collections.abc import Callable
from contextlib import closing

from sandbox.accounts import CONSUMER
from tests.lifecycle import views
from tests.lifecycle.life import WholeLife
from tests.lifecycle.listing import Entry, Listed

WEB, DB = 0, 1
"""Services, by number."""
TOKYO, TOKYO_TOO, SEATTLE, ELSEWHERE, STRANGER = 0, 1, 3, 4, 6
"""Sites, by number."""
MANAGED, MANAGED_AND_PLAIN, PLAIN, DEFAULT = range(4)
"""Security groups of a new endpoint."""


class Story(WholeLife):
    """A life that is told in steps; the invariants are checked after each of them."""

    def request(self, site: int = TOKYO, service: int = WEB, groups: int = MANAGED) -> str:
        """Have an endpoint created, and return its id."""
        before = {each.id for each in self.endpoints}
        self.create_endpoint(both=True, groups=groups, service=service, site=site)
        (created,) = {each.id for each in self.endpoints} - before
        return created

    def connect(self, site: int = TOKYO, service: int = WEB, groups: int = MANAGED) -> str:
        """Have an endpoint created, and let everything happen that follows."""
        created = self.request(site, service, groups)
        self.sweep_and_settle()
        return created

    def sweep_and_settle(self) -> None:
        """Let the schedule strike, and everything happen that follows."""
        self.world.sweep()
        self.world.settle()
        self.nothing_forbidden_was_done()

    def deploy(self) -> None:
        """Deploy the edited allowlist, and let those that were in force before go out of it."""
        self.world.deploy()
        self.world.clock.advance(minutes=1)

    def entry(self, service: int = WEB) -> Entry:
        """Return the entry of a service, to be edited and deployed."""
        return self.world.draft.services[self.a_service(service)]

    def listed(self, account_id: str = CONSUMER, service: int = WEB) -> Listed:
        """Return the entry of a consumer, to be edited and deployed."""
        return self.entry(service).consumers[account_id]

    def findings(self, service: int = WEB) -> frozenset[str]:
        """Return the ids of the findings that are open about a service."""
        return views.findings(self.a_service(service))

    def close(self) -> None:
        """Come to rest, and end."""
        self.teardown()


type Scenario = Callable[[Story], None]


def tell(scenario: Scenario) -> None:
    """Run a scenario to its end; raises AssertionError where it goes wrong."""
    with closing(Story()) as life:
        scenario(life)
