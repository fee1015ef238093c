"""Who can enter a consumer's account with our roles, whatever their own account lets them do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME, STRANGER
from sandbox.consumers import EXTERNAL_ID
from sandbox.process import Client, Sandbox
from sandbox.walkthrough import Walkthrough
from tests.security.attacked.attacks import REFUSED
from tests.security.attacked.intruders import (
    CONSUMER_ROLE,
    READER_ROLE,
    Intruders,
    allow_to_assume,
    create_role,
    role_name,
)
from tests.security.figures import Figures

_INGRESS: Final = "ingress.vpce-svc-attack"
_ADDRESSES: Final = "addresses.vpce-svc-attack"
_NAMES: Final = (_INGRESS, _ADDRESSES, "privatelink-console")
_AUTHORIZE: Final = role_name("authorize")
_NAMESAKES: Final = (
    (STRANGER, _AUTHORIZE),
    (CONSUMER, _AUTHORIZE),
    (PROVIDER, f"another-{_AUTHORIZE}"),
    (PROVIDER, f"{_AUTHORIZE}-2"),
    (PROVIDER, f"{STACK_NAME}-2-authorize-security-group-ingress"),
)
"""Roles that are called like the one that is trusted, in another account or by another stack."""


@pytest.fixture(scope="module")
def intruders(secured: Walkthrough) -> Intruders:
    return Intruders(secured.sandbox)


@contextmanager
def _outcome(figures: Figures) -> Iterator[None]:
    figures.add("adversarial attempts")
    with pytest.raises(ClientError) as refused:
        yield
    assert refused.value.response["Error"]["Code"] in REFUSED
    figures.add("adversarial attempts refused")


def _entering(sts: Client, role_arn: str = CONSUMER_ROLE, **parameters: Any) -> None:  # noqa: ANN401 - of AssumeRole
    request = {"RoleSessionName": _INGRESS, "ExternalId": EXTERNAL_ID} | parameters
    sts.assume_role(RoleArn=role_arn, **{key: value for key, value in request.items() if value})


@pytest.mark.parametrize(
    "external_id",
    [None, "an-external-id-of-somebody", EXTERNAL_ID.upper(), EXTERNAL_ID[:-1], f"{EXTERNAL_ID}x"],
)
@pytest.mark.parametrize(
    ("who", "role_arn", "name"),
    [
        ("authorize", CONSUMER_ROLE, _INGRESS),
        ("publish", CONSUMER_ROLE, _ADDRESSES),
        ("console", READER_ROLE, "privatelink-console"),
    ],
)
def test_without_the_right_external_id_nobody_enters(  # noqa: PLR0917 - three say who enters what
    intruders: Intruders,
    figures: Figures,
    who: str,
    role_arn: str,
    name: str,
    external_id: str | None,
) -> None:
    sts = intruders.client(who, "sts")
    _entering(sts, role_arn, RoleSessionName=name)

    with _outcome(figures):
        _entering(sts, role_arn, RoleSessionName=name, ExternalId=external_id)


@pytest.mark.parametrize(
    ("who", "role_arn"),
    [
        *((who, CONSUMER_ROLE) for who in ("relay", "accept", "validate", "console")),
        *((who, READER_ROLE) for who in ("relay", "accept", "authorize", "publish", "validate")),
    ],
)
def test_the_roles_of_the_stack_that_are_not_for_it_do_not_enter(
    intruders: Intruders, figures: Figures, who: str, role_arn: str
) -> None:
    sts = intruders.client(who, "sts")
    for name in _NAMES:
        with allow_to_assume(intruders.sandbox, role_name(who)), _outcome(figures):
            _entering(sts, role_arn, RoleSessionName=name)


@pytest.mark.parametrize("role_arn", [CONSUMER_ROLE, READER_ROLE])
@pytest.mark.parametrize("account_id", [PROVIDER, CONSUMER, STRANGER])
def test_administrators_do_not_enter(
    intruders: Intruders, figures: Figures, account_id: str, role_arn: str
) -> None:
    root = intruders.sandbox.client("sts", account_id)
    for sts in (intruders.administrator(account_id, "sts"), root):
        for name in _NAMES:
            with _outcome(figures):
                _entering(sts, role_arn, RoleSessionName=name)


@pytest.mark.parametrize(("account_id", "name"), _NAMESAKES)
def test_roles_that_are_called_alike_do_not_enter(
    intruders: Intruders, figures: Figures, account_id: str, name: str
) -> None:
    sts = _in_the_hands_of_a_namesake(intruders.sandbox, account_id, name)

    with _outcome(figures):
        _entering(sts)


@pytest.mark.parametrize(
    ("who", "role_arn", "name"),
    [
        ("console", READER_ROLE, "attack"),
        ("authorize", CONSUMER_ROLE, _ADDRESSES),
        ("publish", CONSUMER_ROLE, _INGRESS),
        *(
            ("authorize", CONSUMER_ROLE, name)
            for name in (
                "privatelink-autopilot",
                "ingress",
                "ingress.vpce-attack",
                "Ingress.vpce-svc-attack",
                "x-ingress.vpce-svc-attack",
            )
        ),
    ],
)
def test_a_session_is_named_for_its_function_and_service(
    intruders: Intruders, figures: Figures, who: str, role_arn: str, name: str
) -> None:
    with _outcome(figures):
        _entering(intruders.client(who, "sts"), role_arn, RoleSessionName=name)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"Tags": [{"Key": "Team", "Value": "attack"}]}, id="tags"),
        pytest.param(
            {"Tags": [{"Key": "Team", "Value": "attack"}], "TransitiveTagKeys": ["Team"]},
            id="tags that stay",
        ),
    ],
)
def test_a_session_brings_no_tags_by_which_other_policies_might_know_it(
    intruders: Intruders, figures: Figures, more: Mapping[str, Any]
) -> None:
    with _outcome(figures):
        _entering(intruders.client("authorize", "sts"), **more)


@pytest.mark.parametrize("who", ["ingress", "addresses", "reader"])
@pytest.mark.parametrize("role_arn", [CONSUMER_ROLE, READER_ROLE])
def test_who_is_in_cannot_enter_anew_to_stay_longer(
    intruders: Intruders, figures: Figures, who: str, role_arn: str
) -> None:
    with _outcome(figures):
        _entering(intruders.client(who, "sts"), role_arn)


@pytest.mark.parametrize("who", ["relay", "accept", "authorize", "publish", "validate"])
@pytest.mark.parametrize("account_id", [PROVIDER, STRANGER])
def test_nobody_but_lambda_takes_the_role_of_a_function(
    intruders: Intruders, figures: Figures, account_id: str, who: str
) -> None:
    sts = intruders.administrator(account_id, "sts")

    with _outcome(figures):
        _entering(sts, f"arn:aws:iam::{PROVIDER}:role/{role_name(who)}")


def test_nobody_of_another_account_takes_the_role_of_the_console(
    intruders: Intruders, figures: Figures
) -> None:
    role_arn = f"arn:aws:iam::{PROVIDER}:role/{role_name('console')}"
    _entering(intruders.administrator(PROVIDER, "sts"), role_arn)

    with _outcome(figures):
        _entering(intruders.administrator(STRANGER, "sts"), role_arn)


def _in_the_hands_of_a_namesake(sandbox: Sandbox, account_id: str, name: str) -> Client:
    role_arn = create_role(sandbox, account_id, name, actions="*")
    credentials = sandbox.client("sts", account_id).assume_role(
        RoleArn=role_arn, RoleSessionName="attack"
    )["Credentials"]
    return sandbox.client_with(credentials, "sts")
