"""What the gateways read, in process, with clients of their own that tests may tamper with."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink import PrivateLink
from sandbox.privatelink.clients import in_process_session
from tests.integration.privatelink_model.parties import Clock, Party, Provider

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client


@pytest.fixture
def privatelink() -> Iterator[PrivateLink]:
    model = PrivateLink(clock=Clock())
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
def ec2(request: pytest.FixtureRequest) -> "EC2Client":
    """Return the consumer's client."""
    request.getfixturevalue("privatelink")
    return in_process_session(account_id=CONSUMER, region=REGION).client("ec2")


@pytest.fixture
def elbv2(request: pytest.FixtureRequest) -> "ElasticLoadBalancingv2Client":
    """Return the provider's client."""
    request.getfixturevalue("privatelink")
    return in_process_session(account_id=PROVIDER, region=REGION).client("elbv2")
