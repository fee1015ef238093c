"""What a sweep would do, noted deed by deed."""

from dataclasses import dataclass, field
from enum import StrEnum

from privatelink.model import Consumer, ServiceId


class Stage(StrEnum):
    """When something is done."""

    NOW = "now"
    """In the very next sweep."""
    ONCE_AVAILABLE = "once-available"
    """Some seconds later, when endpoints that have been accepted are available."""


class DeedKind(StrEnum):
    """What is done."""

    ACCEPT_CONNECTION = "accept-connection"
    REJECT_CONNECTION = "reject-connection"
    CREATE_NOTIFICATION = "create-notification"
    MODIFY_NOTIFICATION = "modify-notification"
    ALLOW_PRINCIPAL = "allow-principal"
    REMOVE_PRINCIPAL = "remove-principal"
    AUTHORIZE_INGRESS = "authorize-ingress"
    REVOKE_INGRESS = "revoke-ingress"
    CREATE_PARAMETER = "create-parameter"
    OVERWRITE_PARAMETER = "overwrite-parameter"
    DELETE_PARAMETER = "delete-parameter"


@dataclass(frozen=True, order=True, kw_only=True)
class Deed:
    """One change of AWS.

    `account` is where it is done: a consumer, or None for the service provider. `subject` is what
    is changed: an endpoint, a security group, a parameter, an account; `value` is what becomes of
    it.
    """

    stage: Stage
    service_id: ServiceId
    account: Consumer | None
    kind: DeedKind
    subject: str
    value: str = ""


@dataclass(kw_only=True)
class Notebook:
    """Where deeds are noted in their order; `service_id` is the service that is at work."""

    stage: Stage = Stage.NOW
    service_id: ServiceId = field(default=ServiceId(""))
    deeds: list[Deed] = field(default_factory=list)

    def note(
        self, kind: DeedKind, subject: str, value: str = "", *, account: Consumer | None = None
    ) -> None:
        """Note one deed."""
        self.deeds.append(
            Deed(
                stage=self.stage,
                service_id=self.service_id,
                account=account,
                kind=kind,
                subject=subject,
                value=value,
            )
        )
