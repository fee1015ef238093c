"""What a consumer has to do with a service: gathered before its account is entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import boto3

from privatelink.allowlist import ConsumerEntry
from privatelink.errors import ConsumerDeniedError
from privatelink.findings import Finding, FindingKind
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.ledger import Scope, ScopeRecord
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.stack import Stack
from privatelink.hints import ConvergenceRequest
from privatelink.model import ESTABLISHED, Consumer, EndpointService, InterfaceEndpoint, Port


@dataclass(frozen=True, kw_only=True)
class Share:
    """A consumer's share in a service; `entry` is None if the allowlist does not list it."""

    alias: str
    service: EndpointService
    consumer: Consumer
    entry: ConsumerEntry | None
    ports: frozenset[Port]
    allowlist_version: str
    scope: Scope
    record: ScopeRecord

    def must_stay(self, endpoints: Iterable[InterfaceEndpoint]) -> bool:
        """Whether everything stays as it is: a live connection of an account that is not listed.

        To cut it is a decision about the connection, not about its rules and parameters.
        """
        return self.entry is None and any(e.state in ESTABLISHED for e in endpoints)

    def denial(self, error: ConsumerDeniedError) -> Finding:
        """Say that the consumer's account does not let us in, or not let us do something."""
        assuming = error.operation == "AssumeRole"
        return Finding(
            kind=FindingKind.ROLE_NOT_ASSUMABLE if assuming else FindingKind.PERMISSION_MISSING,
            subject=str(self.consumer) if assuming else f"{self.consumer}/{error.operation}",
            evidence={"role": error.role_arn, "answer": error.message},
        )


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Gathers shares from the allowlist, the provider's account and the ledger."""

    stack: Stack
    services: EndpointServices
    load_balancers: LoadBalancers

    @classmethod
    def connect(cls, stack: Stack) -> Self:
        """Make the clients."""
        return cls(
            stack=stack,
            services=EndpointServices(boto3.client("ec2", config=CLIENT_CONFIG)),
            load_balancers=LoadBalancers(boto3.client("elbv2", config=CLIENT_CONFIG)),
        )

    def gather(self, request: ConvergenceRequest, part: str) -> Share | None:
        """Return the share that a request is about; None: the service is not in the allowlist."""
        allowlist = self.stack.allowlists.at_version(request.allowlist_version)
        found = allowlist.service(request.service_id)
        if found is None:
            return None
        alias, service_entry = found
        entry = service_entry.consumer(request.consumer.account_id)
        service = self.services.describe_vpc_endpoint_service_configuration(request.service_id)
        chosen = entry.chosen_ports if entry else frozenset[Port]()
        scope = Scope(service_id=request.service_id, consumer=request.consumer, part=part)
        return Share(
            alias=alias,
            service=service,
            consumer=request.consumer,
            entry=entry,
            ports=self.load_balancers.listening_ports(service) if chosen is None else chosen,
            allowlist_version=allowlist.version,
            scope=scope,
            record=self.stack.ledger.read_scope(scope),
        )
