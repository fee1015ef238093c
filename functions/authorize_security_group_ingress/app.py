"""Opens the security groups of a consumer's endpoints for its source CIDRs, and keeps them so.

Trigger: `Consumer Convergence Requested` events on the function's queue.
Effect: inbound rules authorized and revoked in the consumer's account, on groups that are opted in.
Permissions: see AuthorizeSecurityGroupIngress in template.yaml; in the consumer's account those of
the role in consumer/template.yaml.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from authorize_security_group_ingress.settings import Settings
from authorize_security_group_ingress.use_case import AuthorizeSecurityGroupIngress
from privatelink.batches import Batch, BatchResponse
from privatelink.environment import from_environ
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.gateways.shares import Shares
from privatelink.gateways.stack import Stack
from privatelink.gateways.traces import Traces
from privatelink.hints import read_convergence_request
from privatelink.telemetry import logger, measure_percent, metrics
from privatelink.telling import FAILED_PERCENT, log_failure, log_finding


@cache
def use_case() -> AuthorizeSecurityGroupIngress:
    """Build the use case from the environment."""
    settings = from_environ(Settings, os.environ)
    stack = Stack.connect(settings, log_finding)
    return AuthorizeSecurityGroupIngress(
        stack=stack,
        shares=Shares.connect(stack),
        traces=Traces(ledger=stack.ledger),
        sessions=ConsumerSessions.connect(settings),
    )


@logger.inject_lambda_context(log_event=False)  # whatever the environment says
@metrics.log_metrics
def lambda_handler(event: Mapping[str, Any], _context: object) -> BatchResponse:
    """Converge each consumer that the batch is about, several at the same time."""
    batch = Batch(event["Records"], log_failure)
    requests = batch.read(read_convergence_request)
    if requests:
        converge = use_case()
        converge.shares.since(max(request.requested for _, request in requests))
        batch.run(requests, converge, converge.crew)
    measure_percent(FAILED_PERCENT, batch.failed_percent)
    return batch.response


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda the clients are made during INIT.
    use_case()
