import json
from copy import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatelink.errors import MalformedMessageError
from privatelink.event_names import CONVERGENCE
from privatelink.hints import (
    TO_COME,
    ConvergenceRequest,
    Hint,
    Look,
    coalesce,
    read_convergence_request,
    read_hint,
)
from privatelink.mentions import find_service_ids, find_vpc_endpoint_ids
from privatelink.model import AccountId, Consumer, Region, ServiceId, VpcEndpointId

SERVICE = ServiceId("vpce-svc-0123456789abcdef0")
OTHER = ServiceId("vpce-svc-0123456789abcdef1")


def envelope(detail_type: str, **detail: object) -> str:
    return json.dumps({"source": "any", "detail-type": detail_type, "detail": detail})


@pytest.mark.parametrize(
    "text",
    [
        f'{{"ServiceId": "{SERVICE}"}}',
        f"com.amazonaws.vpce.ap-northeast-1.{SERVICE}",
        f"arn:aws:ec2:ap-northeast-1:123456789012:vpc-endpoint-service/{SERVICE}",
        f"vpce-04a4c8e2145cb966e-mt4iyi9i.{SERVICE}.us-east-1.vpce.amazonaws.com",
        f"¿{SERVICE}?",
    ],
)
def test_finds_service_ids_wherever_they_stand(text: str) -> None:
    assert find_service_ids(text) == {SERVICE}


@pytest.mark.parametrize("before", ["\n", "\t", "é", "\u2028", '"', "\\"])
def test_what_is_escaped_in_json_is_no_part_of_an_id(before: str) -> None:
    assert find_service_ids(json.dumps(before + SERVICE)) == {SERVICE}


@pytest.mark.parametrize("text", ["", "vpce-svc-", "vpce-svc-xyz", "xvpce-svc-0123456789abcdef0z"])
def test_finds_no_service_id_where_none_stands(text: str) -> None:
    assert not find_service_ids(text)


def test_tells_endpoint_ids_from_service_ids() -> None:
    text = f"{SERVICE} vpce-04a4c8e2145cb966e"
    assert find_vpc_endpoint_ids(text) == {"vpce-04a4c8e2145cb966e"}


def test_a_notification_is_a_hint_about_the_services_that_it_names() -> None:
    body = envelope("Endpoint Connection Notification", service_ids=[SERVICE])
    assert read_hint(body) == Hint(service_ids=frozenset({SERVICE}))


def test_a_notification_without_ids_is_a_hint_about_all_services() -> None:
    body = envelope("Endpoint Connection Notification", service_ids=[])
    assert read_hint(body) == Hint(service_ids=frozenset())


def test_a_sweep_is_a_hint_about_all_services() -> None:
    assert read_hint(envelope("Endpoint Connection Sweep Requested")) == Hint(
        service_ids=frozenset()
    )


@pytest.mark.parametrize("kind", ["Baking", "Complete", "Rollback", "Rolled Back"])
def test_a_deployment_of_the_allowlist_asks_for_it_to_be_read_anew(kind: str) -> None:
    hint = read_hint(envelope(f"On Deployment {kind}"))
    bakes = kind == "Baking"
    assert hint == Hint(service_ids=frozenset(), allowlist_changed=True, allowlist_bakes=bakes)


@pytest.mark.parametrize("name", ["CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"])
def test_endpoint_calls_in_cloudtrail_are_hints(name: str) -> None:
    service_name = f"com.amazonaws.vpce.ap-northeast-1.{SERVICE}"
    body = envelope("AWS API Call via CloudTrail", eventName=name, requestParameters=service_name)
    assert read_hint(body) == Hint(service_ids=frozenset({SERVICE}))


@pytest.mark.parametrize(
    "body",
    [
        envelope("AWS API Call via CloudTrail", eventName="DeleteTransitGatewayVpcAttachment"),
        envelope("AWS API Call via CloudTrail"),
        envelope("AWS API Call via CloudTrail", eventName={"CreateVpcEndpoint": 1}),
        envelope("Endpoint Connection Accepted", service_id=SERVICE),
    ],
)
def test_other_events_are_no_hints(body: str) -> None:
    assert read_hint(body) is None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("", "body"),
        ("not json", "body"),
        ("[]", "body"),
        ("[" * 100_000, "body"),
        ("{}", "detail-type"),
        ('{"detail-type": 7, "detail": {}}', "detail-type"),
        ('{"detail-type": "x", "detail": "y"}', "detail"),
        (envelope("Endpoint Connection Follow-Up"), "detail.follow_up"),
        (envelope("Endpoint Connection Follow-Up", follow_up=0), "detail.follow_up"),
        (envelope("Endpoint Connection Follow-Up", follow_up=True), "detail.follow_up"),
    ],
)
def test_a_message_that_cannot_be_read_is_named(body: str, path: str) -> None:
    with pytest.raises(MalformedMessageError) as caught:
        read_hint(body)
    assert caught.value.path == path


def test_an_error_shows_a_part_of_what_was_found() -> None:
    with pytest.raises(MalformedMessageError) as caught:
        read_hint("secret " * 10_000)
    assert len(str(caught.value)) < 200


@given(st.text() | st.from_regex(r'\{"detail-type": .{0,40}', fullmatch=True))
def test_nothing_but_a_malformed_message_error_is_ever_raised(body: str) -> None:
    for read in (read_hint, read_convergence_request):
        try:
            read(body)
        except MalformedMessageError as error:
            assert error.expected  # noqa: PT017 - any other error fails the test


def hint(*service_ids: ServiceId, follow_up: int = 0) -> Hint:
    return Hint(service_ids=frozenset(service_ids), follow_up=follow_up)


def test_many_hints_about_one_service_become_one_look() -> None:
    looks = coalesce([(f"m{n}", hint(SERVICE)) for n in range(10)], [SERVICE, OTHER])
    assert {look for _, look in looks} == {Look(service_id=SERVICE)}
    assert len(looks) == 10


def test_a_hint_about_all_services_is_a_look_at_each_that_the_allowlist_names() -> None:
    looks = coalesce([("m1", hint())], [SERVICE, OTHER])
    assert {look.service_id for _, look in looks} == {SERVICE, OTHER}


def test_a_hint_about_a_service_that_is_not_in_the_allowlist_is_no_look() -> None:
    assert not coalesce([("m1", hint(OTHER))], [SERVICE])


def test_a_follow_up_among_other_hints_keeps_its_count() -> None:
    looks = coalesce([("m1", hint(SERVICE)), ("m2", hint(SERVICE, follow_up=3))], [SERVICE])
    assert {look for _, look in looks} == {Look(service_id=SERVICE, follow_up=3)}


def test_of_several_follow_ups_the_youngest_goes_on() -> None:
    hints = [("m1", hint(SERVICE, follow_up=46)), ("m2", hint(SERVICE, follow_up=1))]
    assert {look.follow_up for _, look in coalesce(hints, [SERVICE])} == {1}


def test_follow_ups_alone_are_told_from_hints_from_outside() -> None:
    (look,) = {look for _, look in coalesce([("m1", hint(SERVICE, follow_up=3))], [SERVICE])}
    assert look.follows_up_only


def test_of_hints_that_name_endpoints_a_look_is_about_all_of_these() -> None:
    first, second = VpcEndpointId("vpce-01"), VpcEndpointId("vpce-02")
    hints = [
        (id_, Hint(service_ids=frozenset({SERVICE}), vpc_endpoint_ids=frozenset({id_})))
        for id_ in (first, second)
    ]
    (look,) = {
        look for _, look in coalesce([*hints, ("m3", hint(SERVICE, follow_up=1))], [SERVICE])
    }
    assert look.vpc_endpoint_ids == {first, second}
    assert not look.is_thorough
    (look,) = {look for _, look in coalesce([*hints, ("m3", hint(SERVICE))], [SERVICE])}
    assert look.is_thorough


REQUEST = ConvergenceRequest(
    service_id=SERVICE,
    consumer=Consumer(account_id=AccountId("011122223333"), region=Region("ap-northeast-1")),
    allowlist_version="0123456789ab",
)


def test_a_convergence_request_survives_the_bus() -> None:
    body = envelope("Consumer Convergence Requested", **REQUEST.to_detail())
    assert read_convergence_request(body) == REQUEST


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("service_id", "vpce-svc-../../x"),
        ("account_id", 111122223333),
        ("account_id", "111122223333\n"),
        ("region", "tokyo"),
        ("allowlist_version", None),
    ],
)
def test_a_convergence_request_with_a_wrong_field_is_named(key: str, value: object) -> None:
    body = envelope("Consumer Convergence Requested", **{**REQUEST.to_detail(), key: value})
    with pytest.raises(MalformedMessageError) as caught:
        read_convergence_request(body)
    assert (caught.value.path, caught.value.value) == (f"detail.{key}", value)


def test_another_event_is_no_convergence_request() -> None:
    with pytest.raises(MalformedMessageError, match="Consumer Convergence Requested"):
        read_convergence_request(envelope("Endpoint Connection Accepted"))


def test_whether_a_consumer_is_leaving_is_part_of_a_request() -> None:
    leaver = replace(REQUEST, leaving=True)
    body = envelope(CONVERGENCE, **leaver.to_detail())
    assert read_convergence_request(body) == leaver
    body = envelope(CONVERGENCE, **{**leaver.to_detail(), "leaving": "yes"})
    with pytest.raises(MalformedMessageError, match="expected true or false"):
        read_convergence_request(body)


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_when_a_request_was_made_survives_the_bus() -> None:
    body = envelope(CONVERGENCE, **replace(REQUEST, requested=NOON).to_detail())
    assert read_convergence_request(body).requested == NOON


def test_requests_that_differ_in_when_they_were_made_are_one_piece_of_work() -> None:
    assert len({REQUEST, replace(REQUEST, requested=NOON)}) == 1


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "",
        "yesterday",
        "2026-11-22T12:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-11-22T12:00:00+99:00",
        1795348800,
        ["2026-11-22T12:00:00+00:00"],
        {"at": "2026-11-22T12:00:00+00:00"},
        "9" * 100_000,
    ],
)
def test_a_request_that_does_not_say_when_it_was_made_is_younger_than_all_that_was_read(
    forged: object,
) -> None:
    body = envelope(CONVERGENCE, **{**REQUEST.to_detail(), "requested": forged})
    request = read_convergence_request(body)
    assert request == REQUEST
    assert request.requested == TO_COME


def test_a_request_of_before_there_was_a_time_in_it_can_be_read() -> None:
    detail = {key: value for key, value in REQUEST.to_detail().items() if key != "requested"}
    request = read_convergence_request(envelope(CONVERGENCE, **detail))
    assert (request, request.requested) == (REQUEST, TO_COME)
