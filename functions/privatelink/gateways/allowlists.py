"""The allowlist as it is deployed in AWS AppConfig."""

from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Final, Self

from privatelink.allowlist import Allowlist
from privatelink.allowlist_document import decode
from privatelink.errors import AllowlistUnavailableError, AwsError, NothingDeployedError
from privatelink.gateways.calls import translated_errors
from privatelink.settings import DecisionSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_appconfigdata import AppConfigDataClient

_MAX_AGE: Final = timedelta(seconds=15)
"""How old a document may be that is at hand; AppConfig has no shorter interval to be asked in.

https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_StartConfigurationSession.html
"""
_NOTHING: Final = "no document has been deployed"
_MISSING: Final = frozenset({"ResourceNotFoundException", "BadRequestException"})
"""With one of these AppConfig answers if there is no deployment; which one is not documented."""


class DeployedAllowlist:
    """Reads the allowlist of one AppConfig application, environment and profile, with a cache.

    Threads may share it: while one of them reads, the others wait for what it finds.
    """

    def __init__(
        self, client: "AppConfigDataClient", *, application: str, environment: str, profile: str
    ) -> None:
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._client = client
        self._application = application
        self._environment = environment
        self._profile = profile
        self._source = f"AppConfig {application}/{environment}/{profile}"
        self._token = ""
        self._document = b""
        self._asked = datetime.min.replace(tzinfo=UTC)
        self._decoded: tuple[bytes, Allowlist] | None = None
        self._lock = RLock()

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
        with self._lock:
            if fresh:
                # A new session: AppConfig refuses to be asked twice within the interval of one.
                self._token = ""
            if not self._token or self.clock() - self._asked >= _MAX_AGE:
                self._ask()
            if self._decoded is None or self._decoded[0] != self._document:
                self._decoded = self._document, decode(self._document)
            return self._decoded[1]

    def at_version(self, version: str) -> Allowlist:
        """Return the allowlist, read anew if the one at hand is not of that version."""
        with self._lock:
            allowlist = self.get()
            return allowlist if allowlist.version == version else self.get(fresh=True)

    def _ask(self) -> None:
        """Ask AppConfig, which answers with nothing if the session knows the document already."""
        # The token of a call that fails cannot be used again.
        token, self._token = self._token, ""
        try:
            if not token:
                self._document, token = b"", self._start()
            with translated_errors("GetLatestConfiguration"):
                answer = self._client.get_latest_configuration(ConfigurationToken=token)
                self._document = answer["Configuration"].read() or self._document
        except AwsError as error:
            if error.code in _MISSING:
                raise NothingDeployedError(self._source, _NOTHING) from error
            raise AllowlistUnavailableError(self._source, str(error)) from error
        if not self._document:
            raise NothingDeployedError(self._source, _NOTHING)
        self._token, self._asked = answer["NextPollConfigurationToken"], self.clock()

    def _start(self) -> str:
        with translated_errors("StartConfigurationSession"):
            return self._client.start_configuration_session(
                ApplicationIdentifier=self._application,
                EnvironmentIdentifier=self._environment,
                ConfigurationProfileIdentifier=self._profile,
                RequiredMinimumPollIntervalInSeconds=int(_MAX_AGE.total_seconds()),
            )["InitialConfigurationToken"]
