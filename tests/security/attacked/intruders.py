"""Whoever has taken over a role: sessions of the stack's roles in which any code at all may run."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STACK_NAME
from sandbox.consumers import EXTERNAL_ID
from sandbox.process import Client, Sandbox

CONSUMER_ROLE: Final = f"arn:aws:iam::{CONSUMER}:role/privatelink-autopilot-consumer"
READER_ROLE: Final = f"{CONSUMER_ROLE}-reader"
FUNCTIONS: Final = ("relay", "accept", "authorize", "publish", "validate")
_ROLES: Final = {
    "relay": f"{STACK_NAME}-relay-connection-notifications",
    "accept": f"{STACK_NAME}-accept-endpoint-connections",
    "authorize": f"{STACK_NAME}-authorize-security-group-ingress",
    "publish": f"{STACK_NAME}-publish-endpoint-addresses",
    "validate": f"{STACK_NAME}-validate-allowlist",
    "console": f"{STACK_NAME}-console",
}
ADMINISTRATOR: Final = "attack-administrator"
_CHAINS: Final = {
    "ingress": ("authorize", CONSUMER_ROLE, "ingress.vpce-svc-attack"),
    "addresses": ("publish", CONSUMER_ROLE, "addresses.vpce-svc-attack"),
    "reader": ("console", READER_ROLE, "privatelink-console"),
}
"""By what the holder of a session of a consumer's role is called: whose turn, which role, how."""

type Credentials = Mapping[str, str]


@dataclass(frozen=True)
class Intruders:
    """Sessions by the short name of who is in them; each is opened once."""

    sandbox: Sandbox
    _opened: dict[str, Credentials] = field(default_factory=dict)

    def client(self, who: str, service: str, region: str = REGION) -> Client:
        """Return a client in the hands of somebody who acts as one of the roles."""
        return self.sandbox.client_with(self.credentials(who), service, region)

    def administrator(self, account_id: str, service: str, region: str = REGION) -> Client:
        """Return a client of a role that may do everything in its account."""
        return self.sandbox.client_with(self._administrator(account_id), service, region)

    def credentials(self, who: str) -> Credentials:
        """Open a session of one of the provider's roles, or with it one of a consumer's."""
        if who not in self._opened:
            self._opened[who] = self._chained(who) if who in _CHAINS else self._taken(who)
        return self._opened[who]

    def assume(self, who: str, role_arn: str, **parameters: Any) -> Credentials:  # noqa: ANN401 - of AssumeRole
        """Have somebody assume a role, with the external id unless another is given."""
        request = {"RoleSessionName": "attack", "ExternalId": EXTERNAL_ID} | parameters
        answer = self.client(who, "sts").assume_role(
            RoleArn=role_arn, **{name: value for name, value in request.items() if value}
        )
        credentials: Credentials = answer["Credentials"]
        return credentials

    def _chained(self, who: str) -> Credentials:
        first, role_arn, name = _CHAINS[who]
        return self.assume(first, role_arn, RoleSessionName=name)

    def _taken(self, who: str) -> Credentials:
        """Let the account's root in for the length of one call, whomever the role trusts."""
        role_name = _ROLES[who]
        with _let_in(self.sandbox, role_name):
            return self._session(PROVIDER, role_name)

    def _session(self, account_id: str, role_name: str) -> Credentials:
        credentials: Credentials = self.sandbox.client("sts", account_id).assume_role(
            RoleArn=f"arn:aws:iam::{account_id}:role/{role_name}", RoleSessionName="attack"
        )["Credentials"]
        return credentials

    def _administrator(self, account_id: str) -> Credentials:
        if account_id not in self._opened:
            create_role(self.sandbox, account_id, ADMINISTRATOR, actions="*")
            self._opened[account_id] = self._session(account_id, ADMINISTRATOR)
        return self._opened[account_id]


def role_name(who: str) -> str:
    """Return the name of one of the provider's roles."""
    return _ROLES[who]


def create_role(
    sandbox: Sandbox, account_id: str, name: str, *, actions: str, trusts: str = ""
) -> str:
    """Create a role, unless there is one, that trusts an account, its own by default."""
    iam = sandbox.client("iam", account_id)
    trust = _document(
        Effect="Allow",
        Action="sts:AssumeRole",
        Principal={"AWS": f"arn:aws:iam::{trusts or account_id}:root"},
    )
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(
        RoleName=name,
        PolicyName="attack",
        PolicyDocument=_document(Effect="Allow", Action=actions, Resource="*"),
    )
    return f"arn:aws:iam::{account_id}:role/{name}"


@contextmanager
def allow_to_assume(sandbox: Sandbox, role_name: str) -> Iterator[None]:
    """Let one of the provider's roles assume whatever role trusts it."""
    iam = sandbox.client("iam", PROVIDER)
    policy = {"RoleName": role_name, "PolicyName": "attack"}
    iam.put_role_policy(
        **policy,
        PolicyDocument=_document(Effect="Allow", Action="sts:AssumeRole", Resource="*"),
    )
    try:
        yield
    finally:
        iam.delete_role_policy(**policy)


@contextmanager
def _let_in(sandbox: Sandbox, role_name: str) -> Iterator[None]:
    iam = sandbox.client("iam", PROVIDER)
    trust = iam.get_role(RoleName=role_name)["Role"]["AssumeRolePolicyDocument"]
    root = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{PROVIDER}:root"},
    }
    extended = {**trust, "Statement": [*trust["Statement"], root]}
    iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=json.dumps(extended))
    try:
        yield
    finally:
        iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=json.dumps(trust))


def _document(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
