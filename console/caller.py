"""Who calls the console, and about which stack."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from console.aws_failures import no_region
from console.errors import ConsoleError, told

DEFAULT_STACK_NAME: Final = "privatelink-autopilot"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The options that every command takes."""

    profile: str | None
    region: str | None
    stack_name: str

    def session(self) -> boto3.Session:
        """Return the session of the caller's own credentials, or raise ConsoleError."""
        return self._session

    def log_in(self) -> None:
        """Get the credentials; a profile may ask for a second factor, and nothing may cover that.

        Raises ConsoleError. That there are none is told by the first call.
        """
        try:
            credentials = self._session.get_credentials()
            if credentials:
                credentials.get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            raise told(error) from error
        except ValueError as error:  # a credential_process that answers something else
            message = f"The credentials of the profile cannot be understood: {error}"
            raise ConsoleError(message, "Mend its credential_process.") from error

    @cached_property
    def _session(self) -> boto3.Session:
        # One for all clients: a profile may ask for a second factor.
        try:
            session = boto3.Session(
                profile_name=self.profile or None, region_name=self.region or None
            )
        except BotoCoreError as error:
            raise told(error) from error
        if not session.region_name:  # an empty AWS_DEFAULT_REGION is one, to botocore
            raise ConsoleError(*no_region())
        return session
