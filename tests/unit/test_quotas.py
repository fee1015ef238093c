import pytest

from privatelink.model import PrefixList
from privatelink.quotas import weight
from tests.unit.builders import ANYTHING, GROUP, ingress


def weight_of_list(name: str, *, family: str = "IPv4", entries: int | None = None) -> object:
    prefix_list = PrefixList(
        prefix_list_id="pl-1", name=name, address_family=family, max_entries=entries
    )
    return weight(ingress("pl-1", port=ANYTHING), {"pl-1": prefix_list})


def test_a_cidr_counts_once_in_its_own_family() -> None:
    assert weight(ingress(), {}) == (1, 0)
    assert weight(ingress("2001:db8::/32"), {}) == (0, 1)
    assert weight(ingress("10.0.0.0/8", port=ANYTHING), {}) == (1, 0)


def test_a_security_group_counts_in_both_families() -> None:
    assert weight(ingress(GROUP), {}) == (1, 1)


@pytest.mark.parametrize(("family", "expected"), [("IPv4", (20, 0)), ("IPv6", (0, 20))])
def test_a_prefix_list_counts_its_maximum_of_entries(
    family: str, expected: tuple[int, int]
) -> None:
    assert weight_of_list("sddc", family=family, entries=20) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("com.amazonaws.global.cloudfront.origin-facing", 55),
        ("com.amazonaws.ap-northeast-1.dynamodb", 1),
        ("com.amazonaws.us-gov-west-1.ec2-instance-connect", 2),
        ("com.amazonaws.global.groundstation", 5),
        ("com.amazonaws.us-east-1.route53-healthchecks", 25),
        ("com.amazonaws.ap-northeast-1.s3", 1),
        ("com.amazonaws.ap-northeast-1.s3express", 6),
        ("com.amazonaws.ap-northeast-1.vpc-lattice", 10),
        ("com.amazonaws.ap-northeast-1.added-later", 1),
    ],
)
def test_a_list_of_aws_has_the_weight_that_is_documented(name: str, expected: int) -> None:
    assert weight_of_list(name) == (expected, 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("com.amazonaws.global.ipv6.cloudfront.origin-facing", 55),
        ("com.amazonaws.ap-northeast-1.ipv6.ec2-instance-connect", 2),
        ("com.amazonaws.us-east-1.ipv6.route53-healthchecks", 25),
        ("com.amazonaws.ap-northeast-1.ipv6.vpc-lattice", 10),
    ],
)
def test_an_ipv6_list_of_aws_weighs_as_much_in_the_other_family(name: str, expected: int) -> None:
    assert weight_of_list(name, family="IPv6") == (0, expected)


def test_a_list_that_only_sounds_like_one_of_aws_weighs_what_it_may_hold() -> None:
    assert weight_of_list("s3", entries=7) == (7, 0)
    assert weight_of_list("my.com.amazonaws.eu-west-1.s3", entries=7) == (7, 0)


def test_a_list_that_is_not_shown_counts_once_in_either_family() -> None:
    assert weight(ingress("pl-1"), {}) == (1, 1)
