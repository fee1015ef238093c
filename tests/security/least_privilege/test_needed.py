"""Least privilege, the first half: whatever the policies allow is needed."""

from collections.abc import Iterator, Mapping
from copy import replace

import pytest

from tests.contract.stack import resources
from tests.security.figures import Figures
from tests.security.least_privilege.corpus import Corpus
from tests.security.least_privilege.documents import kinds_with_policies
from tests.security.least_privilege.evaluation import Policies
from tests.security.least_privilege.need import REASONS, Permission, permissions
from tests.security.least_privilege.statements import document, statements

TEMPLATES = ("template.yaml", "consumer/template.yaml")
# What else has a property by such a name, and is another resource's policy or none.
_SAID_ELSEWHERE = {
    "AWS::Events::EventBusPolicy",
    "AWS::Lambda::Permission",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> tuple[Permission, ...]:
    return tuple(permissions(corpus.policies, corpus.needed()))


def test_every_permission_is_needed(found: tuple[Permission, ...], figures: Figures) -> None:
    idle = [each for each in found if not each.needed]
    unused = [each for each in idle if not any(reason.covers(each) for reason in REASONS)]
    figures.add("permissions granted by the templates", len(found))
    figures.add("permissions proven needed", len(found) - len(idle))
    figures.add("permissions needed by reason", len(idle) - len(unused))
    figures.add("permissions unused", len(unused))
    assert list(map(str, unused)) == []


def test_a_reason_is_given_only_for_what_nothing_asks_for(found: tuple[Permission, ...]) -> None:
    idle = [each for each in found if not each.needed]
    assert [reason for reason in REASONS if not any(map(reason.covers, idle))] == []


def test_a_permission_that_nothing_needs_is_found(corpus: Corpus) -> None:
    """In whichever policy it stands."""
    for policy in corpus.policies:
        every = statements(policy.document)
        planted = tuple(
            replace(each, actions=(f"{each.actions[0]}Twice",))
            for each in every
            if each.effect == "Allow"
        )
        wider = replace(policy, document=document(*every, *planted))
        found = tuple(permissions([wider], corpus.needed()))
        assert len(planted) <= sum("Twice" in each.what and not each.needed for each in found)


def test_the_policies_say_again_what_they_said_when_they_were_asked(corpus: Corpus) -> None:
    policies = Policies.of(*corpus.policies)
    asked = [decision for decision in corpus.needed() if policies.ask(decision)]
    assert asked
    assert [decision for decision in asked if not policies.allow(decision)] == []


def test_every_policy_of_the_templates_is_looked_at(corpus: Corpus) -> None:
    """A type of resource that could have a policy is read, or its policy is another resource's."""
    kinds = {
        resource["Type"]
        for template in TEMPLATES
        for resource in resources(template).values()
        if {"PolicyDocument", "KeyPolicy", "Policies", "ResourcePolicy", "Statement"}
        & resource.get("Properties", {}).keys()
    }
    assert kinds - kinds_with_policies() <= _SAID_ELSEWHERE
    assert len(corpus.policies) == len({(each.kind, each.holder) for each in corpus.policies})


def test_every_statement_of_the_templates_is_looked_at(corpus: Corpus) -> None:
    looked_at = {s.sid for policy in corpus.policies for s in statements(policy.document)}
    written = {
        sid
        for template in TEMPLATES
        for resource in resources(template).values()
        for sid in sids(resource)
    }
    assert written
    assert written - looked_at == set()


def sids(part: object) -> Iterator[str]:
    """Find the statements in a template, however deep, and return how they are called."""
    if isinstance(part, Mapping):
        if "Sid" in part and "Effect" in part:
            yield part["Sid"]
        for each in part.values():
            yield from sids(each)
    elif isinstance(part, list):
        for each in part:
            yield from sids(each)


def test_a_statement_that_says_what_is_not_meant_is_refused() -> None:
    with pytest.raises(ValueError, match="NotAction"):
        statements({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}})
