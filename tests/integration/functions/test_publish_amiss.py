"""PublishEndpointAddresses among others, and when something is amiss."""

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.harness import before, break_once, failed
from tests.integration.functions.world import World


def test_what_stands_in_the_way_is_left_and_named(world: World) -> None:
    world.connect()
    name = f"/privatelink/web/{world.consumer.vpc_id}/ip"
    world.put_parameter(CONSUMER, name, "203.0.113.9")
    assert failed(world.publish()) == []
    assert world.parameters(CONSUMER) == {name: "203.0.113.9"}
    assert world.findings() == {"parameter-clash"}
    # The provider's copy does not suffer.
    assert len(world.parameters(PROVIDER)) == 4


def test_a_secret_that_somebody_put_in_our_place_is_left_and_named(world: World) -> None:
    world.connect()
    name = f"/privatelink/web/{world.consumer.vpc_id}/ip"
    in_process_client("ssm", CONSUMER, REGION).put_parameter(
        Name=name, Value="theirs", Type="SecureString"
    )
    assert failed(world.publish()) == []
    assert list(world.parameters(CONSUMER)) == [name]
    assert world.findings() == {"parameter-clash"}


def test_parameters_of_other_forms_under_the_path_are_left(world: World) -> None:
    world.put_parameter(CONSUMER, "/privatelink/web/notes", "ours to keep")
    world.put_parameter(CONSUMER, f"/privatelink/other/{world.consumer.vpc_id}/ip", "10.0.0.1")
    world.publish()
    assert len(world.parameters(CONSUMER)) == 2


def test_interfaces_that_are_not_visible_yet_change_nothing(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    hidden: list[bool] = [True]

    def hide(parsed: dict[str, object], **_: object) -> None:
        if hidden:
            parsed["NetworkInterfaces"] = []

    session.events.register("after-call.ec2.DescribeNetworkInterfaces", hide)
    assert failed(world.publish()) == []
    assert world.parameters() == {}
    hidden.clear()
    world.publish()
    assert len(world.parameters()) == 4
    hidden.append(True)
    world.publish()
    assert len(world.parameters()) == 4


def test_a_copy_that_cannot_be_put_does_not_keep_the_publication_from_being_announced(
    world: World, session: boto3.Session
) -> None:
    endpoint_id = world.connect()
    puts: list[str] = []

    def fail_fifth(model: object, **_: object) -> None:
        puts.append(str(model))
        if len(puts) == 5:
            raise EndpointConnectionError(endpoint_url="https://ssm")

    session.events.register("before-call.ssm.PutParameter", fail_fifth)
    assert failed(world.publish()) == ["m0"]
    assert len(world.published_events("Endpoint Address Published")) == 1
    assert [entry["what"] for entry in world.history(endpoint_id)] == ["publish"]
    assert failed(world.publish()) == []
    assert len(world.parameters(PROVIDER)) == 4


def test_a_trace_that_was_lost_is_laid_again(world: World) -> None:
    world.connect()
    world.publish()
    trace = f"CONSUMER#{CONSUMER}/{REGION}#addresses#TRACE"
    in_process_client("dynamodb", PROVIDER, REGION).delete_item(
        TableName="ledger",
        Key={"pk": {"S": f"SERVICE#{world.service_id}"}, "sk": {"S": trace}},
    )
    world.publish()
    assert trace in world.ledger()


def test_an_interrupted_pass_is_taken_up_where_it_ended(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    calls: list[str] = []

    def fail_second(model: object, **_: object) -> None:
        calls.append(str(model))
        if len(calls) == 2:
            raise RuntimeError("the environment is gone")

    session.events.register("before-call.ssm.PutParameter", fail_second)
    assert failed(world.publish()) == ["m0"]
    assert list(world.parameters()) == [f"/privatelink/web/{world.consumer.vpc_id}/endpoint"]
    assert failed(world.publish()) == []
    assert len(world.parameters()) == 4


def test_a_parameter_that_somebody_makes_at_the_same_time_is_not_overwritten(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    name = f"/privatelink/web/{world.consumer.vpc_id}/endpoint"
    before(session, "ssm.PutParameter", lambda: world.put_parameter(CONSUMER, name, "theirs"))
    assert failed(world.publish()) == []
    assert world.parameters(CONSUMER) == {name: "theirs"}
    assert world.findings() == {"parameter-clash"}


# The pass within the other one takes its metrics with it.
@pytest.mark.filterwarnings("ignore:No application metrics to publish")
def test_what_another_pass_puts_at_the_same_time_is_found_to_be_ours(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    before(session, "ssm.PutParameter", lambda: world.publish(world.convergence()))
    assert failed(world.publish()) == []
    assert world.findings() == set()
    assert len(world.parameters(CONSUMER)) == len(world.parameters(PROVIDER)) == 4


def test_what_else_goes_wrong_at_the_same_time_has_the_message_come_back(
    world: World, session: boto3.Session
) -> None:
    world.connect()
    break_once(session, "ssm.PutParameter")
    assert failed(world.publish()) == ["m0"]
