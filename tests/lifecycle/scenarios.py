"""Short lives, each about one thing that must not go wrong; nothing in them is random."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Final

from sandbox.accounts import CONSUMER, REGION
from sandbox.privatelink.security_groups import RULES_PER_GROUP
from tests.lifecycle import views
from tests.lifecycle.bus import ACCEPT
from tests.lifecycle.faults import Kind
from tests.lifecycle.life import WholeLife
from tests.lifecycle.listing import Entry, Listed
from tests.lifecycle.principals import root_of
from tests.lifecycle.sites import OSAKA

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


def some_leave_while_the_breaker_is_open(life: Story) -> None:
    life.connect()
    life.connect(TOKYO_TOO)
    life.entry().max_withdrawals = 1
    del life.entry().consumers[CONSUMER]
    life.deploy()
    life.come_to_rest(loses_messages=False)
    life.delete_endpoint(0)
    life.come_to_rest(loses_messages=False)
    assert [each.state for each in life.endpoints] == ["available"]
    life.entry().max_withdrawals = 2
    life.deploy()
    life.come_to_rest(loses_messages=False)
    assert [each.state for each in life.endpoints] == ["rejected"]


def principals_are_managed(life: Story) -> None:
    by_hand, service_id = life.world.watch.by_hand, life.a_service(WEB)
    by_hand.allow(service_id, root_of(CONSUMER))
    by_hand.allow(service_id, f"arn:aws:iam::{OSAKA}:role/network")
    life.entry().manage_principals = True
    life.deploy()
    life.come_to_rest(loses_messages=False)
    del life.entry().consumers[CONSUMER]
    del life.entry().consumers[OSAKA]
    life.deploy()


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


def a_consumer_locks_us_out(life: Story) -> None:
    """One stays connected, then leaves, and is given up in the end; everybody else goes on."""
    life.connect()
    life.connect(TOKYO_TOO)
    life.connect(SEATTLE)
    life.world.faults.locked.add(CONSUMER)
    life.listed().source_cidrs = ("172.16.0.0/21",)
    life.listed("555566667777").source_cidrs = ("172.16.8.0/21",)
    life.deploy()
    life.come_to_rest(loses_messages=False)
    assert f"role-not-assumable/{CONSUMER}/{REGION}/addresses" in life.findings()
    # What is published under the former name stays: under the new one nothing can be.
    life.rename_alias(WEB)
    life.delete_endpoint(1)
    life.come_to_rest(loses_messages=False)
    life.delete_endpoint(0)
    life.come_to_rest(loses_messages=False)
    assert f"left-behind/{CONSUMER}/{REGION}/addresses" in life.findings()
    life.world.clock.now += timedelta(days=31)
    life.come_to_rest(loses_messages=False)
    for part in ("ingress", "addresses"):
        assert f"left-behind/{CONSUMER}/{REGION}/{part}" not in life.findings()
        assert views.is_given_up(life.a_service(WEB), (CONSUMER, REGION), part)


def a_group_is_full(life: Story) -> None:
    """What does not fit is not applied in part, and other groups go on; it heals with room."""
    life.connect()
    life.connect(TOKYO_TOO)
    group_id = life.world.sites[TOKYO].managed_id
    here = (CONSUMER, REGION)

    def ours() -> list[views.Rule]:
        return [rule for rule in views.our_rules(here) if rule.ingress.group_id == group_id]

    while len(views.rules(views.groups(here)[group_id])) < RULES_PER_GROUP:
        number = len(views.rules(views.groups(here)[group_id]))
        life.world.sites[TOKYO].add_foreign_rule(group_id, f"10.200.{number}.0/24", 80)
    before = ours()
    finding = f"security-group-quota/{group_id}"
    life.listed().source_cidrs = ("192.168.0.0/20", "172.16.0.0/20")
    life.deploy()
    life.come_to_rest(loses_messages=False)
    assert ours() == before
    assert len(views.our_rules(here)) == 3
    assert finding in life.findings()
    one = min(
        rule.rule_id
        for rule in views.rules(views.groups(here)[group_id])
        if rule.ingress.cidr.startswith("10.200.")
    )
    life.world.sites[TOKYO].ec2.revoke_security_group_ingress(
        GroupId=group_id, SecurityGroupRuleIds=[one]
    )
    life.come_to_rest(loses_messages=False)
    assert len(views.our_rules(here)) == 4
    assert finding not in life.findings()


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
    some_leave_while_the_breaker_is_open,
    principals_are_managed,
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
    a_consumer_locks_us_out,
    a_group_is_full,
    the_functions_die_everywhere,
)


def tell(scenario: Scenario) -> None:
    """Run a scenario to its end; raises AssertionError where it goes wrong."""
    with closing(Story()) as life:
        scenario(life)
