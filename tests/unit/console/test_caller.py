"""Who calls: credentials are asked for where nothing covers the question."""

from pathlib import Path

import pytest

from console.app import main
from console.caller import Caller
from console.errors import ConsoleError
from console.output import talk
from tests.contract.stack import ROOT

EXAMPLE = str(ROOT / "allowlist.example.yaml")


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["what-if", EXAMPLE],
        ["explain", "vpce-0123456789abcdef0"],
        ["status"],
        ["doctor"],
        ["allowlist", "push", EXAMPLE],
        ["allowlist", "rollback"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_nothing_spins_before_the_second_factor_has_been_asked_for(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(_: Caller) -> None:
        raise ConsoleError("asked")

    def spin(*_: object) -> None:
        pytest.fail("the spinner covers the question")

    monkeypatch.setattr(Caller, "log_in", ask)
    monkeypatch.setattr(talk, "status", spin)
    assert main(["--region", "ap-northeast-1", *arguments]) == 1
    assert capsys.readouterr().err == "asked\n"


def test_to_log_in_is_to_get_the_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, config = tmp_path / "asked", tmp_path / "config"
    config.write_text(f"[profile work]\ncredential_process = touch {asked}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with pytest.raises(ConsoleError, match="credentials of the profile cannot be understood"):
        Caller(profile="work", region="ap-northeast-1", stack_name="some").log_in()
    assert asked.exists()
