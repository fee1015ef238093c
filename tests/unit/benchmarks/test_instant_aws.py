"""Recorded answers are replayed as they were given, and nothing is answered that was not asked."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks.cold_start.instant_aws import InstantAws, UnknownRequestError
from benchmarks.cold_start.recorder import Recorder
from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.clients import in_process_session

MOMENT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DESCRIBED = {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "CreationTimestamp": MOMENT}]}
ANSWERS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("ec2", "describe_vpc_endpoints", {"VpcEndpointIds": ["vpce-1"]}, DESCRIBED),
    ("elbv2", "describe_listeners", {"ListenerArns": ["a"]}, {"Listeners": [{"Port": 80}]}),
    ("dynamodb", "query", {"TableName": "t"}, {"Items": [{"pk": {"S": "a"}}], "Count": 1}),
    ("ssm", "get_parameter", {"Name": "/a"}, {"Parameter": {"Value": "10.0.3.181"}}),
]


def client(service: str, url: str | None = None) -> Any:  # noqa: ANN401 - any client of boto3
    session: Any = in_process_session(account_id=PROVIDER, region=REGION)
    config = Config(retries={"total_max_attempts": 1})
    return session.client(service, endpoint_url=url, config=config)


def answering(made: Any, *answers: dict[str, Any]) -> Any:  # noqa: ANN401 - any client of boto3
    """Have a client be answered in place of AWS, in turn."""
    left = list(answers)

    def answer(**_: object) -> tuple[AWSResponse, dict[str, Any]]:
        return AWSResponse("https://nowhere", 200, HTTPHeaders(), None), left.pop(0)

    made.meta.events.register("before-call", answer)
    return made


def listened(made: Any) -> tuple[Recorder, Any]:  # noqa: ANN401 - any client of boto3
    recorder = Recorder()
    recorder.listen(made, lambda _: "testing")
    return recorder, made


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.mark.parametrize(("service", "method", "params", "answer"), ANSWERS)
def test_an_answer_comes_back_as_it_was_given(
    service: str, method: str, params: dict[str, Any], answer: dict[str, Any]
) -> None:
    recorder, asking = listened(answering(client(service), answer))
    getattr(asking, method)(**params)
    with InstantAws(recorder.recording.answers()) as aws:
        replayed = getattr(client(service, aws.url), method)(**params)
    assert without_metadata(replayed) == answer


def test_a_document_that_is_streamed_comes_back_as_it_was_given_and_is_read_before() -> None:
    given = {
        "Configuration": io.BytesIO(b"services: {}"),
        "NextPollConfigurationToken": "next",
        "NextPollIntervalInSeconds": 15,
    }
    recorder, asking = listened(answering(client("appconfigdata"), given))
    first = asking.get_latest_configuration(ConfigurationToken="token")
    assert first["Configuration"].read() == b"services: {}"
    with InstantAws(recorder.recording.answers()) as aws:
        replaying = client("appconfigdata", aws.url)
        replayed = replaying.get_latest_configuration(ConfigurationToken="token")
        assert replayed["Configuration"].read() == b"services: {}"
        assert replayed["NextPollConfigurationToken"] == "next"


def test_a_session_does_not_end_between_recording_and_replaying() -> None:
    credentials = {"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "SessionToken": "t"}
    assumed = {"Credentials": {**credentials, "Expiration": MOMENT}}
    params = {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "session"}
    recorder, asking = listened(answering(client("sts"), assumed))
    asking.assume_role(**params)
    with InstantAws(recorder.recording.answers()) as aws:
        replayed = client("sts", aws.url).assume_role(**params)
    assert replayed["Credentials"]["Expiration"] > datetime.now(UTC)


def test_one_question_is_answered_in_turn_and_then_as_it_was_last() -> None:
    answers = [{"Parameter": {"Value": value}} for value in ("1", "2")]
    recorder, asking = listened(answering(client("ssm"), *answers))
    for _ in answers:
        asking.get_parameter(Name="/a")
    with InstantAws(recorder.recording.answers()) as aws:
        replaying = client("ssm", aws.url)
        values = [replaying.get_parameter(Name="/a")["Parameter"]["Value"] for _ in range(3)]
    assert values == ["1", "2", "2"]


def test_a_question_finds_its_answer_whatever_time_it_says() -> None:
    recorder, asking = listened(answering(client("events"), {"Entries": [{"EventId": "e"}]}))
    asking.put_events(Entries=[{"Detail": json.dumps({"requested": "2026-11-22T09:00:00+00:00"})}])
    with InstantAws(recorder.recording.answers()) as aws:
        detail = json.dumps({"requested": "2026-11-26T10:11:12.131415+00:00"})
        replayed = client("events", aws.url).put_events(Entries=[{"Detail": detail}])
    assert replayed["Entries"] == [{"EventId": "e"}]


@pytest.mark.parametrize(("service", "method", "params", "_"), ANSWERS)
def test_what_was_not_recorded_is_told_by_its_name(
    service: str, method: str, params: dict[str, Any], _: object
) -> None:
    asking = client(service)
    name = asking.meta.method_to_api_mapping[method]
    with (
        pytest.raises(UnknownRequestError, match=rf"^{name}: "),
        InstantAws([]) as aws,
        pytest.raises(ClientError),
    ):
        getattr(client(service, aws.url), method)(**params)


def test_an_answer_is_for_whoever_was_given_it_alone() -> None:
    recorder = Recorder()
    asking = answering(client("ssm"), {"Parameter": {"Value": "1"}})
    recorder.listen(asking, lambda _: "ASIA111122223333")
    asking.get_parameter(Name="/a")
    with (
        pytest.raises(UnknownRequestError, match="testing"),
        InstantAws(recorder.recording.answers()) as aws,
        pytest.raises(ClientError),
    ):
        client("ssm", aws.url).get_parameter(Name="/a")
