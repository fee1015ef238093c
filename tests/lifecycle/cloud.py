"""What becomes of a call of the functions: a fault, an answer made here, or moto's."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from privatelink.session_policies import POLICY_LENGTH
from sandbox.in_process.stand_ins import answer_assume_role
from sandbox.in_process.wire import Answer, Call
from tests.lifecycle.appconfig import AppConfig
from tests.lifecycle.bus import Bus
from tests.lifecycle.faults import Faults
from tests.lifecycle.watch import Watch, is_write

_SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_REFUSED: Final[Answer] = {
    "Error": {"Code": "ValidationError", "Message": "no such name, or no such policy"},
    "ResponseMetadata": {"HTTPStatusCode": 400},
}


@dataclass
class Cloud:
    """Listens on the wire of the functions' clients."""

    clock: Callable[[], datetime]
    faults: Faults
    appconfig: AppConfig
    bus: Bus
    watch: Watch
    calls: list[Call] = field(default_factory=list)
    _balancing: dict[str, Answer] = field(default_factory=dict)
    """What was answered about load balancers, which stay as they are."""

    @property
    def writes(self) -> list[str]:
        """The calls that would have changed something, but for forgetting a service.

        A service that was taken out of the allowlist is forgotten by the pass that finds no trace
        of it, and that is the one after the pass that has removed the last of them.
        """
        return [
            f"{call.service} {call.operation} {dict(call.params)}"
            for call in self.calls
            if is_write(call.operation) and not _forgets(call)
        ]

    def forget_balancing(self) -> None:
        """Have load balancers be asked about again."""
        self._balancing.clear()

    def before(self, call: Call) -> Answer | None:
        """Return an answer in place of moto's."""
        self.calls.append(call)
        answer = self.faults.before(call)
        if answer is None:
            answer = self._answer(call)
        if answer is None:
            answer = self.faults.instead(call)
        if answer is None:
            self.watch.before(call)
        return answer

    def after(self, call: Call, answer: Answer) -> None:
        """Let the faults work on the answer."""
        if answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200) < 300:
            if call.service == "elbv2":
                self._balancing[_question(call)] = answer
            self.faults.after(call, answer)

    def _answer(self, call: Call) -> Answer | None:
        match call.operation:
            case "AssumeRole" if not _is_taken(call.params):
                return _REFUSED
            case "AssumeRole":
                return answer_assume_role(call, self.clock())
            case "StartConfigurationSession" | "GetLatestConfiguration":
                return self.appconfig.answer(call.operation)
            case "PutEvents":
                return self.bus.answer_put_events(call.params)
            case "SendMessage":
                return self.bus.answer_send_message(call.params)
            case _:
                return self._balancing.get(_question(call)) if call.service == "elbv2" else None


def _is_taken(params: Mapping[str, Any]) -> bool:
    """Whether STS takes the name and the policy of a session."""
    name, policy = params["RoleSessionName"], params["Policy"]
    is_narrowed = len(policy) <= POLICY_LENGTH and bool(json.loads(policy)["Statement"])
    return is_narrowed and bool(_SESSION_NAME.fullmatch(name))


def _question(call: Call) -> str:
    return f"{call.operation} {sorted(call.params.items())}"


def _forgets(call: Call) -> bool:
    requests = call.params.get("RequestItems", {}).get("ledger", ())
    return bool(requests) and all(
        request.get("DeleteRequest", {}).get("Key", {}).get("pk") == {"S": "SERVICES"}
        for request in requests
    )
