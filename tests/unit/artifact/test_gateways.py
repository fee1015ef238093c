"""Which operations are called, as sources say it."""

from pathlib import Path

import pytest

from artifact.gateways import UnreadableCallError, calls_of, sources_of

GATEWAY = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import VpcTypeDef
"""


def called(tmp_path: Path, text: str) -> dict[str, frozenset[str]]:
    source = tmp_path / "gateway.py"
    source.write_text(GATEWAY + text)
    return dict(calls_of([source]))


@pytest.mark.parametrize(
    "text",
    [
        (
            "class A:\n def __init__(self, ec2: 'EC2Client'):\n  self._ec2 = ec2\n"
            " def a(self):\n  self._ec2.describe_vpcs()"
        ),
        "class A:\n ec2: 'EC2Client'\n def a(self):\n  self.ec2.describe_vpcs(Filters=[])",
        (
            "class A:\n @property\n def ec2(self) -> 'EC2Client': ...\n"
            " def a(self):\n  self.ec2.describe_vpcs()"
        ),
        "def a(ec2: 'EC2Client | None' = None):\n ec2.get_paginator('describe_vpcs').paginate()",
        "def a(thing):\n ec2: EC2Client = thing\n return map(ec2.describe_vpcs, ())",
    ],
)
def test_a_call_is_found_however_the_client_has_come(tmp_path: Path, text: str) -> None:
    assert called(tmp_path, text) == {"ec2": {"describe_vpcs"}}


def test_what_a_client_says_about_itself_is_no_call(tmp_path: Path) -> None:
    text = "def a(ec2: EC2Client):\n ec2.describe_vpcs()\n return ec2.meta.partition"
    assert called(tmp_path, text) == {"ec2": {"describe_vpcs"}}


def test_pages_of_an_operation_that_is_not_named_stop_the_build(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCallError, match=r"ec2\.get_paginator\(name\)"):
        called(tmp_path, "def a(ec2: EC2Client, name: str):\n ec2.get_paginator(name)")


def test_a_client_that_nothing_is_called_of_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCallError, match="ec2"):
        called(tmp_path, "def a(ec2: EC2Client):\n somewhere_else(ec2)")


def test_what_has_no_gateways_calls_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("")
    assert calls_of(sources_of(tmp_path)) == {}
