"""Names in DNS, as far as they are known without asking anybody."""

import pytest

from privatelink.gateways.names import resolve


def test_a_name_is_answered_with_its_ipv4_addresses() -> None:
    assert resolve("localhost") == ("127.0.0.1",)
    assert resolve("10.0.3.181") == ("10.0.3.181",)


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example", "2001:db8::1"])
def test_a_name_that_is_none_has_no_address(name: str) -> None:
    assert resolve(name) == ()
