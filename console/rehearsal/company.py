"""The functions of the stack, made of gateways that change nothing."""

from dataclasses import dataclass
from typing import Self

from accept_endpoint_connections.upkeep import Upkeep
from accept_endpoint_connections.use_case import AcceptEndpointConnections
from authorize_security_group_ingress.use_case import AuthorizeSecurityGroupIngress
from console.rehearsal.consumers import RehearsedSessions, to_rehearse
from console.rehearsal.deeds import Notebook
from console.rehearsal.estate import Estate
from console.rehearsal.parameters import RehearsedParameters, Shelf
from console.rehearsal.provider import (
    RehearsedNotifications,
    RehearsedPrincipals,
    RehearsedServices,
)
from console.rehearsal.stack import (
    GivenAllowlist,
    RehearsedBus,
    RehearsedLedger,
    RehearsedQueue,
    RehearsedReporter,
)
from console.rehearsal.states import States
from privatelink.allowlist import Allowlist
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.readings import Readings
from privatelink.gateways.shares import Shares
from privatelink.gateways.stack import Stack
from privatelink.gateways.tables import Table
from privatelink.gateways.traces import Traces
from publish_endpoint_addresses.use_case import PublishEndpointAddresses


@dataclass(frozen=True, kw_only=True)
class Company:
    """The use cases, and what they leave behind while they play."""

    accept: AcceptEndpointConnections
    authorize: AuthorizeSecurityGroupIngress
    publish: PublishEndpointAddresses
    bus: RehearsedBus
    queue: RehearsedQueue
    reporter: RehearsedReporter
    ledger: RehearsedLedger
    notebook: Notebook
    states: States

    @classmethod
    def gather(cls, estate: Estate, allowlist: Allowlist, *, observes: bool) -> Self:
        """Make the clients, all of them of the estate's session."""
        client, clock = estate.session.client, estate.clock
        ec2 = client("ec2", config=CLIENT_CONFIG)
        notebook, states, bus, queue = Notebook(), States(), RehearsedBus(), RehearsedQueue()
        dynamodb = client("dynamodb", config=CLIENT_CONFIG)
        ledger = RehearsedLedger(Table(dynamodb, estate.ledger_table))
        reporter = RehearsedReporter(ledger=ledger, bus=bus, on_raised=lambda _: None, clock=clock)
        stack = Stack(
            owner=estate.owner,
            observes=observes,
            allowlists=GivenAllowlist(allowlist),
            ledger=ledger,
            bus=bus,
            reporter=reporter,
        )
        services = RehearsedServices(ec2, notebook, states)
        load_balancers = LoadBalancers(client("elbv2", config=CLIENT_CONFIG))
        # Nothing of these changes in between.
        readings = Readings(clock=clock)
        shares = Shares(
            stack=stack,
            services=services,
            load_balancers=load_balancers,
            readings=readings,
            clock=clock,
        )
        traces = Traces(ledger=ledger, clock=clock)
        sessions = RehearsedSessions(
            sts=client("sts", config=CLIENT_CONFIG),
            role_name=estate.reader_role_name,
            external_id=estate.external_id,
            looking=to_rehearse(estate.parameter_prefix),
            make_client=client,
            clock=clock,
            notebook=notebook,
            states=states,
        )
        return cls(
            accept=AcceptEndpointConnections(
                stack=stack,
                services=services,
                upkeep=Upkeep(
                    stack=stack,
                    notifications=RehearsedNotifications(
                        ec2, estate.notification_topic_arn, notebook
                    ),
                    principals=RehearsedPrincipals(ec2, notebook),
                    load_balancers=load_balancers,
                    clock=clock,
                ),
                queue=queue,
                readings=readings,
                clock=clock,
            ),
            authorize=AuthorizeSecurityGroupIngress(
                stack=stack, shares=shares, traces=traces, sessions=sessions, clock=clock
            ),
            publish=PublishEndpointAddresses(
                stack=stack,
                shares=shares,
                traces=traces,
                sessions=sessions,
                copies=RehearsedParameters(
                    client("ssm", config=CLIENT_CONFIG), notebook, account=None, shelf=Shelf()
                ),
                resolve=estate.resolve,
                parameter_prefix=estate.parameter_prefix,
                clock=clock,
            ),
            bus=bus,
            queue=queue,
            reporter=reporter,
            ledger=ledger,
            notebook=notebook,
            states=states,
        )
