"""AppConfig, as far as the functions read it: which document is deployed, and which have been."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sandbox.in_process.stand_ins import answer_as_appconfig
from sandbox.in_process.wire import Answer
from tests.lifecycle.listing import Draft

MAX_AGE: Final = timedelta(seconds=15)
"""How long a function may decide by a document that it has read."""


@dataclass(frozen=True)
class Deployment:
    """A document that is, or was, deployed; `draft` is None: nobody can read it."""

    at: datetime
    text: str
    draft: Draft | None


@dataclass
class AppConfig:
    """Answers with the document deployed last."""

    clock: Callable[[], datetime]
    deployments: list[Deployment] = field(default_factory=list)

    def deploy(self, draft: Draft, text: str | None = None) -> None:
        """Deploy a draft, or a text that is none."""
        is_good = text is None
        self.deployments.append(
            Deployment(
                self.clock(),
                draft.to_yaml() if text is None else text,
                copy.deepcopy(draft) if is_good else None,
            )
        )

    @property
    def current(self) -> Deployment:
        """What is deployed now."""
        return self.deployments[-1]

    def in_force(self) -> Sequence[Deployment]:
        """Return the documents that a function may decide by now, the youngest first."""
        found = []
        for deployment in reversed(self.deployments):
            found.append(deployment)
            if self.clock() - deployment.at > MAX_AGE:
                break
        return found

    def drafts(self, service_id: str) -> Sequence[Draft]:
        """Return every draft that has ever been deployed with a service in it."""
        return [d.draft for d in self.deployments if d.draft and service_id in d.draft.services]

    def answer(self, operation: str) -> Answer:
        """Answer a call of the data plane."""
        return answer_as_appconfig(operation, self.current.text, MAX_AGE.total_seconds())
