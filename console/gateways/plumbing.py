"""The parts of the stack that bring hints to the functions, as the console reads them."""

from dataclasses import dataclass
from typing import Self

from console.allowlist_deployments import AllowlistDeployments
from console.deployed import DeployedStack
from console.gateways.buses import Buses
from console.gateways.log_groups import LogGroups
from console.gateways.queues import Queues
from console.gateways.schedules import Schedules
from console.gateways.topics import Topics
from console.gateways.zones import ServiceZones
from privatelink.gateways.calls import CLIENT_CONFIG


@dataclass(frozen=True, kw_only=True)
class Plumbing:
    """What the functions themselves never read."""

    buses: Buses
    deployments: AllowlistDeployments
    log_groups: LogGroups
    queues: Queues
    schedules: Schedules
    topics: Topics
    zones: ServiceZones

    @classmethod
    def connect(cls, deployed: DeployedStack) -> Self:
        """Make the clients."""
        session, settings = deployed.reading, deployed.accept
        return cls(
            buses=Buses(session.client("events", config=CLIENT_CONFIG)),
            deployments=AllowlistDeployments(
                client=session.client("appconfig", config=CLIENT_CONFIG),
                application_id=settings.allowlist_application,
                environment_id=settings.allowlist_environment,
                profile_id=settings.allowlist_profile,
                strategy_id="",  # for deploying, which is not done with these credentials
            ),
            log_groups=LogGroups(session.client("logs", config=CLIENT_CONFIG)),
            queues=Queues(session.client("sqs", config=CLIENT_CONFIG)),
            schedules=Schedules(session.client("scheduler", config=CLIENT_CONFIG)),
            topics=Topics(session.client("sns", config=CLIENT_CONFIG)),
            zones=ServiceZones(session.client("ec2", config=CLIENT_CONFIG)),
        )
