"""Least privilege, the second half: what is not needed is refused, and would not go unnoticed."""

from tests.security.figures import Figures
from tests.security.least_privilege.attempts import Attempts
from tests.security.least_privilege.corpus import Corpus
from tests.security.least_privilege.guarantees import GUARANTEES
from tests.security.least_privilege.widening import widenings


def test_what_nothing_needs_is_refused(attempts: Attempts, figures: Figures) -> None:
    figures.add("offline attempts refused", attempts.count())
    assert [str(each) for each in attempts.unexplained()] == []


def test_what_is_allowed_beyond_need_is_explained_once(attempts: Attempts) -> None:
    assert attempts.idle_rows() == []


def test_every_key_that_decides_was_at_hand(corpus: Corpus) -> None:
    unseen = [
        guarantee
        for guarantee in GUARANTEES
        if not any(guarantee.is_about(decision) for decision in corpus.needed())
    ]
    assert unseen == []


def test_a_policy_that_is_wider_in_one_place_allows_an_attempt(
    corpus: Corpus, attempts: Attempts, figures: Figures
) -> None:
    tried = [
        (policy, change)
        for policy in corpus.policies
        for change in widenings(policy.kind, policy.document)
    ]
    unnoticed = [
        f"{policy}: {change.what}"
        for policy, change in tried
        if attempts.noticing(policy, change) is None
    ]
    figures.add("widening mutations tried", len(tried))
    figures.add("widening mutations not caught", len(unnoticed))
    assert unnoticed == []
