import boto3
import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from tests.integration.functions.harness import before, failed
from tests.integration.functions.world import World


def rules(world: World) -> list[str]:
    world.authorize()
    return world.ingress()


def test_the_group_admits_the_listed_source_on_the_listeners_port_and_nothing_else(
    world: World,
) -> None:
    world.connect()
    assert failed(world.authorize()) == []
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]


def test_a_person_reading_the_console_knows_where_a_rule_came_from(world: World) -> None:
    endpoint_id = world.connect()
    world.authorize()
    (rule,) = [
        rule
        for rule in world.consumer.ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [world.group_id]}]
        )["SecurityGroupRules"]
        if not rule["IsEgress"]
    ]
    assert rule["Description"] == "privatelink-autopilot: web for sddc-tokyo"
    assert {tag["Key"]: tag["Value"] for tag in rule["Tags"]} == {
        "privatelink-autopilot:owner": f"{PROVIDER}/{REGION}/privatelink-autopilot",
        "privatelink-autopilot:service": world.service_id,
        "privatelink-autopilot:endpoint": endpoint_id,
    }


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("TLS", ["tcp/8443"]),
        ("UDP", ["udp/8443"]),
        ("TCP_UDP", ["tcp/8443", "udp/8443"]),
        ("QUIC", ["udp/8443"]),
        ("TCP_QUIC", ["tcp/8443", "udp/8443"]),
        ("SOMETHING_NEW", []),
    ],
)
def test_each_protocol_of_a_listener_opens_what_it_needs(
    world: World, session: boto3.Session, protocol: str, expected: list[str]
) -> None:
    world.listen(8443, "TCP")

    def report(parsed: dict[str, list[dict[str, object]]], **_: object) -> None:
        # moto makes no listeners of the newer protocols.
        for listener in parsed["Listeners"]:
            if listener["Port"] == 8443:
                listener["Protocol"] = protocol

    session.events.register("after-call.elastic-load-balancing-v2.DescribeListeners", report)
    world.connect()
    assert rules(world) == sorted(f"192.168.0.0/20 {port}" for port in ["tcp/80", *expected])


def test_the_ports_of_the_entry_stand_in_for_the_listeners(world: World) -> None:
    assert world.allowlist is not None
    world.allowlist += "        ports: [{port: 443}, {port: 53, protocol: udp}]\n"
    world.connect()
    assert rules(world) == ["192.168.0.0/20 tcp/443", "192.168.0.0/20 udp/53"]


def test_adjacent_sources_are_collapsed_and_ipv6_is_kept_apart(world: World) -> None:
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(
        "[192.168.0.0/20]", '[192.168.0.7/21, 192.168.8.0/21, "2001:db8::/32"]'
    )
    world.connect()
    assert rules(world) == ["192.168.0.0/20 tcp/80", "2001:db8::/32 tcp/80"]


def test_a_pass_over_a_converged_world_writes_nothing(world: World) -> None:
    world.connect()
    world.authorize()
    world.calls.clear()
    world.authorize()
    assert "DescribeSecurityGroupRules" in world.calls
    assert world.writes == []


def test_ten_requests_about_one_consumer_are_one_pass(world: World) -> None:
    world.connect()
    world.authorize(*[world.convergence()] * 10)
    assert world.calls.count("DescribeVpcEndpoints") == 1


def test_the_rules_go_with_the_endpoint_and_so_does_the_trace(world: World) -> None:
    endpoint_id = world.connect()
    world.authorize()
    assert f"CONSUMER#{CONSUMER}/{REGION}#ingress#TRACE" in world.ledger()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.authorize()
    assert world.ingress() == []
    # It stays for as long as somebody might be about to put something.
    assert f"CONSUMER#{CONSUMER}/{REGION}#ingress#TRACE" in world.ledger()
    world.later(minutes=10)
    world.authorize()
    assert f"CONSUMER#{CONSUMER}/{REGION}#ingress#TRACE" not in world.ledger()


def test_a_trace_that_is_old_goes_with_the_last_rule(world: World) -> None:
    endpoint_id = world.connect()
    world.authorize()
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    world.later(minutes=10)
    world.authorize()
    assert (world.ingress(), world.ledger()) == ([], {})


def test_the_trace_is_left_before_the_first_rule(world: World, session: boto3.Session) -> None:
    world.connect()
    seen: list[set[str]] = []
    before(session, "ec2.AuthorizeSecurityGroupIngress", lambda: seen.append(set(world.ledger())))
    world.authorize()
    assert seen == [{f"CONSUMER#{CONSUMER}/{REGION}#ingress#TRACE"}]


def test_a_change_of_sources_adds_before_it_revokes(world: World) -> None:
    world.connect()
    world.authorize()
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace("192.168.0.0/20", "10.99.0.0/16")
    world.calls.clear()
    event = world.convergence()
    event["detail"]["allowlist_version"] = "ffffffffffff"
    world.authorize(event)
    assert world.ingress() == ["10.99.0.0/16 tcp/80"]
    assert [name for name in world.writes if "SecurityGroup" in name] == [
        "AuthorizeSecurityGroupIngress",
        "RevokeSecurityGroupIngress",
    ]


def test_an_endpoint_that_only_asks_opens_nothing(world: World) -> None:
    world.request()
    assert rules(world) == []


def test_the_rules_of_a_live_connection_stay_when_its_account_is_not_listed_any_more(
    world: World,
) -> None:
    world.connect()
    world.authorize()
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(CONSUMER, STRANGER)
    event = world.convergence()
    event["detail"]["allowlist_version"] = "ffffffffffff"
    world.authorize(event)
    assert world.ingress() == ["192.168.0.0/20 tcp/80"]


def test_a_consumer_in_the_providers_own_account_is_served_in_the_same_way(world: World) -> None:
    assert world.allowlist is not None
    world.allowlist = world.allowlist.replace(CONSUMER, PROVIDER)
    group_id = world.opted_in_group(world.provider)
    world.connect(world.provider, SecurityGroupIds=[group_id])
    world.authorize(world.convergence(PROVIDER))
    assert world.ingress(group_id, world.provider) == ["192.168.0.0/20 tcp/80"]
    assert "AssumeRole" in world.calls


def test_a_request_about_a_service_outside_the_allowlist_does_nothing(world: World) -> None:
    event = world.convergence()
    event["detail"]["service_id"] = "vpce-svc-0fffffffffffffff0"
    assert failed(world.authorize(event)) == []
    assert "AssumeRole" not in world.calls


def test_what_was_done_is_in_the_endpoints_history(world: World) -> None:
    endpoint_id = world.connect()
    world.authorize()
    (entry,) = world.history(endpoint_id)
    assert (entry["what"], entry["rules"]) == (
        "authorize",
        f"{world.group_id}: 192.168.0.0/20 on tcp/80",
    )
