"""What is recorded of a function is all that it does in Lambda's runtime client: nothing."""

import re
import sysconfig
from copy import replace
from pathlib import Path

import pytest

from benchmarks.cold_start.instant_aws import UnknownRequestError
from benchmarks.cold_start.passes import ACCEPT, AUTHORIZE, FUNCTIONS, PUBLISH, record_passes
from benchmarks.cold_start.recording import RecordedPass, Recording
from benchmarks.cold_start.running import Run
from benchmarks.cold_start.task_roots import TaskRoots

ROOT = Path(__file__).parents[3]
PACKAGES = Path(sysconfig.get_path("purelib"))
READS = ("AssumeRole", "Describe", "Get", "List", "Query", "StartConfigurationSession")
MESSAGES = ("PutEvents", "Publish")
"""An event on the bus and a message to people change nothing; the reads are how calls begin."""


@pytest.fixture(scope="module")
def passes() -> dict[str, RecordedPass]:
    return record_passes()


def function_of(recorded: RecordedPass) -> Run:
    """Return the function from its sources, with this environment's packages behind it."""
    return Run(
        handler=f"{recorded.function}.app.lambda_handler",
        task_root=ROOT / "functions",
        recording=recorded.recording,
        event=recorded.event,
        variables=recorded.variables,
        path=(PACKAGES,),
    )


def bare_of(recorded: RecordedPass, folder: Path) -> Run:
    root = TaskRoots(folder).bare(recorded.function, recorded.recording)
    return replace(function_of(recorded), handler="bare.lambda_handler", task_root=root, path=())


def without_the_answer_to_its_last_call(recording: Recording) -> Recording:
    *_, last = recording.exchanges
    kept = [each for each in recording.exchanges if each.question != last.question]
    return replace(recording, exchanges=tuple(kept))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_answered_all_that_it_asks(
    function: str, passes: dict[str, RecordedPass]
) -> None:
    recorded = passes[function]
    assert function_of(recorded).cold_start().response == recorded.response


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_nothing_to_do(function: str, passes: dict[str, RecordedPass]) -> None:
    recorded = passes[function]
    asked = recorded.recording.operations
    assert asked
    assert [each for each in asked if not each.startswith(READS) and each not in MESSAGES] == []
    assert recorded.response in (None, {"batchItemFailures": []})


def test_the_functions_look_at_connections_groups_and_parameters(
    passes: dict[str, RecordedPass],
) -> None:
    asked = {name: set(recorded.recording.operations) for name, recorded in passes.items()}
    assert "DescribeVpcEndpointConnections" in asked[ACCEPT]
    assert "DescribeSecurityGroupRules" in asked[AUTHORIZE]
    assert {"DescribeNetworkInterfaces", "GetParametersByPath"} <= asked[PUBLISH]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_bare_handler_makes_the_same_calls_to_the_last(
    function: str, passes: dict[str, RecordedPass], tmp_path: Path
) -> None:
    recorded = passes[function]
    bare = bare_of(recorded, tmp_path)
    assert bare.cold_start().response is None
    lacking = without_the_answer_to_its_last_call(recorded.recording)
    name = recorded.recording.exchanges[-1].question.name
    with pytest.raises(UnknownRequestError, match=f"^{re.escape(name)}: "):
        replace(bare, recording=lacking).cold_start()
