"""What a session is narrowed to: any code in it reaches one group, one shelf, or only looks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from console.gateways.readers import TO_EXAMINE
from privatelink.model import AccountId, Consumer, Region, SecurityGroupId, ServiceId
from privatelink.session_policies import (
    Purpose,
    to_read_addresses,
    to_read_rules,
    to_write_addresses,
    to_write_rules,
)
from sandbox.accounts import CONSUMER, REGION
from sandbox.process import Client
from sandbox.walkthrough import Walkthrough
from tests.security.attacked.attacks import REFUSED
from tests.security.attacked.consumers_things import (
    OPT_IN,
    OURS,
    ConsumersThings,
    clear_away,
    group,
    lay_out,
    opening,
)
from tests.security.attacked.intruders import CONSUMER_ROLE, READER_ROLE, Intruders
from tests.security.figures import Figures

_SERVICE: Final = ServiceId("vpce-svc-0123456789abcdef0")
_SHELF: Final = "/privatelink/attack"
_OTHER_SHELF: Final = "/privatelink/attack-2"


@dataclass(frozen=True)
class Narrowed:
    """Sessions of the consumer's roles for purposes of the functions' and the console's."""

    intruders: Intruders
    things: ConsumersThings
    other_group: str
    """Opted in, and not what any session here is for."""

    def purpose(self, name: str) -> Purpose:
        """Return a purpose as the functions would make it."""
        group_id = SecurityGroupId(self.things.open_group)
        return {
            "reads rules": lambda: to_read_rules(_SERVICE),
            "authorizes": lambda: to_write_rules(
                _SERVICE, (), group_id, authorizes=True, revokes=False
            ),
            "revokes": lambda: to_write_rules(
                _SERVICE, (), group_id, authorizes=False, revokes=True
            ),
            "reads addresses": lambda: to_read_addresses(_SERVICE, [_SHELF], "/privatelink"),
            "puts": lambda: to_write_addresses(_SERVICE, (), _SHELF, puts=True, deletes=False),
            "deletes": lambda: to_write_addresses(_SERVICE, (), _SHELF, puts=False, deletes=True),
            "examines": lambda: TO_EXAMINE,
        }[name]()

    def client(self, name: str, service: str) -> Client:
        """Return a client of a session for a purpose."""
        purpose = self.purpose(name)
        consumer = Consumer(account_id=AccountId(CONSUMER), region=Region(REGION))
        who, role_arn = _HOLDERS[name]
        credentials = self.intruders.assume(
            who,
            role_arn,
            RoleSessionName=purpose.name,
            Policy=purpose.policy("aws", consumer),
        )
        return self.intruders.sandbox.client_with(credentials, service)


_INGRESS: Final = ("authorize", CONSUMER_ROLE)
_ADDRESSES: Final = ("publish", CONSUMER_ROLE)
_HOLDERS: Final[Mapping[str, tuple[str, str]]] = {
    "reads rules": _INGRESS,
    "authorizes": _INGRESS,
    "revokes": _INGRESS,
    "reads addresses": _ADDRESSES,
    "puts": _ADDRESSES,
    "deletes": _ADDRESSES,
    "examines": ("console", READER_ROLE),
}


@pytest.fixture(scope="module")
def narrowed(secured: Walkthrough) -> Iterator[Narrowed]:
    things = lay_out(secured)
    other = group(secured.sandbox.client("ec2", CONSUMER), things.vpc_id, {OPT_IN: "true"})
    yield Narrowed(Intruders(secured.sandbox), things, other)
    clear_away(secured, things)


type _Parameters = Callable[[Narrowed], Mapping[str, Any]]
_DEEDS: Final[Mapping[str, tuple[str, str, _Parameters]]] = {
    "open the group": (
        "ec2",
        "authorize_security_group_ingress",
        lambda narrowed: opening(narrowed.things.open_group, OURS),
    ),
    "open another group that opted in": (
        "ec2",
        "authorize_security_group_ingress",
        lambda narrowed: opening(narrowed.other_group, OURS),
    ),
    "open another group by an unsigned rule": (
        "ec2",
        "authorize_security_group_ingress",
        lambda narrowed: opening(narrowed.other_group, {}),
    ),
    "close the group": (
        "ec2",
        "revoke_security_group_ingress",
        lambda narrowed: opening(narrowed.things.open_group, {}),
    ),
    "close another group that opted in": (
        "ec2",
        "revoke_security_group_ingress",
        lambda narrowed: opening(narrowed.other_group, {}),
    ),
    "look at groups": ("ec2", "describe_security_groups", lambda _: {}),
    "look at rules": ("ec2", "describe_security_group_rules", lambda _: {}),
    "look at endpoints": ("ec2", "describe_vpc_endpoints", lambda _: {}),
    "look at addresses": ("ec2", "describe_network_interfaces", lambda _: {}),
    "look at routes": ("ec2", "describe_route_tables", lambda _: {}),
    "read the shelf": ("ssm", "get_parameters_by_path", lambda _: {"Path": _SHELF}),
    "read another shelf": ("ssm", "get_parameters_by_path", lambda _: {"Path": _OTHER_SHELF}),
    "put on the shelf": ("ssm", "put_parameter", lambda _: _parameter(_SHELF)),
    "put on another shelf": ("ssm", "put_parameter", lambda _: _parameter(_OTHER_SHELF)),
    "delete from the shelf": (
        "ssm",
        "delete_parameters",
        lambda _: {"Names": [f"{_SHELF}/vpc-1/narrowed"]},
    ),
    "delete from another shelf": (
        "ssm",
        "delete_parameters",
        lambda _: {"Names": [f"{_OTHER_SHELF}/vpc-1/narrowed"]},
    ),
}
_MAY: Final[Mapping[str, frozenset[str]]] = {
    "reads rules": frozenset({"look at groups", "look at rules", "look at endpoints"}),
    "authorizes": frozenset({"open the group"}),
    "revokes": frozenset({"close the group"}),
    "reads addresses": frozenset(
        {"look at addresses", "look at routes", "look at endpoints", "read the shelf"}
    ),
    "puts": frozenset({"put on the shelf"}),
    "deletes": frozenset({"delete from the shelf"}),
    "examines": frozenset({"look at addresses", "look at routes", "look at endpoints"}),
}


def _parameter(shelf: str) -> dict[str, str]:
    return {"Name": f"{shelf}/vpc-1/narrowed", "Value": "10.0.3.181", "Type": "String"}


def _outcome(client: Client, operation: str, parameters: Mapping[str, Any]) -> str:
    """Make a call; return the code of the error that it ends in, "" if it succeeds."""
    try:
        getattr(client, operation)(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize("deed", _DEEDS)
@pytest.mark.parametrize("purpose", _MAY)
def test_a_session_does_what_it_is_for_and_nothing_else(
    narrowed: Narrowed, figures: Figures, purpose: str, deed: str
) -> None:
    service, operation, parameters = _DEEDS[deed]
    client = narrowed.client(purpose, service)

    outcome = _outcome(client, operation, parameters(narrowed))

    forbidden = deed not in _MAY[purpose]
    figures.add("adversarial attempts", forbidden)
    assert (outcome in REFUSED) == forbidden, outcome
    if forbidden:
        figures.add("adversarial attempts refused")
