"""Short lives in which something stays amiss for a while; nothing in them is random."""

from datetime import timedelta

from sandbox.accounts import CONSUMER, REGION
from sandbox.privatelink.security_groups import RULES_PER_GROUP
from tests.lifecycle import views
from tests.lifecycle.bus import ACCEPT, INGRESS, PUBLISH, RELAY
from tests.lifecycle.faults import Kind, Timed
from tests.lifecycle.story import SEATTLE, TOKYO, TOKYO_TOO, WEB, Story
from tests.lifecycle.views import Place


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


def others_are_at_work(life: Story) -> None:
    """Have a consumer leave, and be cleaned up after, before each call of a publication in turn."""
    world = life.world
    life.end(life.connect(), rejected=False)
    life.come_to_rest(loses_messages=False)
    everything = _names_of_parameters()
    for calls in range(10, 24):
        leaver = life.request()
        for _ in range(2):
            # Accepted, and then available; nothing of it is published yet.
            world.sweep()
            for function in (RELAY, ACCEPT, INGRESS):
                while world.lambdas.deliver(function):
                    pass
            world.clock.advance(minutes=2)

        def leave(leaver: str = leaver) -> None:
            life.end(leaver, rejected=False)
            world.sweep()
            life.work(2)

        world.faults.timed.append(Timed(Kind.MEANWHILE, calls, leave))
        world.lambdas.deliver(PUBLISH)
        if world.faults.timed:
            # There were not so many calls.
            world.faults.timed.clear()
            life.end(leaver, rejected=False)
        life.sweep_and_settle()
        life.come_to_rest(loses_messages=False)
        # What is nobody's by its looks is left by us all the same.
        assert _names_of_parameters() == everything


def _names_of_parameters() -> set[tuple[Place, str]]:
    return {(place, name) for place in views.places() for name in views.parameters(place)}
