"""Everything that can happen, in one machine."""

from tests.lifecycle.consumers import Consumers
from tests.lifecycle.hands import Hands
from tests.lifecycle.platform_team import PlatformTeam
from tests.lifecycle.weather import Weather


class WholeLife(Consumers, Hands, PlatformTeam, Weather):
    """A machine with every rule."""
