"""Decides about endpoint connections: accepts, rejects and holds them by the allowlist.

Trigger: hints on the function's queue: connection notifications, CloudTrail records of endpoint
calls, scheduled sweeps, deployments of the allowlist, and the function's own follow-ups.
Effect: connections accepted and rejected, each service's connection notification and, where the
allowlist asks for it, allowed principals kept; decision events and convergence requests on the bus,
the ledger.
Permissions: see AcceptEndpointConnections in template.yaml.
"""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from accept_endpoint_connections.calls import Allowance
from accept_endpoint_connections.census import Census
from accept_endpoint_connections.settings import Settings
from accept_endpoint_connections.upkeep import Upkeep
from accept_endpoint_connections.use_case import AcceptEndpointConnections
from privatelink.batches import Batch, BatchResponse
from privatelink.environment import from_environ
from privatelink.errors import AllowlistError, InvalidAllowlistError
from privatelink.gateways.clients import client
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.queues import FollowUpQueue
from privatelink.gateways.stack import Stack
from privatelink.hints import Hint, coalesce, read_hint
from privatelink.telemetry import count, logger, measure_percent, measure_seconds, metrics
from privatelink.telling import FAILED_PERCENT, log_failure, log_finding


@cache
def use_case() -> AcceptEndpointConnections:
    """Build the use case from the environment."""
    settings = from_environ(Settings, os.environ)
    stack = Stack.connect(settings, log_finding)
    ec2 = client("ec2")
    return AcceptEndpointConnections(
        stack=stack,
        services=EndpointServices(ec2),
        upkeep=Upkeep.connect(stack, settings.notification_topic_arn, ec2),
        queue=FollowUpQueue(client("sqs"), settings.follow_up_queue_url),
    )


@logger.inject_lambda_context(log_event=False)  # whatever the environment says
@metrics.log_metrics
def lambda_handler(event: Mapping[str, Any], _context: object) -> BatchResponse:
    """Make one pass over each service that the batch is about."""
    accept = use_case()
    batch = Batch(event["Records"], log_failure)
    hints = [(message_id, hint) for message_id, hint in batch.read(read_hint) if hint]
    if hints:
        changed = any(hint.allowlist_changed for _, hint in hints)
        try:
            allowlist = accept.stack.allowlists.get(fresh=changed)
        except AllowlistError as error:
            log_failure(error, [message_id for message_id, _ in hints])
            measure_percent(FAILED_PERCENT, 100)
            if isinstance(error, InvalidAllowlistError) and _is_news(event, hints):
                count("InvalidAllowlistDeployed")
            raise
        tracked = accept.stack.ledger.read_tracked_services()
        looks = coalesce(hints, allowlist.looked_after(tracked))
        allowance, census = Allowance(), Census()
        batch.run(looks, lambda look: accept(look, allowlist, tracked, allowance, census))
        requested = [hint.sweep_requested for _, hint in hints if hint.sweep_requested]
        if requested:
            measure_seconds("SweepAgeSeconds", (accept.clock() - min(requested)).total_seconds())
            if census.services == len({look.service_id for _, look in looks}):
                census.tell()
    measure_percent(FAILED_PERCENT, batch.failed_percent)
    return batch.response


def _is_news(event: Mapping[str, Any], hints: Iterable[tuple[str, Hint]]) -> bool:
    """Whether it is said for the first time that a version bakes.

    What counts does so once, not as long as the version is in force or its message is delivered
    again: the version that mends it has to get past the alarm.
    """
    first = {
        record["messageId"]
        for record in event["Records"]
        if record.get("attributes", {}).get("ApproximateReceiveCount", "1") == "1"
    }
    return any(hint.allowlist_bakes and message_id in first for message_id, hint in hints)


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda the clients are made during INIT.
    use_case()
