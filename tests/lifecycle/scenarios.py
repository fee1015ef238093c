"""Short lives, each about one thing that must not go wrong; nothing in them is random."""

from datetime import timedelta
from typing import Final

from sandbox.accounts import CONSUMER, REGION
from tests.lifecycle.hardships import (
    a_consumer_locks_us_out,
    a_group_is_full,
    others_are_at_work,
    the_functions_die_everywhere,
)
from tests.lifecycle.principals import root_of
from tests.lifecycle.sites import OSAKA
from tests.lifecycle.story import (
    DEFAULT,
    ELSEWHERE,
    PLAIN,
    SEATTLE,
    STRANGER,
    TOKYO,
    TOKYO_TOO,
    WEB,
    Scenario,
    Story,
)


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
    others_are_at_work,
    the_functions_die_everywhere,
)
