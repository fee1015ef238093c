"""Who calls the console, and about which stack."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError

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

    @cached_property
    def _session(self) -> boto3.Session:
        # One for all clients: a profile may ask for a second factor.
        try:
            session = boto3.Session(profile_name=self.profile, region_name=self.region)
        except BotoCoreError as error:
            raise told(error) from error
        if session.region_name is None:
            raise ConsoleError(*no_region())
        return session
