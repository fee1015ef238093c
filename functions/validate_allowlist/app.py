"""Keeps an allowlist from being deployed that has mistakes or would do harm.

Trigger: AppConfig, before it deploys a version of the allowlist, or when it is asked to validate
one. It refuses the version, with the error's message, if the function raises.
https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-configuration-and-profile-validators.html
Effect: none; services, connections, listeners and the ledger are read.
Permissions: see ValidateAllowlist in template.yaml.
"""

import os
from base64 import b64decode
from collections.abc import Mapping
from functools import cache
from typing import Any

from privatelink.environment import from_environ
from privatelink.errors import AllowlistError
from privatelink.gateways.allowlists import DeployedAllowlist
from privatelink.gateways.calls import IMPATIENT_CONFIG
from privatelink.gateways.clients import client
from privatelink.gateways.endpoint_services import EndpointServices
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.load_balancers import LoadBalancers
from privatelink.gateways.outlooks import Outlooks
from privatelink.gateways.tables import Table
from privatelink.telemetry import count, logger, metrics
from validate_allowlist.settings import Settings
from validate_allowlist.use_case import ValidateAllowlist


@cache
def use_case() -> ValidateAllowlist:
    """Build the use case from the environment."""
    settings = from_environ(Settings, os.environ)
    dynamodb = client("dynamodb", config=IMPATIENT_CONFIG)
    return ValidateAllowlist(
        allowlists=DeployedAllowlist.of(settings, client("appconfigdata", config=IMPATIENT_CONFIG)),
        outlooks=Outlooks(
            ledger=Ledger(Table(dynamodb, settings.ledger_table)),
            services=EndpointServices(client("ec2", config=IMPATIENT_CONFIG)),
            load_balancers=LoadBalancers(client("elbv2", config=IMPATIENT_CONFIG)),
            home=settings.read_owner().region,
            observes=settings.mode == "observe",
        ),
    )


@logger.inject_lambda_context(log_event=False)  # whatever the environment says
@metrics.log_metrics
def lambda_handler(event: Mapping[str, Any], _context: object) -> None:
    """Return if the document may be deployed, or raise what speaks against it."""
    version = event["configurationVersion"]
    try:
        use_case()(b64decode(event["content"]))
    except AllowlistError as error:
        count("AllowlistsRefused")
        # Whoever deploys sees it too; who looks after the stack sees it here only.
        logger.warning("refused", extra={"version": version, "why": str(error)})
        raise
    count("AllowlistsValidated")
    logger.info("validated", extra={"version": version})


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda the clients are made during INIT.
    use_case()
