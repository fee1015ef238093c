"""What a consumer does to be rid of us: it deletes one stack, and nothing of ours gets in again."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import CONSUMER, REGION
from sandbox.consumers import EXTERNAL_ID, deploy_consumer_role, remove_consumer_role
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.e2e.convergence import Stack
from tests.e2e.endpoints import allowlisted, endpoint
from tests.e2e.ledger import findings
from tests.security.attacked.attacks import REFUSED
from tests.security.attacked.intruders import CONSUMER_ROLE, READER_ROLE, Intruders
from tests.security.figures import Figures

if TYPE_CHECKING:
    from sandbox.process import Client

_LEAVER: Final = "888899990000"
_ENTRY: Final = f'      - {{account_id: "{_LEAVER}", source_cidrs: [10.88.0.0/16]}}\n'
_WAYS_IN: Final = (
    ("authorize", CONSUMER_ROLE, "ingress.vpce-svc-attack"),
    ("publish", CONSUMER_ROLE, "addresses.vpce-svc-attack"),
    ("console", READER_ROLE, "privatelink-console"),
)
# Sessions whose role is gone may also count as unknown ones.
_LOCKED_OUT: Final = REFUSED | {"InvalidClientTokenId", "AuthFailure", "ExpiredToken"}

type Call = tuple[Callable[..., object], dict[str, Any]]


def test_a_consumer_revokes_everything_by_deleting_one_stack(
    secured: Walkthrough, stack: Stack, figures: Figures
) -> None:
    joined = secured.joined_by(_LEAVER)
    with (
        allowlisted(secured, secured.allowlist + _ENTRY),
        endpoint(secured, CONSUMER),
        endpoint(joined, _LEAVER),
    ):
        for account_id in (CONSUMER, _LEAVER):
            wait_until(partial(_is_served, joined, account_id), what="service")
        before = _look(joined)
        intruders = Intruders(secured.sandbox)
        calls = [*_entering(intruders), *_inside(intruders)]
        for operation, parameters in calls:
            operation(**parameters)

        remove_consumer_role(secured.sandbox, _LEAVER)

        for operation, parameters in calls:
            _refused(figures, operation, **parameters)
        stack.forget_failures()  # of passes that the deletion has overtaken
        raised = {f"role-not-assumable/{_LEAVER}/{REGION}/{part}" for part in _PARTS}
        wait_until(
            lambda: raised <= _findings_of_a_sweep(secured).keys(), what="findings", seconds=90
        )
        assert _look(joined) == before, "what is there stays until its owner removes it"
        assert not {each for each in findings(secured) if CONSUMER in each}

        deploy_consumer_role(secured.sandbox, _LEAVER, secured.autopilot)
        secured.request_sweep()
        wait_until(
            lambda: not raised & findings(secured).keys(), what="end of findings", seconds=60
        )


_PARTS: Final = ("ingress", "addresses")


def _findings_of_a_sweep(walkthrough: Walkthrough) -> dict[str, str]:
    """Return the findings after one more sweep: the first may be refused in an open session."""
    walkthrough.request_sweep()
    walkthrough.settle()
    return findings(walkthrough)


def _is_served(walkthrough: Walkthrough, account_id: str) -> bool:
    name = walkthrough.parameter_name(account_id)
    return bool(
        name in walkthrough.parameters(account_id) and walkthrough.ingress_rules(account_id)
    )


def _look(walkthrough: Walkthrough) -> list[object]:
    """Return the rules and parameters of the one that stays and the one that leaves."""
    return [
        look(account_id)
        for account_id in (CONSUMER, _LEAVER)
        for look in (walkthrough.ingress_rules, walkthrough.parameters)
    ]


def _there(role_arn: str) -> str:
    return role_arn.replace(CONSUMER, _LEAVER)


def _entering(intruders: Intruders) -> Iterator[Call]:
    """Return the calls that open sessions, with all that the roles ask for."""
    for who, role_arn, name in _WAYS_IN:
        request = {"RoleArn": _there(role_arn), "RoleSessionName": name, "ExternalId": EXTERNAL_ID}
        yield intruders.client(who, "sts").assume_role, request


def _inside(intruders: Intruders) -> Iterator[Call]:
    """Return calls of sessions that are opened while the roles are there."""
    clients: dict[str, Client] = {}
    for who, role_arn, name in _WAYS_IN:
        credentials = intruders.assume(who, _there(role_arn), RoleSessionName=name)
        service = "ssm" if who == "publish" else "ec2"
        clients[who] = intruders.sandbox.client_with(credentials, service)
    yield clients["authorize"].describe_security_groups, {}
    yield clients["publish"].get_parameters_by_path, {"Path": "/privatelink/web"}
    yield clients["console"].describe_vpc_endpoints, {}


def _refused(figures: Figures, operation: Callable[..., object], **parameters: object) -> None:
    figures.add("adversarial attempts")
    with pytest.raises(ClientError) as refused:
        operation(**parameters)
    assert refused.value.response["Error"]["Code"] in _LOCKED_OUT
    figures.add("adversarial attempts refused")
