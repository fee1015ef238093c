"""The service provider's account, as the console reads it."""

from dataclasses import dataclass
from typing import Self

from console.deployed import DeployedStack
from privatelink.gateways.allowed_principals import AllowedPrincipals
from privatelink.gateways.allowlists import DeployedAllowlist
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.connection_notifications import ConnectionNotifications
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.tables import Table


@dataclass(frozen=True, kw_only=True)
class Provider:
    """The gateways of the functions, reading with the console role.

    `copies` is the provider's own Parameter Store, where the addresses of all consumers stand.
    """

    services: EndpointServices
    notifications: ConnectionNotifications
    principals: AllowedPrincipals
    load_balancers: LoadBalancers
    copies: Parameters
    ledger: Ledger
    allowlists: DeployedAllowlist

    @classmethod
    def connect(cls, deployed: DeployedStack) -> Self:
        """Make the clients."""
        session, settings = deployed.reading, deployed.accept
        ec2 = session.client("ec2", config=CLIENT_CONFIG)
        dynamodb = session.client("dynamodb", config=CLIENT_CONFIG)
        return cls(
            services=EndpointServices(ec2),
            notifications=ConnectionNotifications(ec2, settings.notification_topic_arn),
            principals=AllowedPrincipals(ec2),
            load_balancers=LoadBalancers(session.client("elbv2", config=CLIENT_CONFIG)),
            copies=Parameters(session.client("ssm", config=CLIENT_CONFIG)),
            ledger=Ledger(Table(dynamodb, settings.ledger_table)),
            allowlists=DeployedAllowlist(
                session.client("appconfigdata", config=CLIENT_CONFIG),
                application=settings.allowlist_application,
                environment=settings.allowlist_environment,
                profile=settings.allowlist_profile,
            ),
        )
