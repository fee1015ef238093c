"""Publishes the addresses of a consumer's endpoints to Parameter Store, and keeps them true.

Trigger: `Consumer Convergence Requested` events on the function's queue.
Effect: parameters put and deleted in the consumer's account, and the provider's copy of them.
Permissions: see PublishEndpointAddresses in template.yaml; in the consumer's account those of the
role in consumer/template.yaml.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3

from privatelink.batches import Batch, BatchResponse
from privatelink.gateways.calls import CLIENT_CONFIG
from privatelink.gateways.names import resolve
from privatelink.gateways.parameters import Parameters
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Shares
from privatelink.gateways.stack import Stack
from privatelink.gateways.traces import Traces
from privatelink.hints import read_convergence_request
from privatelink.settings import from_environ
from privatelink.telemetry import count, log_failure, log_finding, logger, metrics
from publish_endpoint_addresses.settings import Settings
from publish_endpoint_addresses.use_case import PublishEndpointAddresses


@cache
def use_case() -> PublishEndpointAddresses:
    """Build the use case from the environment."""
    settings = from_environ(Settings, os.environ)
    stack = Stack.connect(settings, log_finding)
    return PublishEndpointAddresses(
        stack=stack,
        shares=Shares.connect(stack),
        traces=Traces(ledger=stack.ledger),
        sessions=ConsumerSessions.connect(settings),
        copies=Parameters(boto3.client("ssm", config=CLIENT_CONFIG)),
        resolve=resolve,
        parameter_prefix=settings.parameter_prefix,
    )


@logger.inject_lambda_context(log_event=False)  # whatever the environment says
@metrics.log_metrics
def lambda_handler(event: Mapping[str, Any], _context: object) -> BatchResponse:
    """Converge each consumer that the batch is about."""
    batch = Batch(event["Records"], log_failure)
    count("Messages", len(event["Records"]))
    batch.run(batch.read(read_convergence_request), use_case())
    return batch.response


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda the clients are made during INIT.
    use_case()
