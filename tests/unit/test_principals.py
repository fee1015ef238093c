from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from privatelink.allowlist import ConsumerEntry
from privatelink.model import AccountId
from privatelink.principals import PrincipalsPlan, plan_principals
from tests.unit.builders import LISTED, NOW, STRANGER, consumer_entry, service_entry

ENTRY = consumer_entry()
ACCOUNTS = [AccountId(digit * 12) for digit in "12345"]


def plan(
    *,
    entries: tuple[ConsumerEntry, ...] = (ENTRY,),
    allowed: set[AccountId],
    ours: set[AccountId],
    age: timedelta = timedelta(hours=1),
) -> PrincipalsPlan:
    service = msgspec.structs.replace(service_entry(), consumers=entries)
    noted = dict.fromkeys(ours, NOW - age)
    return plan_principals(service, now=NOW, allowed=allowed, ours=noted)


def test_adds_listed_accounts_that_are_not_allowed() -> None:
    assert plan(allowed=set(), ours=set()).add == (LISTED,)
    assert plan(allowed={LISTED}, ours=set()).add == ()


def test_removes_only_those_that_it_added() -> None:
    result = plan(allowed={LISTED, STRANGER, ACCOUNTS[0]}, ours={STRANGER})
    assert (result.remove, result.forget) == ((STRANGER,), (STRANGER,))


def test_an_expired_entry_asks_for_nothing() -> None:
    expired = msgspec.structs.replace(ENTRY, expires=NOW.date() - timedelta(days=1))
    result = plan(entries=(expired,), allowed={LISTED}, ours={LISTED})
    assert (result.add, result.remove) == ((), (LISTED,))


def test_forgets_one_that_somebody_else_removed() -> None:
    result = plan(entries=(), allowed=set(), ours={STRANGER})
    assert (result.remove, result.forget) == ((), (STRANGER,))


def test_remembers_one_that_ec2_may_not_show_yet() -> None:
    result = plan(entries=(), allowed=set(), ours={STRANGER}, age=timedelta(minutes=1))
    assert (result.remove, result.forget) == ((), ())


@given(
    st.sets(st.sampled_from(ACCOUNTS)),
    st.sets(st.sampled_from(ACCOUNTS)),
    st.sets(st.sampled_from(ACCOUNTS)),
)
def test_planning_again_after_applying_yields_nothing(
    listed: set[AccountId], allowed: set[AccountId], ours: set[AccountId]
) -> None:
    entries = tuple(msgspec.structs.replace(ENTRY, account_id=each) for each in sorted(listed))
    first = plan(entries=entries, allowed=allowed, ours=ours)
    after = (allowed | set(first.add)) - set(first.remove)
    again = plan(entries=entries, allowed=after, ours=(ours | set(first.add)) - set(first.forget))
    assert again == PrincipalsPlan(add=(), remove=(), forget=())
    assert allowed - ours <= after
    assert listed <= after
