"""ValidateAllowlist: documents that are not deployed, and those that are."""

import json
from base64 import b64decode
from pathlib import Path
from threading import Barrier
from typing import Any

import boto3
import pytest

from privatelink.errors import AllowlistError
from sandbox.accounts import CONSUMER, STRANGER
from sandbox.in_process.invoking import Context
from tests.contract.stack import function
from tests.integration.functions.harness import break_once, clear_caches
from tests.integration.functions.world import EVENTS, World
from tests.integration.privatelink_model.parties import Clock
from validate_allowlist import app

FILES = sorted((EVENTS / "validate_allowlist").glob("*.json"))


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_event_file_is_validated_as_its_name_says(path: Path) -> None:
    event = json.loads(path.read_text())
    assert b64decode(event["content"]).startswith(b"services:")
    if path.stem.startswith("valid"):
        app.lambda_handler(event, Context())
    else:
        with pytest.raises(AllowlistError, match="2 mistake"):
            app.lambda_handler(event, Context())


def edited(world: World, old: str, new: str) -> str:
    """Return the deployed document with a change."""
    assert world.allowlist is not None
    assert old in world.allowlist
    return world.allowlist.replace(old, new)


def without_consumers(world: World, **settings: object) -> str:
    """Return a document that lists the service and nobody; JSON is YAML."""
    service = {"service_id": world.service_id, "consumers": [], **settings}
    return json.dumps({"services": {"web": service}})


def connect(world: World, count: int) -> list[str]:
    """Have endpoints connected and looked at."""
    ids = [world.connect() for _ in range(count)]
    world.sweep()
    return ids


def test_validating_reads_and_changes_nothing(world: World) -> None:
    connect(world, 1)
    before, world.calls = world.ledger(), []
    assert world.validate(edited(world, "192.168.0.0/20", "10.99.0.0/16")) == ""
    assert "DescribeVpcEndpointConnections" in world.calls
    assert world.writes == []
    assert world.ledger() == before


def test_aws_is_asked_as_often_for_five_thousand_consumers_as_for_one(world: World) -> None:
    connect(world, 1)
    world.calls = []
    world.validate(edited(world, "192.168.0.0/20", "10.99.0.0/16"))
    asked, world.calls = world.calls, []
    entries = "".join(
        f'      - {{account_id: "{number:012}", source_cidrs: [10.0.0.0/20]}}\n'
        for number in range(5000)
    )
    assert world.validate(str(world.allowlist) + entries) == ""
    assert world.calls == asked


def test_mistakes_are_listed_all_together(world: World) -> None:
    document = edited(world, "192.168.0.0/20", "192.168.0.0/33").replace("alias", "allias")
    reason = world.validate(document)
    assert "the allowlist has 2 mistake(s)" in reason
    assert "192.168.0.0/33" in reason
    assert "allias" in reason


def test_what_would_trip_the_breaker_is_refused_and_confirmed_is_not(world: World) -> None:
    ids = connect(world, 4)
    document = edited(world, CONSUMER, STRANGER)
    reason = world.validate(document)
    assert "the circuit breaker would trip" in reason
    assert all(f"{each} of {CONSUMER}" in reason for each in ids)
    assert "write max_withdrawals: 4" in reason
    assert (
        world.validate(document.replace("consumers:", "max_withdrawals: 4\n    consumers:")) == ""
    )


def test_three_of_those_who_are_live_may_go(world: World) -> None:
    connect(world, 3)
    assert world.validate(edited(world, CONSUMER, STRANGER)) == ""


def test_a_breaker_that_is_open_already_keeps_nothing_else_from_being_changed(
    world: World,
) -> None:
    ids = connect(world, 4)
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert "breaker-tripped" in world.findings()
    assert world.validate(edited(world, "192.168.0.0/20", "10.99.0.0/16")) == ""

    # Two of them have left by themselves, and the breaker still waits for a larger number.
    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=ids[:2])
    world.sweep()
    assert world.validate(edited(world, "192.168.0.0/20", "10.99.0.0/16")) == ""


def test_what_a_service_has_live_when_it_is_listed_for_the_first_time_is_no_breaker_of_ours(
    world: World,
) -> None:
    for _ in range(4):
        world.connect()
    document, world.allowlist = edited(world, CONSUMER, STRANGER), "services: {}"
    world.sweep()
    reason = world.validate(document)
    assert "4 live connection(s) would be lost at once" in reason
    more = document.replace("consumers:", "max_withdrawals: 4\n    consumers:")
    assert world.validate(more) == ""
    assert world.validate(document.replace("consumers:", "mode: observe\n    consumers:")) == ""


def test_a_service_that_has_been_removed_may_be_listed_again_as_somebody_elses(
    world: World,
) -> None:
    connect(world, 4)
    document, world.allowlist = edited(world, CONSUMER, STRANGER), "services: {}"
    world.sweep()
    assert "breaker-tripped" in world.findings()
    assert world.validate(document) == "", "the breaker is open already"


def test_what_an_observed_breaker_would_have_kept_is_lost_once_it_is_enforced(
    world: World,
) -> None:
    connect(world, 4)
    world.edit(CONSUMER, STRANGER)
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    assert "breaker-tripped" in world.findings()
    document = edited(world, "mode: observe", "mode: enforce")
    assert "4 live connection(s) would be lost at once" in world.validate(document)
    assert world.validate(document.replace("mode:", "max_withdrawals: 4\n    mode:")) == ""


def test_what_an_open_breaker_would_keep_in_addition_is_refused_with_a_number_that_is_enough(
    world: World,
) -> None:
    connect(world, 4)
    world.allowlist = str(world.allowlist) + (
        f'      - {{account_id: "{STRANGER}", source_cidrs: [10.99.0.0/16]}}\n'
    )
    stranger = world.connect(world.stranger)
    world.edit(CONSUMER, "777788889999")
    world.sweep()
    assert "breaker-tripped" in world.findings()
    document = edited(world, STRANGER, "666655554444")
    reason = world.validate(document)
    assert stranger in reason
    assert "write max_withdrawals: 5" in reason
    more = document.replace("consumers:", "max_withdrawals: 5\n    consumers:", 1)
    assert world.validate(more) == ""


def test_strangers_that_a_service_let_in_by_itself_are_no_loss(world: World, clock: Clock) -> None:
    world.sweep()
    clock.advance(days=30)
    world.provider.ec2.modify_vpc_endpoint_service_configuration(
        ServiceId=world.service_id, AcceptanceRequired=False
    )
    for _ in range(4):
        world.request(world.stranger)
    document, world.allowlist = world.allowlist, None  # so that everything counts
    assert world.validate(document) == ""


def test_a_service_is_not_emptied_unless_the_document_says_how_many_go(world: World) -> None:
    (endpoint_id,) = connect(world, 1)
    reason = world.validate(without_consumers(world))
    assert "no entry of a consumer counts any more while 1 connection(s) are live" in reason
    assert endpoint_id in reason
    assert "write max_withdrawals: 1" in reason
    assert world.validate(without_consumers(world, max_withdrawals=0)) != ""
    assert world.validate(without_consumers(world, max_withdrawals=1)) == ""


def test_a_service_whose_entries_have_all_expired_is_emptied(world: World) -> None:
    connect(world, 1)
    expired = edited(world, "alias: sddc-tokyo", "expires: 2026-01-31")
    assert "no entry of a consumer counts any more" in world.validate(expired)


def test_an_emptied_service_without_live_connections_is_fine(world: World) -> None:
    world.request()
    assert world.validate(without_consumers(world)) == ""


def test_a_service_is_not_removed_while_connections_are_live(world: World) -> None:
    (endpoint_id,) = connect(world, 1)
    reason = world.validate("services: {}")
    assert "services.web is removed while 1 connection(s) are live" in reason
    assert endpoint_id in reason
    assert world.validate(without_consumers(world, max_withdrawals=1)) == ""
    assert world.validate(without_consumers(world, mode="observe")) == ""

    world.consumer.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert world.validate("services: {}") == ""


def test_a_service_that_has_been_removed_keeps_nothing_else_from_being_changed(
    world: World,
) -> None:
    connect(world, 1)
    world.allowlist = "services: {}"
    world.sweep()
    assert world.validate("services: {}  # edited") == ""


def test_a_service_of_which_nothing_came_but_plans_may_be_removed(world: World) -> None:
    world.connect()
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    assert world.validate("services: {}") == ""


def test_a_service_that_is_observed_again_is_not_removed_while_something_of_ours_is_there(
    world: World,
) -> None:
    connect(world, 1)
    world.edit("consumers:", "mode: observe\n    consumers:")
    world.sweep()
    assert "services.web is removed while 1 connection(s) are live" in world.validate(
        "services: {}"
    )


def test_principals_that_we_have_allowed_keep_an_observed_service_from_being_removed(
    world: World,
) -> None:
    world.edit("consumers:", "manage_principals: true\n    consumers:")
    world.sweep()
    world.edit("manage_principals", "mode: observe\n    manage_principals")
    world.connect()
    world.sweep()
    assert "services.web is removed" in world.validate("services: {}")


def test_without_a_deployed_document_everything_counts(world: World) -> None:
    connect(world, 4)
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    document, world.allowlist = world.allowlist, None
    assert "the circuit breaker would trip" in world.validate(document)
    assert "is removed while 4" in world.validate("services: {}")


def test_the_first_document_of_all_is_fine(world: World) -> None:
    document, world.allowlist = world.allowlist, None
    world.connect()
    assert world.validate(document) == ""


MANY = ", ".join(f"10.{number}.0.0/20" for number in range(61))


def test_an_entry_that_needs_more_rules_than_a_group_holds_is_refused(world: World) -> None:
    document = edited(world, "192.168.0.0/20", MANY)
    reason = world.validate(document)
    assert "sddc-tokyo needs 61 IPv4 inbound rules" in reason
    assert world.validate(document.replace("10.60.0.0/20", "10.59.0.0/20")) == ""


def test_rules_are_counted_for_each_port_of_the_listeners_unless_the_entry_names_its_own(
    world: World,
) -> None:
    world.listen(443, "TCP_UDP")
    document = edited(world, "192.168.0.0/20", MANY.replace("10.60.0.0/20", "10.59.0.0/20"))
    assert "needs 180 IPv4" in world.validate(document)
    assert world.validate(document.replace("alias:", "ports: [{port: 80}]\n        alias:")) == ""


def test_an_entry_that_is_too_large_already_keeps_nothing_else_from_being_changed(
    world: World,
) -> None:
    world.edit("192.168.0.0/20", MANY)
    assert world.validate(edited(world, "alias: sddc-tokyo", "alias: sddc-osaka")) == ""
    # AWS may have raised the quota.
    assert world.validate(edited(world, "10.60.", "11.0.0.0/20, 10.60.")) == ""


def test_an_entry_that_names_fewer_ports_than_the_listeners_have_shrinks(world: World) -> None:
    world.listen(443, "TCP_UDP")
    forty = ", ".join(f"10.{number}.0.0/20" for number in range(40))
    world.edit("192.168.0.0/20", forty)
    document = edited(world, "alias:", "ports: [{port: 80}, {port: 443}]\n        alias:")
    assert world.validate(document) == "", "80 rules instead of 120"
    world.edit("alias:", "ports: [{port: 80}]\n        alias:")
    assert "needs 80 IPv4" in world.validate(document)


def test_what_is_only_observed_is_not_guarded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(world, 4)
    assert world.validate(without_consumers(world, mode="observe")) == ""
    monkeypatch.setenv("MODE", "observe")
    clear_caches()
    assert world.validate(without_consumers(world)) == ""


def test_a_service_that_is_observed_no_longer_is_guarded(world: World) -> None:
    connect(world, 1)
    world.allowlist = without_consumers(world, mode="observe")
    world.sweep()
    assert "no entry of a consumer counts" in world.validate(without_consumers(world))


@pytest.mark.parametrize(
    "operation",
    [
        "ec2.DescribeVpcEndpointConnections",
        "ec2.DescribeVpcEndpointServiceConfigurations",
        "elbv2.DescribeListeners",
        "dynamodb.Query",
    ],
)
def test_what_cannot_be_read_is_the_reason_for_refusing(
    world: World, session: boto3.Session, operation: str
) -> None:
    connect(world, 1)
    clear_caches()
    break_once(session, operation, "UnauthorizedOperation")
    document = edited(world, "192.168.0.0/20", "10.99.0.0/16")
    reason = world.validate(document)
    assert "could not be read" in reason
    assert operation.partition(".")[2] in reason
    assert world.validate(document) == ""


@pytest.mark.parametrize(
    "operation",
    ["appconfigdata.StartConfigurationSession", "appconfigdata.GetLatestConfiguration"],
)
@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_a_deployed_document_that_cannot_be_read_is_not_taken_for_none(
    world: World, session: boto3.Session, operation: str, code: str
) -> None:
    clear_caches()
    break_once(session, operation, code)
    reason = world.validate()
    assert reason.startswith("the allowlist is refused, since what it would do could not be read")
    assert code in reason
    assert world.validate() == ""


def test_an_empty_answer_means_that_nothing_is_deployed(world: World) -> None:
    connect(world, 4)
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    document, world.allowlist = world.allowlist, ""
    assert "the circuit breaker would trip" in world.validate(document)


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "BadRequestException"])
def test_where_nothing_is_deployed_everything_counts(
    world: World, session: boto3.Session, code: str
) -> None:
    connect(world, 4)
    world.edit(CONSUMER, STRANGER)
    world.sweep()
    assert world.validate() == ""
    clear_caches()
    break_once(session, "appconfigdata.GetLatestConfiguration", code)
    assert "the circuit breaker would trip" in world.validate()


def test_a_deployed_document_with_mistakes_excuses_nothing(world: World) -> None:
    connect(world, 1)
    document, world.allowlist = without_consumers(world), "services: ["
    assert "no entry of a consumer counts any more" in world.validate(document)


def several(world: World, count: int, mode: str = "enforce") -> str:
    """Return a document of services that are alike."""
    services = {
        f"web-{number}": {
            "service_id": world.provider.service("*")[0],
            "mode": mode,
            "consumers": [{"account_id": CONSUMER, "source_cidrs": ["192.168.0.0/20"]}],
        }
        for number in range(count)
    }
    return json.dumps({"services": services})


def test_a_service_that_nothing_changes_about_is_not_looked_at(
    world: World, session: boto3.Session
) -> None:
    world.allowlist = several(world, 3)
    world.sweep()
    clear_caches()
    world.calls = []
    assert world.validate() == ""
    assert not [name for name in world.calls if name.startswith("Describe")]
    assert world.validate(world.allowlist.replace("192.168.0.0/20", "10.0.0.0/20", 1)) == ""
    assert world.calls.count("DescribeVpcEndpointConnections") == 1

    # One that cannot be read keeps nothing about the others from being changed.
    first = json.loads(world.allowlist)["services"]["web-0"]["service_id"]

    def fail(params: dict[str, object], **_: object) -> None:
        if first in str(params):
            raise AssertionError(params)

    session.events.register("provide-client-params.ec2", fail)
    last = world.allowlist.rpartition("192.168.0.0/20")
    assert world.validate(f"{last[0]}10.0.0.0/20{last[2]}") == ""


def test_services_are_looked_at_at_the_same_time(world: World, session: boto3.Session) -> None:
    document, world.allowlist = several(world, 4), "services: {}"
    clear_caches()
    all_of_them = Barrier(4)

    def meet(**_: object) -> None:
        all_of_them.wait(timeout=20)

    session.events.register("before-call.ec2.DescribeVpcEndpointConnections", meet)
    assert world.validate(document) == ""


def test_a_call_that_hangs_is_given_up_while_appconfig_still_waits(world: World) -> None:
    world.validate()
    services = app.use_case().outlooks.services
    config: Any = services._ec2.meta.config  # noqa: SLF001 - what the function is made with
    attempts = config.retries["total_max_attempts"]
    longest = attempts * (config.connect_timeout + config.read_timeout)
    timeout = function("validate_allowlist")["Timeout"]
    assert longest + 1 < timeout, "a second lies between two attempts at most"
