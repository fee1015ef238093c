"""A service consumer's account, as far as its role lets us see and change it."""

from functools import cached_property
from typing import TYPE_CHECKING

from privatelink.gateways.interface_endpoints import InterfaceEndpoints
from privatelink.gateways.networks import Networks
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.prefix_lists import PrefixLists
from privatelink.gateways.security_groups import SecurityGroups

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient


class ConsumerAccount:
    """What is in one account and Region; each client is made when it is needed."""

    def __init__(self, ec2: "Callable[[], EC2Client]", ssm: "Callable[[], SSMClient]") -> None:
        self._make_ec2 = ec2
        self._make_ssm = ssm

    @cached_property
    def endpoints(self) -> InterfaceEndpoints:
        """The interface endpoints."""
        return InterfaceEndpoints(self._ec2)

    @cached_property
    def groups(self) -> SecurityGroups:
        """The security groups."""
        return SecurityGroups(self._ec2)

    @cached_property
    def prefix_lists(self) -> PrefixLists:
        """The prefix lists that the account sees."""
        return PrefixLists(self._ec2)

    @cached_property
    def networks(self) -> Networks:
        """The surroundings of the endpoints."""
        return Networks(self._ec2)

    @cached_property
    def parameters(self) -> Parameters:
        """Parameter Store."""
        return Parameters(self._make_ssm())

    @cached_property
    def _ec2(self) -> "EC2Client":
        return self._make_ec2()
