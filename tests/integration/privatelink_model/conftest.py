"""A provider with a load balancer and two accounts with a VPC each, in process."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from sandbox.accounts import CONSUMER, STRANGER
from sandbox.privatelink import PrivateLink
from tests.integration.privatelink_model.parties import (
    REMOTE_REGION,
    Clock,
    Notice,
    Party,
    Provider,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def privatelink(clock: Clock, notices: list[Notice]) -> Iterator[PrivateLink]:
    def notify(account_id: str, region: str, topic_arn: str, message: str) -> None:
        notices.append(Notice(account_id, region, topic_arn, message))

    model = PrivateLink(clock=clock, notify=notify)
    with model.install(), mock_aws():
        yield model


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> Provider:
    request.getfixturevalue("privatelink")
    return Provider()


@pytest.fixture
def consumer(request: pytest.FixtureRequest) -> Party:
    request.getfixturevalue("privatelink")
    return Party(CONSUMER)


@pytest.fixture
def remote_consumer(request: pytest.FixtureRequest) -> Party:
    """The consumer in another Region than the provider."""
    request.getfixturevalue("privatelink")
    return Party(CONSUMER, REMOTE_REGION)


@pytest.fixture
def stranger(request: pytest.FixtureRequest) -> Party:
    request.getfixturevalue("privatelink")
    return Party(STRANGER)
