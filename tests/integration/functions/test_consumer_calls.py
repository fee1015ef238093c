"""What is called in a consumer's account: eight calls a sweep, and few more to change something."""

from sandbox.accounts import CONSUMER
from tests.integration.functions.leaving import leaving
from tests.integration.functions.test_authorize_amiss import edited
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Party
from tests.integration.privatelink_model.rules import authorize, https, numbered

LOOK_AT_RULES = ["DescribeVpcEndpoints", "DescribeSecurityGroupRules", "DescribeSecurityGroups"]
LOOK_AT_ADDRESSES = [
    "DescribeVpcEndpoints",
    "DescribeRouteTables",
    "DescribeVpcs",
    "DescribeNetworkInterfaces",
    "GetParametersByPath",
]


def calls(world: World) -> list[str]:
    """Return what has been called in consumers' accounts since this was last asked."""
    made, world.narrowed.calls = world.narrowed.calls, []
    return made


def other_service(world: World, alias: str) -> str:
    """Have the provider offer another service to the same consumer; return its name."""
    service_id, name = world.provider.service("*")
    assert world.allowlist is not None
    of_web = world.allowlist.partition("services:")[2].split("  db")[0]
    world.allowlist += of_web.replace(world.service_id, service_id).replace("web:", f"{alias}:")
    return name


def admit_prefix_list(world: World) -> None:
    list_id = world.consumer.ec2.create_managed_prefix_list(
        PrefixListName="sddc", MaxEntries=5, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    authorize(
        world.consumer,
        world.group_id,
        {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": list_id}]},
    )


def test_a_sweep_with_nothing_to_do_makes_eight_calls_whatever_the_consumer_has(
    world: World,
) -> None:
    admit_prefix_list(world)
    authorize(world.consumer, world.group_id, https(*numbered(20)))
    second = world.opted_in_group(world.consumer, "second")
    for groups in ([world.group_id], [second], [world.group_id, second]):
        world.connect(SecurityGroupIds=groups, SubnetIds=world.consumer.subnet_ids[:2])
    # The same account with another VPC. More than ten parameters would be another page.
    elsewhere = Party(CONSUMER)
    world.connect(elsewhere, SecurityGroupIds=[world.opted_in_group(elsewhere)])
    other_service(world, "db")
    for _ in range(2):
        assert world.sweep() == []
    calls(world)
    world.calls.clear()
    assert world.sweep() == []
    assert calls(world) == [*LOOK_AT_RULES, *LOOK_AT_ADDRESSES]
    assert world.writes == []


def test_a_source_that_is_added_is_one_call_more(world: World) -> None:
    world.connect()
    world.authorize()
    event = edited(world, "192.168.0.0/20, 10.99.0.0/16")
    calls(world)
    world.authorize(event)
    assert calls(world) == [*LOOK_AT_RULES, "AuthorizeSecurityGroupIngress"]


def test_prefix_lists_are_looked_at_where_a_rule_is_added_to_theirs(world: World) -> None:
    admit_prefix_list(world)
    world.connect()
    world.authorize()
    added = [*LOOK_AT_RULES, "DescribeManagedPrefixLists", "AuthorizeSecurityGroupIngress"]
    assert calls(world) == added
    world.authorize()
    assert calls(world) == LOOK_AT_RULES


def test_all_other_services_are_one_call_where_something_is_revoked(world: World) -> None:
    for alias in ("db", "db-too", "db-also"):
        world.consumer.request(other_service(world, alias), SecurityGroupIds=[world.group_id])
    world.connect()
    world.authorize()
    event = edited(world, "10.99.0.0/16")
    calls(world)
    world.authorize(event)
    assert calls(world) == [
        *LOOK_AT_RULES,
        "DescribeVpcEndpoints",
        "AuthorizeSecurityGroupIngress",
        "RevokeSecurityGroupIngress",
    ]


def test_what_is_left_of_a_consumer_that_leaves_is_one_look_at_our_rules(world: World) -> None:
    endpoint_id = world.connect()
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.later(minutes=10)
    calls(world)
    world.authorize(leaving(world))
    assert calls(world) == [
        *LOOK_AT_RULES,
        "RevokeSecurityGroupIngress",
        "DescribeSecurityGroupRules",
    ]
    assert world.ledger() == {}
