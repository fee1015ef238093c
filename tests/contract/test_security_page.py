"""docs/security.md: each line of its table is held by tests that are there."""

import re
from typing import Final

import pytest

from tests.contract.stack import ROOT, allowed

PAGE: Final = (ROOT / "docs" / "security.md").read_text()
THREATS: Final = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\|[^|]*\| \*\*[STRIDE]\*\*", line)
]
TESTS: Final = sorted(set(re.findall(r"`(tests/[a-z_/]+\.py)`", PAGE)))
# What a sentence of the page says that the consumer's role may do, and the actions behind it.
READ: Final = {
    "DescribeVpcEndpoints": "endpoints",
    "DescribeSecurityGroups": "groups",
    "DescribeSecurityGroupRules": "rules",
    "DescribeRouteTables": "routes",
    "DescribeNetworkInterfaces": "network interfaces",
    "DescribeVpcs": "VPCs",
    "DescribeManagedPrefixLists": "prefix lists",
}


def test_every_threat_of_stride_is_spoken_of() -> None:
    letters = {letter for row in THREATS for letter in re.findall(r"\*\*([STRIDE])\*\*", row[1])}
    assert letters == set("STRIDE")


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row[1][:60])
def test_a_threat_is_held_by_tests(row: list[str]) -> None:
    assert len(row) == 4
    assert re.findall(r"`tests/[a-z_/]+\.py`", row[3])


@pytest.mark.parametrize("path", TESTS)
def test_a_test_that_is_named_is_there_and_tests_something(path: str) -> None:
    assert re.search(r"^ *def test_", (ROOT / path).read_text(), flags=re.MULTILINE)


def test_what_the_consumers_role_reads_is_what_the_page_says() -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith("| for the two functions"))
    actions = allowed("ConsumerRole", "consumer/template.yaml")
    described = {action.removeprefix("ec2:") for action in actions if ":Describe" in action}
    assert described == READ.keys()
    assert all(word in row.split("|")[2] for word in READ.values())
