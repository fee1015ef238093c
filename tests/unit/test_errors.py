"""What is said of an error is short enough to be read."""

from privatelink.errors import RefusedAllowlistError


def test_a_refusal_tells_the_first_hundred_objections_and_how_many_there_are() -> None:
    message = str(RefusedAllowlistError(tuple(f"objection {number}" for number in range(123))))
    assert message.startswith("the allowlist is refused for 123 reason(s): objection 0; objection")
    assert message.endswith("; objection 99; and 23 more")


def test_a_refusal_for_a_hundred_reasons_tells_them_all() -> None:
    message = str(RefusedAllowlistError(tuple(f"objection {number}" for number in range(100))))
    assert message.endswith("; objection 99")
