"""Deployments of the allowlist, and AppConfig as a script that answers in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.stub import Stubber

from console.allowlist_deployments import AllowlistDeployments
from console.allowlist_history import Deployment

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALARM = "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:breaker-tripped"


def deployment(number: int, version: str, state: str = "COMPLETE") -> Deployment:
    return Deployment(
        number=number,
        version=version,
        state=state,
        percentage=100.0,
        bake_minutes=10,
        started_at=AT,
    )


def answer(number: int, version: str, state: str, **more: object) -> dict[str, Any]:
    """Return what AppConfig says of a deployment."""
    return {
        "DeploymentNumber": number,
        "ConfigurationVersion": version,
        "State": state,
        "PercentageComplete": 100.0,
        "FinalBakeTimeInMinutes": 10,
        "StartedAt": AT,
        **more,
    }


@contextmanager
def appconfig() -> Iterator[tuple[AllowlistDeployments, Stubber]]:
    """Yield the gateway, and what its client answers; all answers have to be asked for."""
    client = boto3.client(
        "appconfig",
        region_name="ap-northeast-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - nobody's
    )
    with Stubber(client) as stubber:
        yield (
            AllowlistDeployments(
                client=client,
                application_id="app0001",
                environment_id="env0001",
                profile_id="prof001",
                strategy_id="strat01",
                pause=lambda: None,
            ),
            stubber,
        )
        stubber.assert_no_pending_responses()
