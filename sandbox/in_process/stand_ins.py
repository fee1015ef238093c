"""Answers of services that moto lacks, or that stand for those of whoever stands in for AWS."""

import io
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.in_process.clients import access_key
from sandbox.in_process.wire import Answer, Call

SESSION: Final = timedelta(minutes=15)
"""How long a session lasts that AssumeRole gives out."""


def answer_as_appconfig(operation: str, document: str, poll_seconds: float) -> Answer:
    """Answer a call of AppConfig's data plane, with the document that is deployed."""
    if operation == "StartConfigurationSession":
        return {"InitialConfigurationToken": "token"}
    return {
        "NextPollConfigurationToken": "token",
        "NextPollIntervalInSeconds": int(poll_seconds),
        "ContentType": "application/yaml",
        "Configuration": io.BytesIO(document.encode()),
    }


def answer_assume_role(call: Call, now: datetime) -> Answer:
    """Give out a session of a role, in whatever account it is."""
    account_id = call.params["RoleArn"].split(":")[4]
    credentials: dict[str, Any] = {
        "AccessKeyId": access_key(account_id),
        "SecretAccessKey": "testing",
        "SessionToken": "testing",
        "Expiration": now + SESSION,
    }
    return {"Credentials": credentials}
