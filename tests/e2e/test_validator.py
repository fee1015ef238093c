"""The allowlist that is deployed to the whole stack passes the validator, or is not deployed."""

import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import CONSUMER, PROVIDER, STRANGER
from sandbox.walkthrough import Walkthrough
from tests.e2e.convergence import Stack

pytestmark = pytest.mark.e2e

MANY = ", ".join(f"10.{number}.0.0/20" for number in range(61))


@pytest.fixture(scope="module")
def forgetful(stack: Stack) -> None:
    stack.forget_failures()  # of tests that had functions fail


def deployed_versions(walkthrough: Walkthrough) -> list[str]:
    """Return the versions of the allowlist that have been deployed, the last one first."""
    answer = walkthrough.sandbox.client("appconfig", PROVIDER).list_deployments(
        ApplicationId=walkthrough.autopilot["AllowlistApplicationId"],
        EnvironmentId=walkthrough.autopilot["AllowlistEnvironmentId"],
    )
    rows = sorted(answer["Items"], key=lambda row: -int(row["DeploymentNumber"]))
    return [str(row["ConfigurationVersion"]) for row in rows]


def refusal(walkthrough: Walkthrough, document: str) -> str:
    """Return why a document is not deployed, having made sure that it is not."""
    before = deployed_versions(walkthrough)
    with pytest.raises(ClientError) as refused:
        walkthrough.deploy_allowlist(document)
    assert refused.value.response["Error"]["Code"] == "BadRequestException"
    assert deployed_versions(walkthrough) == before
    return str(refused.value)


@pytest.mark.usefixtures("forgetful")
def test_what_would_do_harm_is_refused_with_the_reason_and_what_is_deployed_stays_in_force(
    walkthrough: Walkthrough, stack: Stack, connected: str
) -> None:
    assert "services.web is removed while 1 connection(s)" in refusal(walkthrough, "services: {}")
    emptied = walkthrough.allowlist.split("    consumers:")[0]
    assert f"{connected} of {CONSUMER}" in refusal(walkthrough, emptied)
    large = walkthrough.allowlist.replace("192.168.0.0/20", MANY)
    assert "needs 61 IPv4 inbound rules" in refusal(walkthrough, large)
    mistaken = walkthrough.allowlist.replace("192.168.0.0/20", "192.168.0.0/33")
    assert "the allowlist has 1 mistake(s)" in refusal(walkthrough, mistaken)

    stack.sweep()
    assert walkthrough.connection_state(connected) == "available"
    assert walkthrough.ingress_rules(CONSUMER) == [("192.168.0.0/20", "tcp", 80, 80)]


@pytest.mark.usefixtures("connected", "forgetful")
def test_what_does_no_harm_is_deployed(walkthrough: Walkthrough, stack: Stack) -> None:
    before = deployed_versions(walkthrough)
    entry = f'      - {{account_id: "{STRANGER}", source_cidrs: [10.99.0.0/16]}}\n'
    with stack.allowlisted(walkthrough.allowlist + entry):
        assert len(deployed_versions(walkthrough)) == len(before) + 1
