"""What deployments of the allowlist tell: what is in force, and what has been."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

UNDER_WAY: Final = frozenset({"VALIDATING", "DEPLOYING", "BAKING", "ROLLING_BACK"})
SERVED: Final = frozenset({"BAKING", "COMPLETE"})
"""Deployed to all: while it bakes, an alarm still takes it back."""
TAKEN_BACK: Final = frozenset({"ROLLED_BACK", "REVERTED"})


@dataclass(frozen=True, kw_only=True)
class DeploymentEvent:
    """An entry of a deployment's log."""

    kind: str
    triggered_by: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployment of a version, as it is at the moment."""

    number: int
    version: str
    state: str
    percentage: float
    bake_minutes: int
    started_at: datetime
    events: tuple[DeploymentEvent, ...] = ()
    """Newest first; a list of deployments leaves them out."""


def under_way(deployments: Sequence[Deployment]) -> Deployment | None:
    """Return the deployment that has not ended yet; there is at most one."""
    return next((each for each in deployments if each.state in UNDER_WAY), None)


def in_force(deployments: Sequence[Deployment]) -> Deployment | None:
    """Return the deployment whose version is served to all; `deployments` are oldest first."""
    return next((each for each in reversed(deployments) if each.state in SERVED), None)


def served_without(deployments: Sequence[Deployment], moving: Deployment) -> Deployment | None:
    """Return the deployment whose version is served once one that is under way is stopped."""
    return in_force([each for each in deployments if each.number < moving.number])


def taken_back_last(deployments: Sequence[Deployment]) -> Deployment | None:
    """Return the newest deployment if it has been taken back, or None."""
    newest = deployments[-1] if deployments else None
    return newest if newest and newest.state in TAKEN_BACK else None


def number_of_latest(deployments: Sequence[Deployment]) -> int:
    """Return the number of the newest deployment, or 0: there has been none."""
    return deployments[-1].number if deployments else 0


def earlier(deployments: Sequence[Deployment], present: Deployment | None) -> list[Deployment]:
    """Return what has been in force besides the present version, the latest deployed first."""
    latest = {
        each.version: each
        for each in deployments
        if each.state == "COMPLETE" and (present is None or each.version != present.version)
    }
    return sorted(latest.values(), key=lambda each: each.number, reverse=True)


def before(deployments: Sequence[Deployment], present: Deployment) -> Deployment | None:
    """Return the last that has been in force of the versions older than the present one.

    Older, so that what has been rolled back once is not brought back by doing it again.
    """
    return next(
        (
            each
            for each in earlier(deployments, present)
            if int(each.version) < int(present.version)
        ),
        None,
    )
