"""What was there before: services that are removed, aliases that are renamed, other prefixes."""

from sandbox.accounts import CONSUMER, PROVIDER
from tests.integration.functions.world import World


def test_a_service_that_is_removed_cuts_nobody_and_is_looked_after_until_nothing_is_left(
    world: World,
) -> None:
    endpoint_id = world.connect()
    world.sweep()
    assert world.allowlist is not None
    listed, world.allowlist = world.allowlist, "services: {}"
    world.sweep()
    assert world.provider.states() == {endpoint_id: "available"}
    assert world.ingress()
    assert world.parameters()
    assert world.findings() == {"breaker-tripped"}
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert world.sweep() == []
    assert (world.ingress(), world.parameters(), world.parameters(PROVIDER)) == ([], {}, {})
    world.later(minutes=10)
    for _ in range(2):
        world.sweep()
    world.calls.clear()
    world.sweep()
    assert "DescribeVpcEndpointConnections" not in world.calls
    assert world.findings() == set()
    world.allowlist = listed
    assert world.sweep() == []


def test_a_service_that_is_removed_and_deleted_leaves_nothing(world: World) -> None:
    endpoint_id = world.connect()
    world.sweep()
    world.allowlist = "services: {}"
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[world.service_id])
    assert world.sweep() == []
    assert (world.ingress(), world.parameters(), world.parameters(PROVIDER)) == ([], {}, {})


def test_another_alias_moves_the_parameters(world: World) -> None:
    world.connect()
    world.sweep()
    before = world.parameters()
    world.edit("  web:", "  shop:")
    assert world.sweep() == []
    after = world.parameters()
    assert after.keys() == {name.replace("/web/", "/shop/") for name in before}
    assert all(
        name.startswith(f"/privatelink/shop/{CONSUMER}/") for name in world.parameters(PROVIDER)
    )
    world.calls.clear()
    assert world.sweep() == []
    assert world.writes == []
