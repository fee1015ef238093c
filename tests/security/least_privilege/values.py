"""Values of condition keys that are like the one that was at hand, and are another."""

from collections.abc import Iterator

from sandbox.emulator.decisions import Values
from tests.security.least_privilege.arns import IN_VALUES, OTHER_NAME, neighbours, other_names
from tests.security.least_privilege.guarantee import Guarantee


def other_values(own: Values, guarantee: Guarantee) -> Iterator[Values]:
    """Return values that have to be refused; an empty one stands for none."""
    if guarantee.forbidden:
        yield guarantee.forbidden
        return
    if not guarantee.comes_with_others:
        yield ()
    for value in _similar(own):
        if value != own and not guarantee.concedes(value):
            yield value


def _similar(value: Values) -> Iterator[Values]:
    if isinstance(value, tuple):
        yield (*value, OTHER_NAME)
        for each in value:
            yield from ((other,) for other in _similar(each) if isinstance(other, str))
        return
    yield f"{value}-2"
    yield f"2-{value}"
    if value in {"true", "false"}:
        yield "false" if value == "true" else "true"
        return
    yield OTHER_NAME
    yield value.swapcase()
    yield from neighbours(value)
    if not value.startswith("arn:"):
        yield from other_names(value, IN_VALUES)
