"""How many rules a security group holds."""

from tests.integration.privatelink_model.parties import Party, refusal
from tests.integration.privatelink_model.rules import (
    authorize,
    cidrs,
    https,
    inbound,
    numbered,
    numbered_ipv6,
)


def quota_refuses(party: Party, group_id: str, *sources: str) -> bool:
    code = refusal(lambda: authorize(party, group_id, https(*sources)))
    return code == "RulesPerSecurityGroupLimitExceeded"


def test_a_group_holds_sixty_rules_of_each_ip_family(consumer: Party) -> None:
    group_id = consumer.group()
    assert len(authorize(consumer, group_id, https(*numbered(60), *numbered_ipv6(60)))) == 120
    assert quota_refuses(consumer, group_id, "10.10.0.0/16")
    assert quota_refuses(consumer, group_id, "fd01::/16")


def test_what_exceeds_the_quota_adds_nothing(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https(*numbered(58)))
    code = refusal(lambda: authorize(consumer, group_id, https(*numbered(3, start=100))))
    assert code == "RulesPerSecurityGroupLimitExceeded"
    assert cidrs(inbound(consumer, group_id)) == sorted(numbered(58))
    assert len(authorize(consumer, group_id, https(*numbered(2, start=100)))) == 2


def test_a_prefix_list_counts_as_many_rules_as_it_may_have_entries(consumer: Party) -> None:
    group_id = consumer.group()
    prefix_list = consumer.ec2.create_managed_prefix_list(
        PrefixListName="sddc", AddressFamily="IPv4", MaxEntries=50
    )["PrefixList"]["PrefixListId"]
    permission = https()
    permission["PrefixListIds"] = [{"PrefixListId": prefix_list}]
    authorize(consumer, group_id, permission, https(*numbered_ipv6(60)))
    code = refusal(lambda: authorize(consumer, group_id, https(*numbered(11))))
    assert code == "RulesPerSecurityGroupLimitExceeded"
    assert len(authorize(consumer, group_id, https(*numbered(10)))) == 10


def test_a_group_as_a_source_counts_in_both_ip_families(consumer: Party) -> None:
    group_id = consumer.group()
    permission = https()
    permission["UserIdGroupPairs"] = [{"GroupId": group_id}]
    authorize(consumer, group_id, permission)
    assert quota_refuses(consumer, group_id, *numbered(60))
    assert quota_refuses(consumer, group_id, *numbered_ipv6(60))


def test_outbound_rules_have_their_own_quota(consumer: Party) -> None:
    group_id = consumer.group()
    authorize(consumer, group_id, https(*numbered(60)))
    egress = consumer.ec2.authorize_security_group_egress
    egress(GroupId=group_id, IpPermissions=[https(*numbered(59))])
    code = refusal(lambda: egress(GroupId=group_id, IpPermissions=[https("10.0.0.0/8")]))
    assert code == "RulesPerSecurityGroupLimitExceeded"
