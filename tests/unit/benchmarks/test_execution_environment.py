"""A handler runs in Lambda's runtime client as in Lambda, and what goes wrong is told."""

import os
from pathlib import Path

import pytest

from benchmarks.cold_start.execution_environment import ExecutionEnvironment, FunctionError
from benchmarks.cold_start.needs import high_water
from sandbox.accounts import REGION

BASELINES = Path(__file__).parents[3] / "benchmarks" / "baselines"


def environment(
    folder: Path, source: str = "", *, handler: str = "app.lambda_handler"
) -> ExecutionEnvironment:
    (folder / "app.py").write_text(source)
    return ExecutionEnvironment(handler, task_root=folder, variables={"MODE": "enforce"})


def handling(body: str, *, before: str = "import os") -> str:
    return f"{before}\n\ndef lambda_handler(event, context):\n    {body}\n"


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_empty_handler_returns_nothing_and_its_process_is_gone_afterwards() -> None:
    with ExecutionEnvironment("empty.lambda_handler", task_root=BASELINES, variables={}) as empty:
        assert empty.invoke({"Records": []}).response is None
        assert is_there(empty.pid)
    assert not is_there(empty.pid)


def test_a_handler_is_invoked_again_and_again_in_the_same_process(tmp_path: Path) -> None:
    with environment(tmp_path, handling("return [event['number'], os.getpid()]")) as function:
        answers = [function.invoke({"number": number}).response for number in range(3)]
    assert answers == [[number, function.pid] for number in range(3)]


def test_what_init_raises_is_told_with_its_message(tmp_path: Path) -> None:
    function = environment(tmp_path, "raise ValueError('no such table')")
    with pytest.raises(FunctionError, match="ValueError: no such table"), function:
        pass
    assert not is_there(function.pid)


def test_a_handler_that_is_not_there_is_told(tmp_path: Path) -> None:
    function = environment(tmp_path, handler="app.another")
    with pytest.raises(FunctionError, match="HandlerNotFound"), function:
        pass
    assert not is_there(function.pid)


def test_what_an_invocation_raises_is_told_with_its_message_and_log(tmp_path: Path) -> None:
    source = handling("print('looking'); raise ValueError(event['what'])")
    with (
        pytest.raises(FunctionError, match=r"(?s)ValueError: not so.*looking"),
        environment(tmp_path, source) as function,
    ):
        function.invoke({"what": "not so"})
    assert not is_there(function.pid)


def test_a_process_that_ends_itself_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(FunctionError, match="the process ended with 3"),
        environment(tmp_path, handling("os._exit(3)")) as function,
    ):
        function.invoke({})


def test_a_function_finds_boto3_as_in_lambda_and_nothing_else_of_this_environment(
    tmp_path: Path,
) -> None:
    source = handling("import boto3, msgspec")
    with (
        pytest.raises(FunctionError, match="No module named 'msgspec'"),
        environment(tmp_path, source) as function,
    ):
        function.invoke({})


def test_a_function_sees_the_variables_of_lambda_and_its_own_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "a-developers-own")
    with environment(tmp_path, handling("return dict(os.environ)")) as function:
        variables = function.invoke({}).response
    assert "AWS_PROFILE" not in variables
    assert (variables["MODE"], variables["AWS_REGION"]) == ("enforce", REGION)


def test_a_function_writes_no_bytecode_into_its_code(tmp_path: Path) -> None:
    with environment(tmp_path, handling("return 1")) as function:
        function.invoke({})
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_the_most_memory_is_told_that_a_process_had_at_any_time(tmp_path: Path) -> None:
    with environment(tmp_path, handling("bytearray(event['mib'] * 2**20).count(1)")) as function:
        before = high_water(function)
        function.invoke({"mib": 64})
        assert high_water(function) > before + 60
