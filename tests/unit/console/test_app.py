from collections.abc import Callable

import pytest
import typer

from console.app import main, run
from console.errors import ConsoleError
from privatelink.errors import AwsError, PrivateLinkError, collected, raise_together


def ending_in(end: Callable[[], object]) -> typer.Typer:
    """Return a console with one command, and how it ends."""
    commands = typer.Typer()
    commands.command()(end)
    return commands


def raising(error: BaseException) -> Callable[[], object]:
    def end() -> None:
        raise error

    return end


def several() -> None:
    errors: list[PrivateLinkError] = []
    for service in ("vpce-svc-1", "vpce-svc-2"):
        with collected(errors):
            raise AwsError("DescribeVpcEndpointConnections", "InternalError", service)
    raise_together("sweep", errors)


@pytest.mark.parametrize(
    ("end", "code", "told"),
    [
        pytest.param(lambda: None, 0, "", id="done"),
        pytest.param(raising(typer.Exit(2)), 2, "", id="there is something"),
        pytest.param(raising(typer.Exit(1)), 1, "", id="an error that has been told"),
        pytest.param(raising(ConsoleError("Bad.", "Mend it.")), 1, "Bad.\nMend it.\n", id="error"),
        pytest.param(raising(ConsoleError("Left.", "", 130)), 130, "Left.\n", id="watching ended"),
        pytest.param(
            raising(AwsError("DescribeStacks", "InternalError", "sorry")),
            1,
            "DescribeStacks failed with InternalError: sorry\n",
            id="a gateway's error",
        ),
        pytest.param(
            several,
            1,
            "DescribeVpcEndpointConnections failed with InternalError: vpce-svc-1\n"
            "DescribeVpcEndpointConnections failed with InternalError: vpce-svc-2\n",
            id="several at once",
        ),
        pytest.param(raising(KeyboardInterrupt()), 130, "Stopped.\n", id="Ctrl-C"),
        pytest.param(raising(typer.Abort()), 130, "Stopped.\n", id="Ctrl-C at a question"),
    ],
)
def test_a_command_ends_with_a_code_and_a_sentence(
    end: Callable[[], object], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(ending_in(end), []) == code
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", told)


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run(ending_in(lambda: 1 / 0), [])
    with pytest.raises(ExceptionGroup):
        run(ending_in(raising(ExceptionGroup("", [AwsError("a", "b", "c"), KeyError()]))), [])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--bogus"], "No such option: --bogus\n`privatelink --help` tells how it is used.\n"),
        (["bogus"], "No such command 'bogus'.\n`privatelink --help` tells how it is used.\n"),
        (
            ["allowlist", "push", "--yes"],
            "Missing argument 'FILE'.\n`privatelink allowlist push --help` tells how it is used.\n",
        ),
    ],
    ids=["option", "command", "argument"],
)
def test_wrong_usage_is_an_error_with_the_way_to_help(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", told)


@pytest.mark.parametrize("arguments", [[], ["allowlist"]], ids=["none", "of a group"])
def test_without_a_command_help_is_shown(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    written = capsys.readouterr()
    assert "Usage: privatelink" in written.out
    assert written.err == ""


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    name, version = capsys.readouterr().out.split()
    assert name == "privatelink"
    assert version.count(".") == 2


def test_brackets_of_paths_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    message = "services.web.consumers[0]: found [bold]"
    assert run(ending_in(raising(ConsoleError(message))), []) == 1
    assert capsys.readouterr().err == f"{message}\n"


def test_long_messages_are_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    message = " ".join(["arn:aws:iam::123456789012:role/a-role"] * 20)
    assert run(ending_in(raising(ConsoleError(message, message))), []) == 1
    assert capsys.readouterr().err == f"{message}\n{message}\n"
