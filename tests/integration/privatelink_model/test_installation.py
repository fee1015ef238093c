"""How the model comes and goes, and whose request a request is."""

import gc
from types import ModuleType
from typing import Any

import pytest
from moto import mock_aws
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.responses import EC2Response

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink import PrivateLink
from sandbox.privatelink.clients import in_process_client, in_process_session
from sandbox.privatelink.patches import BALANCING, OPERATIONS, REPAIRS, Patch
from tests.integration.privatelink_model.parties import Party, Provider

PATCHES = (*REPAIRS, *BALANCING, *OPERATIONS)


def attributes() -> dict[tuple[type | ModuleType, str], Any]:
    missing = object
    return {(each.owner, each.name): vars(each.owner).get(each.name, missing) for each in PATCHES}


def test_uninstalling_restores_every_attribute() -> None:
    before = attributes()
    with PrivateLink().install():
        during = attributes()
    assert attributes() == before
    assert "privatelink" not in vars(EC2Backend)
    assert {key for key, value in during.items() if value is before[key]} == set()


def test_uninstalling_restores_after_an_error_too() -> None:
    before = attributes()
    with pytest.raises(ZeroDivisionError), PrivateLink().install():
        raise ZeroDivisionError
    assert attributes() == before


def test_a_stack_that_is_dropped_leaves_the_model_installed() -> None:
    with PrivateLink().install():
        dropped = PrivateLink()
        dropped.install()
        gc.collect()
        assert vars(EC2Backend)["privatelink"] is dropped


def test_the_innermost_of_two_models_counts() -> None:
    outer, inner = PrivateLink(pending_seconds=1), PrivateLink(pending_seconds=2)
    with outer.install():
        with inner.install():
            assert vars(EC2Backend)["privatelink"] is inner
        assert vars(EC2Backend)["privatelink"] is outer


@pytest.mark.parametrize("patch", PATCHES, ids=[each.name for each in PATCHES])
def test_every_patch_says_why(patch: Patch) -> None:
    assert len(patch.why.split()) > 2


def test_a_fresh_mock_has_nothing_of_the_one_before() -> None:
    with PrivateLink().install():
        with mock_aws():
            provider, consumer = Provider(), Party(CONSUMER)
            service_id, name = provider.service("*")
            provider.ec2.create_vpc_endpoint_connection_notification(
                ServiceId=service_id,
                ConnectionNotificationArn=f"arn:aws:sns:{REGION}:{PROVIDER}:connections",
                ConnectionEvents=["Connect"],
            )
            consumer.request(name)
            assert provider.connections()
        with mock_aws():
            assert Provider().connections() == []
            found = provider.ec2.describe_vpc_endpoint_connection_notifications()
            assert found["ConnectionNotificationSet"] == []


def test_settings_change_while_the_model_runs() -> None:
    model = PrivateLink()
    with model.install(), mock_aws():
        provider, consumer = Provider(), Party(CONSUMER)
        service_id, name = provider.service("*")
        first, second = consumer.request(name), consumer.request(name)
        provider.accept(service_id, first)
        model.pending_seconds = 3600
        provider.accept(service_id, second)
        assert provider.states() == {first: "available", second: "pending"}


def test_a_raw_request_is_answered_for_the_account_of_its_header() -> None:
    with PrivateLink().install(), mock_aws():
        provider = Provider()
        service_id, _ = provider.service()
        for account_id in (PROVIDER, STRANGER):
            ec2 = in_process_client("ec2", account_id, REGION)
            found = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
            expected = [service_id] if account_id == PROVIDER else []
            assert [each["ServiceId"] for each in found] == expected
        assert {PROVIDER, STRANGER} <= set(ec2_backends)


@pytest.mark.parametrize("account_id", [PROVIDER, CONSUMER, STRANGER])
def test_clients_act_for_their_account_with_every_service(account_id: str) -> None:
    with mock_aws():
        sts = in_process_client("sts", account_id, REGION)
        assert sts.get_caller_identity()["Account"] == account_id
        ssm = in_process_client("ssm", account_id, REGION)
        ssm.put_parameter(Name="/whose", Value=account_id, Type="String")
        dynamodb = in_process_client("dynamodb", account_id, REGION)
        table = dynamodb.create_table(
            TableName="whose",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )["TableDescription"]
        assert f":{account_id}:" in table["TableArn"]
        events = in_process_client("events", account_id, REGION)
        assert f":{account_id}:" in events.create_event_bus(Name="whose")["EventBusArn"]
    with mock_aws():
        ssm = in_process_client("ssm", account_id, REGION)
        assert ssm.describe_parameters()["Parameters"] == []


def test_a_session_has_clients_of_any_service_in_its_region() -> None:
    with mock_aws():
        session = in_process_session(account_id=CONSUMER, region="eu-central-1")
        answer = session.client("logs").describe_log_groups()
        assert answer["logGroups"] == []
        assert session.client("sqs").create_queue(QueueName="q")["QueueUrl"] == (
            f"https://sqs.eu-central-1.amazonaws.com/{CONSUMER}/q"
        )


def test_the_operations_are_functions_which_is_how_moto_finds_them() -> None:
    with PrivateLink().install():
        for patch in OPERATIONS:
            assert vars(EC2Response)[patch.name] is patch.replacement
