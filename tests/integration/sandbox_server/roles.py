"""Roles of the sandbox's accounts, and the refusals that they meet."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from sandbox.accounts import PROVIDER
from sandbox.process import Client, Sandbox

type Statement = dict[str, Any]


def allow(action: str | list[str], resource: str = "*", **condition: object) -> Statement:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | {"Condition": condition} if condition else statement


def trust(principal: str, **condition: object) -> Statement:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return statement | {"Condition": condition} if condition else statement


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refusal(call: Callable[..., object], **parameters: object) -> str:
    """Return the code of the error that the call ends in, "" when it succeeds."""
    try:
        call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


class Roles:
    """Makes roles, and clients that are sessions of them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def create(
        self,
        *statements: Statement,
        account_id: str = PROVIDER,
        trusts: Statement | None = None,
        name: str = "",
    ) -> str:
        """Return the ARN of a new role that may do what the statements say."""
        iam = self._sandbox.client("iam", account_id)
        name = name or f"tested-{uuid4()}"
        trusts = trusts or trust(f"arn:aws:iam::{account_id}:root")
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trusts))
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="tested", PolicyDocument=document(*statements)
            )
        return str(created["Role"]["Arn"])

    def assume(
        self, role_arn: str, service: str, policy: Mapping[str, object] | None = None
    ) -> Client:
        """Return a client that is a session of the role, assumed by the root of its account.

        A policy narrows the session.
        """
        account_id = role_arn.split(":")[4]
        narrowed = {"Policy": json.dumps(policy)} if policy else {}
        assumed = self._sandbox.client("sts", account_id).assume_role(
            RoleArn=role_arn, RoleSessionName="tested", **narrowed
        )
        return self._sandbox.client_with(assumed["Credentials"], service)

    def allowed(self, service: str, *statements: Statement, account_id: str = PROVIDER) -> Client:
        """Return a client of a new role that may do what the statements say, and nothing else."""
        return self.assume(self.create(*statements, account_id=account_id), service)
