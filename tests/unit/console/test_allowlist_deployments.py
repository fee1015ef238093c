import pytest

from console.commands.deploying import deploy, stop
from console.errors import ConsoleError
from privatelink.errors import AwsError
from tests.unit.console.deployments import ALARM, answer, appconfig, deployment

OF_DEPLOYMENT = {
    "ApplicationId": "app0001",
    "EnvironmentId": "env0001",
    "DeploymentNumber": 4,
}
STARTED = {
    "ApplicationId": "app0001",
    "EnvironmentId": "env0001",
    "ConfigurationProfileId": "prof001",
    "DeploymentStrategyId": "strat01",
    "ConfigurationVersion": "7",
    "Description": "why",
    "LatestDeploymentNumber": 3,
}


def test_a_description_travels_as_one_line_of_ascii() -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_response(
            "create_hosted_configuration_version",
            {"VersionNumber": 7},
            {
                "ApplicationId": "app0001",
                "ConfigurationProfileId": "prof001",
                "Content": b"services: {}",
                "ContentType": "application/yaml",
                "Description": "zwei Zeilen f?r T?ky?",
            },
        )
        assert deployments.create_version(b"services: {}", "zwei\n Zeilen für Tōkyō") == "7"


def test_all_pages_of_deployments_are_read_and_put_in_order() -> None:
    where = {"ApplicationId": "app0001", "EnvironmentId": "env0001"}
    with appconfig() as (deployments, stubber):
        first = {"Items": [answer(3, "2", "COMPLETE")], "NextToken": "more"}
        stubber.add_response("list_deployments", first, where)
        last = {"Items": [answer(2, "2", "ROLLED_BACK"), answer(1, "1", "COMPLETE")]}
        stubber.add_response("list_deployments", last, {**where, "NextToken": "more"})
        assert [each.number for each in deployments.list_deployments()] == [1, 2, 3]


def test_a_validators_reasons_are_told() -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_client_error(
            "start_deployment",
            service_error_code="BadRequestException",
            service_message="The validator refused the configuration.",
            modeled_fields={
                "Reason": "InvalidConfiguration",
                "Details": {"InvalidConfiguration": [{"Reason": "web: 7 would be cut"}]},
            },
            expected_params=STARTED,
        )
        with pytest.raises(ConsoleError) as raised:
            deployments.start_deployment("7", "why", latest=3)
    assert raised.value.message == (
        "AppConfig refuses the allowlist: The validator refused the configuration."
        "\n  web: 7 would be cut"
    )
    assert raised.value.hint == "Nothing of it is in force."


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ConflictException", "Somebody else deploys the allowlist: why"),
        ("PayloadTooLargeException", "The allowlist is too large for AppConfig: why"),
    ],
)
def test_what_else_appconfig_refuses_is_explained(code: str, told: str) -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_client_error("start_deployment", code, "why")
        with pytest.raises(ConsoleError) as raised:
            deployments.start_deployment("7", "why", latest=3)
    assert raised.value.message == told


def test_what_appconfig_cannot_do_is_an_error_of_aws() -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_client_error("start_deployment", "InternalServerException", "why")
        with pytest.raises(AwsError, match="StartDeployment failed with InternalServer"):
            deployments.start_deployment("7", "why", latest=3)


def test_a_deployment_is_told_of_until_it_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_response("start_deployment", answer(4, "7", "DEPLOYING"), STARTED)
        for state in ("VALIDATING", "DEPLOYING", "DEPLOYING", "BAKING", "BAKING", "COMPLETE"):
            stubber.add_response("get_deployment", answer(4, "7", state), OF_DEPLOYMENT)
        deploy(deployments, "7", "why", after=[deployment(3, "6")])
    written = capsys.readouterr()
    assert written.out == "Version 7 is in force.\n"
    assert " ".join(written.err.split()) == (
        "Deployment 4, of version 7, has started. Version 7 is being validated. "
        "Version 7 is in force. It bakes for 10 minutes: an alarm takes it back meanwhile. "
        "Ctrl-C only ends the watching."
    )


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (
            {"TriggeredBy": "CLOUDWATCH_ALARM", "Description": f"Rollback initiated by {ALARM}"},
            " by the alarm breaker-tripped.",
        ),
        (
            {"TriggeredBy": "USER", "Description": "Rollback initiated by 123456789012"},
            ": Rollback initiated by 123456789012.",
        ),
    ],
    ids=["an alarm", "a person"],
)
def test_what_takes_a_deployment_back_is_named(event: dict[str, str], why: str) -> None:
    log = [{"EventType": "ROLLBACK_COMPLETED"}, {"EventType": "ROLLBACK_STARTED", **event}]
    with appconfig() as (deployments, stubber):
        stubber.add_response("start_deployment", answer(4, "7", "BAKING"), STARTED)
        stubber.add_response("get_deployment", answer(4, "7", "ROLLING_BACK"), OF_DEPLOYMENT)
        ended = answer(4, "7", "ROLLED_BACK", EventLog=log)
        stubber.add_response("get_deployment", ended, OF_DEPLOYMENT)
        with pytest.raises(ConsoleError) as raised:
            deploy(deployments, "7", "why", after=[deployment(3, "6")])
    assert raised.value.message == f"Version 7 has been taken back{why}"
    assert raised.value.exit_code == 1


def test_a_deployment_that_is_watched_no_more_goes_on() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with appconfig() as (deployments, stubber):
        object.__setattr__(deployments, "pause", interrupt)
        stubber.add_response("start_deployment", answer(4, "7", "DEPLOYING"), STARTED)
        stubber.add_response("get_deployment", answer(4, "7", "BAKING"), OF_DEPLOYMENT)
        with pytest.raises(ConsoleError) as raised:
            deploy(deployments, "7", "why", after=[deployment(3, "6")])
    assert raised.value.exit_code == 130
    assert raised.value.message == "Stopped watching: deployment 4 goes on (BAKING)."
    assert "--application-id app0001 --environment-id env0001 --deployment-number 4" in (
        raised.value.hint
    )
    assert raised.value.hint.endswith("Take it back: privatelink allowlist rollback 6")


def test_a_deployment_that_bakes_is_stopped_too() -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_response("stop_deployment", {}, {**OF_DEPLOYMENT, "AllowRevert": True})
        stubber.add_response("get_deployment", answer(4, "7", "ROLLED_BACK"), OF_DEPLOYMENT)
        items = {"Items": [answer(4, "7", "ROLLED_BACK"), answer(3, "6", "COMPLETE")]}
        stubber.add_response("list_deployments", items)
        history = stop(deployments, deployment(4, "7", "BAKING"))
    assert [(each.version, each.state) for each in history] == [
        ("6", "COMPLETE"),
        ("7", "ROLLED_BACK"),
    ]
