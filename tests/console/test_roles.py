"""What the console called against what its roles allow: neither less nor more."""

from pathlib import Path

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.asleep import sweep
from tests.console.running import Run
from tests.contract.stack import allowed
from tests.e2e.endpoints import endpoint
from tests.e2e.test_policies import called, managed, prefix_list

CONSOLE = f"{STACK_NAME}-console"
READER = "privatelink-autopilot-consumer-reader"


def test_every_command_together_calls_what_the_roles_allow_and_nothing_is_allowed_in_vain(
    walkthrough: Walkthrough, run: Run, tmp_path: Path
) -> None:
    before = walkthrough.settle()
    edited = tmp_path / "allowlist.yaml"
    edited.write_text(managed(walkthrough.allowlist))
    name = walkthrough.parameter_name(CONSUMER)
    with endpoint(walkthrough, CONSUMER) as endpoint_id, prefix_list(walkthrough):
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        wait_until(lambda: walkthrough.ingress_rules(CONSUMER), what="inbound rule")
        exit_codes = {
            str(arguments[0]): run(*arguments).exit_code
            for arguments in (
                ("plan",),
                ("what-if", edited),
                ("explain", endpoint_id),
                ("status",),
                ("doctor",),
            )
        }
    sweep(walkthrough)
    calls = walkthrough.sandbox.calls(after=before)
    assert exit_codes == {"plan": 0, "what-if": 2, "explain": 0, "status": 0, "doctor": 0}
    assert called(calls, PROVIDER, CONSOLE) == allowed("ConsoleRole")
    assert called(calls, CONSUMER, READER) == allowed("ReaderRole", "consumer/template.yaml")
    own = [c for c in calls if any(f"/{role}/" in c.principal_arn for role in (CONSOLE, READER))]
    assert [call for call in own if call.is_write] == []
    # The second account of the edited allowlist has no role that could be assumed.
    refused = {call.action for call in own if call.outcome == "denied"}
    assert refused <= {"sts:AssumeRole"}
