"""What is said, and what is left, when a deployment cannot be followed to its end."""

import pytest
from botocore.stub import Stubber

from console.commands.deploying import deploy, deploy_new, stop
from console.errors import ConsoleError
from privatelink.errors import AwsError
from tests.unit.console.deployments import answer, appconfig, deployment

AFTER = [deployment(3, "6")]
LOST = "The security token included in the request is expired"


def started(stubber: Stubber, *states: str) -> None:
    stubber.add_response("start_deployment", answer(4, "7", "DEPLOYING"))
    for state in states:
        stubber.add_response("get_deployment", answer(4, "7", state))


def test_a_deployment_that_cannot_be_watched_any_more_is_said_to_go_on() -> None:
    with appconfig() as (deployments, stubber):
        started(stubber, "BAKING")
        stubber.add_client_error("get_deployment", "ExpiredTokenException", LOST)
        with pytest.raises(ConsoleError) as raised:
            deploy(deployments, "7", "why", after=AFTER)
    assert raised.value.exit_code == 2
    assert raised.value.message == (
        "Deployment 4 goes on (BAKING), and cannot be watched any more. "
        f"The AWS credentials have expired: {LOST}"
    )
    log_in, look, back = raised.value.hint.splitlines()
    assert log_in.startswith("Log in again")
    assert look.endswith("--deployment-number 4")
    assert back == "Take it back: privatelink allowlist rollback 6"


def test_what_fails_for_a_moment_does_not_end_the_watching(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with appconfig() as (deployments, stubber):
        started(stubber, "BAKING")
        stubber.add_client_error("get_deployment", "InternalServerException", "sorry")
        stubber.add_client_error("get_deployment", "ThrottlingException", "Rate exceeded")
        stubber.add_response("get_deployment", answer(4, "7", "COMPLETE"))
        deploy(deployments, "7", "why", after=AFTER)
    assert capsys.readouterr().out == "Version 7 is in force.\n"


def test_what_fails_for_long_ends_it() -> None:
    with appconfig() as (deployments, stubber):
        started(stubber)
        for _ in range(31):
            stubber.add_client_error("get_deployment", "InternalServerException", "sorry")
        with pytest.raises(ConsoleError, match="cannot be watched any more") as raised:
            deploy(deployments, "7", "why", after=AFTER)
    assert raised.value.exit_code == 2


def test_the_first_version_has_none_to_go_back_to() -> None:
    with appconfig() as (deployments, stubber):
        started(stubber)
        stubber.add_client_error("get_deployment", "AccessDeniedException", "no")
        with pytest.raises(ConsoleError) as raised:
            deploy(deployments, "7", "why", after=[])
    assert "rollback" not in raised.value.hint


def test_who_stops_while_a_deployment_is_being_started_is_told_that_it_may_go_on() -> None:
    with appconfig() as (deployments, _):

        def interrupt(**_: object) -> None:
            raise KeyboardInterrupt

        deployments.client.meta.events.register("provide-client-params", interrupt)
        with pytest.raises(ConsoleError) as raised:
            deploy(deployments, "7", "why", after=AFTER)
    assert raised.value.exit_code == 130
    assert raised.value.message == "The deployment of version 7 may have started, or not."
    look, back = raised.value.hint.splitlines()
    assert look.startswith("Look: aws appconfig list-deployments --application-id app0001 ")
    assert back == "Take it back: privatelink allowlist rollback 6"


def test_an_answer_that_is_lost_is_told_like_that() -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_client_error("start_deployment", "InternalServerException", "sorry")
        with pytest.raises(ConsoleError, match=r"may have started, or not\. .*sorry") as raised:
            deploy(deployments, "7", "why", after=AFTER)
    assert raised.value.exit_code == 2


def stored(stubber: Stubber) -> None:
    stubber.add_response("create_hosted_configuration_version", {"VersionNumber": 7})


@pytest.mark.parametrize("code", ["BadRequestException", "AccessDeniedException"])
def test_a_version_that_is_refused_is_not_left_behind(code: str) -> None:
    with appconfig() as (deployments, stubber):
        stored(stubber)
        stubber.add_client_error("start_deployment", code, "no")
        stubber.add_response("list_deployments", {"Items": [answer(3, "6", "COMPLETE")]})
        stubber.add_response(
            "delete_hosted_configuration_version",
            {},
            {"ApplicationId": "app0001", "ConfigurationProfileId": "prof001", "VersionNumber": 7},
        )
        with pytest.raises((ConsoleError, AwsError)):
            deploy_new(deployments, b"services: {}", "why", after=AFTER)


def test_a_version_that_cannot_be_deleted_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with appconfig() as (deployments, stubber):
        stored(stubber)
        stubber.add_client_error("start_deployment", "BadRequestException", "no")
        stubber.add_response("list_deployments", {"Items": []})
        stubber.add_client_error("delete_hosted_configuration_version", "AccessDeniedException")
        with pytest.raises(ConsoleError, match="AppConfig refuses the allowlist"):
            deploy_new(deployments, b"services: {}", "why", after=AFTER)
    assert capsys.readouterr().err == "Version 7 stays in AppConfig.\n"


def test_a_version_that_is_being_deployed_after_all_is_not_deleted() -> None:
    with appconfig() as (deployments, stubber):
        stored(stubber)
        stubber.add_client_error("start_deployment", "ConflictException", "4 is under way")
        stubber.add_response("list_deployments", {"Items": [answer(4, "7", "DEPLOYING")]})
        with pytest.raises(ConsoleError, match="Somebody else deploys"):
            deploy_new(deployments, b"services: {}", "why", after=AFTER)


def test_what_is_being_taken_back_already_is_only_watched() -> None:
    with appconfig() as (deployments, stubber):
        stubber.add_response("get_deployment", answer(4, "7", "ROLLED_BACK"))
        stubber.add_response("list_deployments", {"Items": [answer(4, "7", "ROLLED_BACK")]})
        history = stop(deployments, deployment(4, "7", "ROLLING_BACK"))
    assert [each.state for each in history] == ["ROLLED_BACK"]
