"""The allowlist as it is deployed in AWS AppConfig."""

from typing import TYPE_CHECKING, Final, Self

from aws_lambda_powertools.utilities.parameters import AppConfigProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import decode
from privatelink.errors import AllowlistUnavailableError, NothingDeployedError
from privatelink.settings import DecisionSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_appconfigdata import AppConfigDataClient

_MAX_AGE_SECONDS: Final = 15
"""How old a cached document may be; also the shortest interval in which AppConfig is asked."""
_NOTHING: Final = "no document has been deployed"
_MISSING: Final = frozenset({"ResourceNotFoundException", "BadRequestException"})
"""With one of these AppConfig answers if there is no deployment; which one is not documented."""


class DeployedAllowlist:
    """Reads the allowlist of one AppConfig application, environment and profile, with a cache."""

    def __init__(
        self, client: "AppConfigDataClient", *, application: str, environment: str, profile: str
    ) -> None:
        self._profile = profile
        self._source = f"AppConfig {application}/{environment}/{profile}"
        self._open: Callable[[], AppConfigProvider] = lambda: AppConfigProvider(
            environment=environment, application=application, boto3_client=client
        )
        self._provider = self._open()
        self._decoded: tuple[bytes, Allowlist] | None = None

    @classmethod
    def of(cls, settings: DecisionSettings, client: "AppConfigDataClient") -> Self:
        """Return the allowlist of a stack."""
        return cls(
            client,
            application=settings.allowlist_application,
            environment=settings.allowlist_environment,
            profile=settings.allowlist_profile,
        )

    def get(self, *, fresh: bool = False) -> Allowlist:
        """Return the allowlist, not older than a few seconds, or as it is now if `fresh`.

        Raises AllowlistUnavailableError, or InvalidAllowlistError.
        """
        if fresh:
            # A new session: AppConfig refuses to be asked twice within the interval of one.
            self._provider = self._open()
        document = self._read()
        if self._decoded is None or self._decoded[0] != document:
            self._decoded = document, decode(document)
        return self._decoded[1]

    def at_version(self, version: str) -> Allowlist:
        """Return the allowlist, read anew if the one at hand is not of that version."""
        allowlist = self.get()
        return allowlist if allowlist.version == version else self.get(fresh=True)

    def _read(self) -> bytes:
        try:
            document = self._provider.get(
                self._profile,
                max_age=_MAX_AGE_SECONDS,
                RequiredMinimumPollIntervalInSeconds=_MAX_AGE_SECONDS,
            )
        except GetParameterError as error:
            # The token of a session that failed cannot be used again.
            self._provider = self._open()
            if _is_missing(error):
                raise NothingDeployedError(self._source, _NOTHING) from error
            raise AllowlistUnavailableError(self._source, str(error)) from error
        if not document or not isinstance(document, bytes):
            raise NothingDeployedError(self._source, _NOTHING)
        return document


def _is_missing(error: GetParameterError) -> bool:
    # Powertools raises its own error while it handles another. Of an empty answer, without any
    # before it to go by, it makes a KeyError.
    cause = error.__context__
    if isinstance(cause, ClientError):
        return cause.response["Error"]["Code"] in _MISSING
    return isinstance(cause, KeyError)
