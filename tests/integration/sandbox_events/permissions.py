"""Policies of resources, roles with several permissions, and functions that have them."""

import io
import json
import zipfile
from typing import Any
from uuid import uuid4

from tests.integration.sandbox_events.account import Account, Inbox, unique

type Statement = dict[str, Any]

LAMBDA = "lambda.amazonaws.com"
# Fails if it is told to, and says in a file that it was there.
SOURCE = """
import os, pathlib

def handler(event, context):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write("called\\n")
    print("a word from the function")
    if os.environ["FAILS"]:
        raise ValueError("as told")
"""


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, resource: str = "*") -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def admits(service: str, *actions: str, source_arn: str = "*") -> Statement:
    """Return the statement of a resource's policy that lets a service act for a resource."""
    return allow(*actions) | {
        "Principal": {"Service": service},
        "Condition": {"ArnLike": {"aws:SourceArn": source_arn}},
    }


def administration(account: Account) -> Statement:
    return allow("kms:*") | {"Principal": {"AWS": f"arn:aws:iam::{account.id}:root"}}


def key(account: Account, *statements: Statement) -> str:
    """Make a key that roles of the account may use if they say so, and others as stated."""
    policy = document(administration(account), *statements)
    return str(account.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


def admit(queue: Inbox, *statements: Statement) -> None:
    """Give a queue a policy."""
    policy = document(*statements) if statements else ""
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy})


def role(account: Account, *statements: Statement) -> str:
    """Make a role that functions have."""
    iam, name = account.client("iam"), unique("role")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": LAMBDA}}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    if statements:
        iam.put_role_policy(
            RoleName=name, PolicyName="tested", PolicyDocument=document(*statements)
        )
    return str(made["Role"]["Arn"])


def function(account: Account, role_arn: str, notes: str, *, fails: bool = False) -> str:
    """Make a function that has a role: its ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("app.py", SOURCE)
    created = account.client("lambda").create_function(
        FunctionName=unique("function"),
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
        Role=role_arn,
        Timeout=10,
        Environment={"Variables": {"NOTES": notes, "FAILS": "yes" if fails else ""}},
    )
    return str(created["FunctionArn"])


def invocable(account: Account, function_arn: str, service: str, source_arn: str) -> None:
    """Let a service invoke a function."""
    account.client("lambda").add_permission(
        FunctionName=function_arn,
        StatementId=str(uuid4()),
        Action="lambda:InvokeFunction",
        Principal=service,
        SourceArn=source_arn,
    )
