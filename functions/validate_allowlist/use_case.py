"""Whether an allowlist may be deployed."""

from dataclasses import dataclass

from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import decode
from privatelink.errors import (
    AllowlistUnavailableError,
    AwsError,
    InvalidAllowlistError,
    NothingDeployedError,
    RefusedAllowlistError,
    UncheckedAllowlistError,
)
from privatelink.gateways.allowlists import DeployedAllowlist
from privatelink.gateways.outlooks import Outlooks
from privatelink.guard import object_to


@dataclass(frozen=True, kw_only=True)
class ValidateAllowlist:
    """Compares a document with the one that is deployed, and with what there is."""

    allowlists: DeployedAllowlist
    outlooks: Outlooks

    def __call__(self, document: bytes) -> None:
        """Raise AllowlistError, with the whole reason, for what is not to be deployed."""
        new = decode(document)
        try:
            changes = self.outlooks.compare(new, self._deployed())
        except (AllowlistUnavailableError, AwsError) as error:
            raise UncheckedAllowlistError(str(error)) from error
        objections = object_to(changes)
        if objections:
            raise RefusedAllowlistError(objections)

    def _deployed(self) -> Allowlist | None:
        """Return what is deployed; None, which excuses nothing, if that is nothing, or mistaken."""
        try:
            return self.allowlists.get(fresh=True)
        except (NothingDeployedError, InvalidAllowlistError):
            return None
