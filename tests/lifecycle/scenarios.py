"""Short lives, each about one thing that must not go wrong; nothing in them is random."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Final

from sandbox.accounts import CONSUMER, REGION
from tests.lifecycle.bus import ACCEPT
from tests.lifecycle.faults import Kind
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

    def close(self) -> None:
        """Come to rest, and end."""
        self.teardown()


type Scenario = Callable[[Story], None]


def sources_are_edited(life: Story) -> None:
    life.connect()
    for sources in (("192.168.0.0/21",), ("192.168.0.0/20", "172.16.0.0/20"), ("172.16.0.0/21",)):
        life.listed().source_cidrs = sources
        life.deploy()
        life.world.settle()
        life.nothing_forbidden_was_done()


def a_consumer_leaves(life: Story) -> None:
    life.connect()
    life.connect(TOKYO_TOO)
    life.delete_endpoint(0)
    life.sweep_and_settle()


def strangers_ask(life: Story) -> None:
    life.request(STRANGER)
    life.sweep_and_settle()


def more_ask_than_a_page_holds(life: Story) -> None:
    life.world.model.largest_page = 2
    for site in (TOKYO, TOKYO_TOO, SEATTLE):
        life.request(site)
    life.sweep_and_settle()


def decisions_are_refused(life: Story) -> None:
    life.request()
    life.world.faults.refusals = 1
    life.sweep_and_settle()


def a_connection_takes_its_time(life: Story) -> None:
    life.world.model.pending_seconds = 60
    life.request()
    life.world.sweep()
    life.work()
    life.nothing_forbidden_was_done()
    life.sweep_and_settle()


def more_would_be_lost_than_may_be(life: Story) -> None:
    life.connect()
    life.connect(TOKYO_TOO)
    life.entry().max_withdrawals = 1
    del life.entry().consumers[CONSUMER]
    life.deploy()
    life.sweep_and_settle()


def there_are_two_regions(life: Story) -> None:
    life.connect(SEATTLE)
    life.connect(ELSEWHERE)


def a_region_is_not_allowed(life: Story) -> None:
    life.listed("555566667777").regions = (REGION,)
    life.deploy()
    life.request(ELSEWHERE)
    life.sweep_and_settle()


def a_place_is_occupied(life: Story) -> None:
    life.world.sites[TOKYO].occupy("web")
    life.connect()


def groups_are_not_for_us(life: Story) -> None:
    life.connect(groups=PLAIN)
    life.connect(TOKYO_TOO, groups=DEFAULT)


def an_entry_is_removed(life: Story) -> None:
    life.connect(TOKYO_TOO)
    del life.entry().consumers[CONSUMER]
    life.deploy()
    life.request()
    life.sweep_and_settle()


def an_entry_expires(life: Story) -> None:
    life.connect()
    life.listed().expires = life.world.clock().date() + timedelta(days=1)
    life.deploy()
    life.sweep_and_settle()
    life.world.clock.now += timedelta(days=2)
    life.sweep_and_settle()


def a_service_is_removed(life: Story) -> None:
    life.connect()
    life.remove_or_restore_service(WEB)
    life.sweep_and_settle()
    life.delete_endpoint(0)


def a_service_is_observed(life: Story) -> None:
    life.entry().mode = "observe"
    life.deploy()
    life.connect()


def a_removed_connection_is_forgotten(life: Story) -> None:
    life.connect()
    life.delete_endpoint(0)
    life.world.drop_messages()
    # By then EC2 lists the connection no more.
    life.world.clock.now += timedelta(hours=2)


def an_alias_is_renamed(life: Story) -> None:
    life.connect()
    life.rename_alias(WEB)
    life.sweep_and_settle()


def the_functions_die_everywhere(life: Story) -> None:
    """Kill a pass after each of its calls in turn: accepting, authorizing and publishing."""
    life.request()
    life.world.sweep()
    for calls in range(1, 40):
        life.something_will_go_wrong(kind=Kind.KILLED_AFTER, calls=calls, number=0)
        life.work()
        life.nothing_forbidden_was_done()
        if not life.world.bus.queues[ACCEPT]:
            life.world.sweep()


SCENARIOS: Final[tuple[Scenario, ...]] = (
    sources_are_edited,
    a_consumer_leaves,
    strangers_ask,
    more_ask_than_a_page_holds,
    decisions_are_refused,
    a_connection_takes_its_time,
    more_would_be_lost_than_may_be,
    there_are_two_regions,
    a_region_is_not_allowed,
    a_place_is_occupied,
    groups_are_not_for_us,
    an_entry_is_removed,
    an_entry_expires,
    a_service_is_removed,
    a_service_is_observed,
    a_removed_connection_is_forgotten,
    an_alias_is_renamed,
    the_functions_die_everywhere,
)


def tell(scenario: Scenario) -> None:
    """Run a scenario to its end; raises AssertionError where it goes wrong."""
    with closing(Story()) as life:
        scenario(life)
