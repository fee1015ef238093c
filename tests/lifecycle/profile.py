"""How large a run is: what every change is tested with, and what a night has time for."""

import os
from dataclasses import dataclass
from typing import Final

from hypothesis import HealthCheck, Phase, settings

_STEPS: Final = 200
_LIVES: Final = {"ci": 11, "nightly": 220}
_BASE: Final = settings(
    deadline=None,
    stateful_step_count=_STEPS,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    database=None,
)


@dataclass(frozen=True)
class Profile:
    """The settings of a run and how many steps it has to make."""

    name: str
    settings: settings
    least_steps: int


def _profile(name: str) -> Profile:
    """Return a profile; without a seed `ci` has the same lives each time."""
    is_nightly = name == "nightly"
    chosen = settings(
        _BASE,
        max_examples=_LIVES[name],
        derandomize=not is_nightly,
        phases=[Phase.generate, Phase.shrink] if is_nightly else [Phase.generate],
    )
    # Now and then a life ends early, or is one that Hypothesis has had already.
    return Profile(name, chosen, least_steps=max(2_000, _LIVES[name] * _STEPS * 5 // 6))


PROFILE: Final = _profile(os.environ.get("LIFECYCLE_PROFILE", "ci"))
