"""Whether the policies of the stacks, one of them changed or not, allow something."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from sandbox.emulator.decisions import Decision
from sandbox.emulator.policies import denies, permits
from tests.security.least_privilege.documents import Document, Kind, Policy


@dataclass(frozen=True)
class Policies:
    """All policies, by kind and by the ARN of the role or resource."""

    documents: Mapping[tuple[Kind, str], Document]

    @classmethod
    def of(cls, *policies: Policy) -> Self:
        """Gather policies."""
        return cls({(policy.kind, policy.holder): policy.document for policy in policies})

    def changed(self, policy: Policy, document: Document) -> Self:
        """Return the policies with another document for one of them."""
        return replace(self, documents={**self.documents, (policy.kind, policy.holder): document})

    def ask(self, decision: Decision) -> bool:
        """Tell whether the policy that decides is one of these."""
        return decision.kind != "session" and _asked(decision) in self.documents

    def allow(self, decision: Decision) -> bool:
        """Tell whether the policy that is asked allows it, and the resource's own does not deny it.

        A role's own account needs no more than that; for callers from elsewhere, and services, the
        decision of the resource's policy is one of its own.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
        """
        document = self.documents.get(_asked(decision))
        if document is None or not permits(document, decision):
            return False
        if decision.kind != "identity":
            return True
        own = self.documents.get(("resource", decision.resource_arn))
        return own is None or not denies(own, replace(decision, kind="resource"))


def holder(decision: Decision) -> str:
    """Return the ARN of the role or resource whose policy is asked."""
    return decision.principal if decision.kind == "identity" else decision.resource_arn


def _asked(decision: Decision) -> tuple[Kind, str]:
    assert decision.kind != "session"
    return decision.kind, holder(decision)
