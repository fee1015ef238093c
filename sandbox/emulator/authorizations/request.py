"""Requests as IAM sees them, and the questions that they raise."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Keys = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One question to IAM. `keys` are its condition keys; None leaves them to ministack.

    `service` is the resource's, where that is not the one that is called.
    """

    action: str
    resource_arn: str
    keys: Keys | None = None
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The parts of an API request that decide what it is checked on.

    `guess` is ministack's idea of the resource.
    """

    service: str
    action: str
    parameters: Mapping[str, list[str]]
    body: bytes
    account_id: str
    region: str
    guess: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of the caller's account and Region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"

    def parameter(self, name: str) -> str:
        """Return one form or query parameter, "" without it."""
        return self.parameters.get(name, [""])[0]

    def listed(self, name: str) -> list[str]:
        """Return a form's list: `Name`, or `Name.1`, `Name.2` and so on."""
        pattern = re.compile(rf"{re.escape(name)}(\.\d+)?")
        return [value[0] for key, value in self.parameters.items() if pattern.fullmatch(key)]

    def document(self) -> dict[str, Any]:
        """Return a JSON body, empty where there is none."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:  # the service itself will refuse it
            return {}
        return document if isinstance(document, dict) else {}
