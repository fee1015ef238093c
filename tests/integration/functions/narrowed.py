"""Holds sessions in consumers' accounts to their session policies, which moto does not look at."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

import boto3

_CREDENTIAL: Final = re.compile(r"Credential=([^/]+)/[0-9]+/([^/]+)/")
_GROUPS: Final = ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session that a function has opened."""

    name: str
    account_id: str
    statements: tuple[Mapping[str, Any], ...]

    @property
    def granted(self) -> set[str]:
        """The actions that the session policy allows."""
        return {action for statement in self.statements for action in statement["Action"]}

    def allows(self, action: str, resource: str) -> bool:
        """Tell whether the session policy allows an action on a resource."""
        return any(
            action in statement["Action"]
            and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
            for statement in self.statements
        )


@dataclass
class Narrowed:
    """Notes which sessions are opened, and what is called in them that their policies forbid."""

    overstepped: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    """The operations that were called in sessions, in order, and each time they were."""
    _opened: list[Session] = field(default_factory=list)
    _by_key: dict[str, Session] = field(default_factory=dict)

    def observe(self, session: boto3.Session) -> None:
        """Listen to what the clients of a boto3 session call."""
        events = session.events
        events.register("before-parameter-build", self._note)
        events.register("after-call.sts.AssumeRole", self._open)
        for service in ("ec2", "ssm"):
            events.register_last(f"request-created.{service}", self._check)

    def names(self) -> list[str]:
        """Return the names of the sessions opened since this was last asked."""
        return [session.name for session in self.newly_opened()]

    def newly_opened(self) -> list[Session]:
        """Return the sessions opened since this was last asked."""
        opened, self._opened = self._opened, []
        return opened

    @staticmethod
    def _note(params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        context["params of the test"] = dict(params)

    def _open(self, parsed: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        params = context["params of the test"]
        if "Credentials" not in parsed:
            return
        if "Policy" not in params:
            self.overstepped.append(f"{params['RoleSessionName']} is not narrowed")
            return
        session = Session(
            name=params["RoleSessionName"],
            account_id=params["RoleArn"].split(":")[4],
            statements=tuple(json.loads(params["Policy"])["Statement"]),
        )
        self._opened.append(session)
        self._by_key[parsed["Credentials"]["AccessKeyId"]] = session

    def _check(self, request: Any, operation_name: str, **_: object) -> None:  # noqa: ANN401 - botocore's
        authorization = request.headers["Authorization"]
        text = authorization.decode() if isinstance(authorization, bytes) else authorization
        match = _CREDENTIAL.search(text)
        assert match, text
        session = self._by_key.get(match[1])
        if session is None:
            return
        self.calls.append(operation_name)
        params = request.context["params of the test"]
        for action, resource in _needed(operation_name, params, session.account_id, match[2]):
            if not session.allows(action, resource):
                self.overstepped.append(f"{session.name}: {action} on {resource}")


def _needed(
    operation: str, params: Mapping[str, Any], account_id: str, region: str
) -> Iterator[tuple[str, str]]:
    """Yield what IAM is asked about a call: actions with resources."""
    ec2, ssm = (f"arn:aws:{service}:{region}:{account_id}" for service in ("ec2", "ssm"))
    if operation.startswith("Describe"):
        yield f"ec2:{operation}", "*"
    elif operation in _GROUPS:
        yield f"ec2:{operation}", f"{ec2}:security-group/{params['GroupId']}"
        if "TagSpecifications" in params:
            yield f"ec2:{operation}", f"{ec2}:security-group-rule/*"
            yield "ec2:CreateTags", f"{ec2}:security-group-rule/*"
    else:
        for name in params.get("Names") or [params.get("Name") or params["Path"]]:
            yield f"ssm:{operation}", f"{ssm}:parameter{name}"
