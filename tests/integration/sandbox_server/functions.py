"""Lambda functions made of a few lines."""

import io
import json
import zipfile
from typing import Any

from sandbox.accounts import PROVIDER
from sandbox.process import Sandbox
from tests.integration.sandbox_server.roles import document

_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def create(sandbox: Sandbox, name: str, source: str) -> None:
    """Create a function in the provider's account, from the source of a module with `handle`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("app.py", source)
    role = sandbox.client("iam", PROVIDER).create_role(
        RoleName=name, AssumeRolePolicyDocument=document(_TRUST)
    )
    sandbox.client("lambda", PROVIDER).create_function(
        FunctionName=name,
        Role=role["Role"]["Arn"],
        Runtime="python3.13",
        Handler="app.handle",
        Timeout=30,
        Code={"ZipFile": archive.getvalue()},
    )


def invoke(sandbox: Sandbox, name: str) -> Any:  # noqa: ANN401 - what the function returns
    answer = sandbox.client("lambda", PROVIDER).invoke(FunctionName=name)
    return json.loads(answer["Payload"].read())
