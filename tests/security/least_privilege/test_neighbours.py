"""What is next to what was recorded: whatever a wildcard lets in where there was none."""

from copy import replace
from fnmatch import fnmatchcase
from typing import Final

import pytest

from sandbox.emulator.decisions import Decision
from tests.security.least_privilege.arns import neighbours
from tests.security.least_privilege.corpus import undisturbed
from tests.security.least_privilege.guarantees import GUARANTEES
from tests.security.least_privilege.values import other_values

OWNER: Final = "aws:RequestTag/privatelink-autopilot:owner"
OPT_IN: Final = "aws:ResourceTag/privatelink-autopilot:managed-ingress"


@pytest.mark.parametrize(
    ("resource", "pattern"),
    [
        ("arn:aws:dynamodb:us-east-1:111122223333:table/ledger", "*:table/*ledger"),
        ("arn:aws:sqs:us-east-1:111122223333:stack-accept-1", "*:*-accept-1"),
        ("arn:aws:events:us-east-1:111122223333:rule/bus/stack-hints", "*:rule/bus/*stack-hints"),
    ],
)
def test_a_wildcard_in_front_of_a_name_lets_a_neighbour_in(resource: str, pattern: str) -> None:
    assert fnmatchcase(resource, pattern)
    assert any(fnmatchcase(each, pattern) for each in neighbours(resource))


@pytest.mark.parametrize(
    ("key", "value", "pattern"),
    [
        ("kms:ViaService", "sqs.us-east-1.amazonaws.com", "*.amazonaws.com"),
        ("kms:ViaService", "sqs.us-east-1.amazonaws.com", "sqs.*.amazonaws.com"),
        (OWNER, "111122223333/us-east-1/stack", "*/us-east-1/stack"),
        (OWNER, "111122223333/us-east-1/stack", "111122223333/*/stack"),
        (OPT_IN, "true", "t*"),
        (OPT_IN, "true", "*rue"),
        ("aws:TagKeys", ("privatelink-autopilot:owner",), "privatelink-autopilot:*"),
        ("aws:TagKeys", ("privatelink-autopilot:owner",), "*:owner"),
    ],
)
def test_a_wildcard_in_a_condition_lets_a_neighbour_in(
    key: str, value: str | tuple[str, ...], pattern: str
) -> None:
    first, *_ = (each for each in GUARANTEES if each.key == key)
    others = list(other_values(value, first))
    assert value not in others
    assert any(
        all(fnmatchcase(part, pattern) for part in ([each] if isinstance(each, str) else each))
        for each in others
        if each
    )


@pytest.mark.parametrize("function", ["ingress", "addresses"])
@pytest.mark.parametrize("pattern", ["*{}*", "*{}.*", "*:{}*", "*:*"])
def test_a_session_that_is_only_called_like_a_functions_is_tried(
    pattern: str, function: str
) -> None:
    names = {
        value
        for each in GUARANTEES
        if each.key == "aws:userid" and function in each.conceded + each.forbidden
        for value in other_values(f"AROAEXAMPLE:{function}.vpce-svc-1.vpce-2", each)
        if isinstance(value, str)
    }
    assert any(fnmatchcase(name, pattern.format(function)) for name in names)
    assert not any(fnmatchcase(name, f"*:{function}.*") for name in names)


_QUIET: Final = Decision(
    kind="trust",
    principal="arn:aws:iam::111122223333:role/one",
    session="ingress.vpce-svc-1",
    action="sts:AssumeRole",
    resource_arn="arn:aws:iam::111122223333:role/two",
    keys={},
    allowed=True,
)


@pytest.mark.parametrize(
    "intruders",
    [
        replace(_QUIET, session="ingress.vpce-svc-attack"),
        replace(_QUIET, keys={"sts:RoleSessionName": "addresses.vpce-svc-attack"}),
        replace(_QUIET, principal="arn:aws:iam::111122223333:role/attack-administrator"),
    ],
    ids=["session", "name of a session", "role"],
)
def test_what_an_intruder_did_is_never_taken_for_what_is_needed(intruders: Decision) -> None:
    assert undisturbed((_QUIET,)) == (_QUIET,)
    with pytest.raises(AssertionError):
        undisturbed((_QUIET, intruders))
