"""What the console does in AWS while it looks at something."""

from sandbox.accounts import PROVIDER
from sandbox.walkthrough import Walkthrough


def assert_only_the_provider_is_read(walkthrough: Walkthrough, *, after: int) -> None:
    """See that the console has made calls since another one, which all read what is our own."""
    calls = [
        call
        for call in walkthrough.sandbox.calls(after=after)
        if "-console/" in call.principal_arn or "-reader/" in call.principal_arn
    ]
    assert len(calls) > 3
    assert [call.action for call in calls if call.is_write] == []
    assert {call.principal_arn.split(":")[4] for call in calls} == {PROVIDER}
    assert "sts:AssumeRole" not in {call.action for call in calls}
