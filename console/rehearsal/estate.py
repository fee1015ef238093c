"""What a rehearsal reads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

import boto3

from console.deployed import DeployedStack
from privatelink.gateways.names import resolve
from privatelink.model import Owner

READER_SUFFIX: Final = "-reader"
"""Ends the name of the role that consumers let the console read with."""


@dataclass(frozen=True, kw_only=True)
class Estate:
    """A stack as it is deployed, and a session that everything is read with."""

    session: boto3.Session
    owner: Owner
    observes: bool
    ledger_table: str
    notification_topic_arn: str
    reader_role_name: str
    external_id: str
    parameter_prefix: str
    resolve: Callable[[str], Iterable[str]] = resolve
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def of(cls, deployed: DeployedStack) -> Self:
        """Take the settings of the deployed functions."""
        return cls(
            session=deployed.reading,
            owner=deployed.accept.read_owner(),
            observes=deployed.accept.mode == "observe",
            ledger_table=deployed.accept.ledger_table,
            notification_topic_arn=deployed.accept.notification_topic_arn,
            reader_role_name=f"{deployed.publish.consumer_role_name}{READER_SUFFIX}",
            external_id=deployed.publish.consumer_external_id,
            parameter_prefix=deployed.publish.parameter_prefix,
        )
