"""The guard that the validator is: switched off for documents that it would not let through."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.accounts import PROVIDER
from sandbox.walkthrough import Walkthrough


@contextmanager
def unguarded(walkthrough: Walkthrough) -> Iterator[None]:
    """Have documents deployed within the block that nobody has validated."""
    appconfig = walkthrough.sandbox.client("appconfig", PROVIDER)
    profile = {
        "ApplicationId": walkthrough.autopilot["AllowlistApplicationId"],
        "ConfigurationProfileId": walkthrough.autopilot["AllowlistProfileId"],
    }
    validators = appconfig.get_configuration_profile(**profile)["Validators"]
    appconfig.update_configuration_profile(**profile, Validators=[])
    try:
        yield
    finally:
        appconfig.update_configuration_profile(**profile, Validators=validators)
