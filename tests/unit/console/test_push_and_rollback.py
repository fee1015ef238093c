"""What `allowlist push` and `rollback` put in force, and what keeps them from doing so."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.stub import Stubber
from msgspec import structs

from console.allowlist_history import Deployment
from console.app import main
from console.caller import Caller
from console.commands import allowlist as command
from console.commands import looking_ahead
from console.commands.versions import is_under_way
from console.documents.plan import ChangedService, Unknown, Unseen, WhatIf
from privatelink.errors import AwsError
from tests.unit.console.deployments import answer, appconfig, deployment

DOCUMENT = b"services: {}\n"
GOOD = [("13", "COMPLETE"), ("14", "COMPLETE")]
BAKING = [*GOOD, ("15", "BAKING")]
STOPPED = [*GOOD, ("15", "ROLLED_BACK")]


@pytest.fixture
def stubber(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    with appconfig() as (deployments, stubber):
        deployed = SimpleNamespace(name="privatelink-autopilot")
        monkeypatch.setattr(Caller, "log_in", lambda _: None)
        monkeypatch.setattr(command, "_find", lambda _: (deployed, deployments))
        yield stubber


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], WhatIf]], None]:
    """Return a function that says how to look ahead."""

    def look(how: Callable[[], WhatIf]) -> None:
        monkeypatch.setattr(looking_ahead, "what_would_change", lambda *_: how())

    return look


def what_if(*objections: str) -> WhatIf:
    return WhatIf(before="b", after="a", edits=(), objections=objections, to_do=0, services=())


def unseen() -> WhatIf:
    unknown = Unknown(consumers=(Unseen(account="1/r", why="denied"),), addresses=(), errors=())
    service = ChangedService(
        service_id="vpce-svc-1",
        alias="web",
        observing=False,
        decisions=(),
        deeds=(),
        anyway=(),
        avoided=(),
        findings=(),
        unknown=unknown,
    )
    return structs.replace(what_if(), services=(service,))


def listed(stubber: Stubber, states: list[tuple[str, str]]) -> None:
    items = [answer(number, *state) for number, state in enumerate(states, 1)]
    stubber.add_response("list_deployments", {"Items": items})


def stored(stubber: Stubber, document: bytes = DOCUMENT) -> None:
    stubber.add_response("get_hosted_configuration_version", {"Content": BytesIO(document)})


def deleted(stubber: Stubber) -> None:
    stubber.add_client_error("get_hosted_configuration_version", "ResourceNotFoundException")


def stopped(stubber: Stubber) -> None:
    stubber.add_response("stop_deployment", {})
    stubber.add_response("get_deployment", answer(3, "15", "ROLLED_BACK"))
    listed(stubber, STOPPED)


def unreadable() -> WhatIf:
    raise AwsError("DescribeVpcEndpoints", "InternalError", "sorry")


@pytest.mark.parametrize(
    ("how", "caution"),
    [
        (lambda: what_if("web: 7 would be cut"), "A validator would refuse it. None is asked"),
        (unreadable, "What would change could not be looked at. DescribeVpcEndpoints failed"),
    ],
    ids=["objections", "unreadable"],
)
def test_nothing_keeps_a_bad_roll_out_from_being_stopped(
    how: Callable[[], WhatIf],
    caution: str,
    stubber: Stubber,
    ahead: Callable[[Callable[[], WhatIf]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ahead(how)
    listed(stubber, BAKING)
    stored(stubber)
    stopped(stubber)
    assert main(["allowlist", "rollback", "--yes"]) == 0
    written = capsys.readouterr()
    assert written.out == "Version 14 is in force again.\n"
    assert caution in written.err


def test_it_is_stopped_without_a_look_if_there_is_no_time(
    stubber: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(stubber, BAKING)
    stopped(stubber)
    assert main(["allowlist", "rollback", "14", "--yes", "--no-what-if"]) == 0
    assert "has not been looked at (--no-what-if)" in capsys.readouterr().err


def test_it_is_stopped_even_if_somebody_has_deleted_the_version_before(
    stubber: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(stubber, BAKING)
    for _ in range(3):  # the version, and the list of those there are
        deleted(stubber)
    stopped(stubber)
    assert main(["allowlist", "rollback", "--yes"]) == 0
    assert "could not be looked at. AppConfig has no version 14" in capsys.readouterr().err


def test_what_has_to_be_deployed_is_still_refused(
    stubber: Stubber,
    ahead: Callable[[Callable[[], WhatIf]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ahead(lambda: what_if("web: 7 would be cut"))
    listed(stubber, GOOD)
    stored(stubber)
    assert main(["allowlist", "rollback", "--yes"]) == 1
    assert capsys.readouterr().err.endswith(
        "The allowlist would be refused.\nNothing has been changed.\n"
    )


@pytest.mark.parametrize("state", ["ROLLED_BACK", "REVERTED"])
def test_what_has_been_taken_back_is_not_taken_for_what_is_in_force(
    state: str, stubber: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(stubber, [*GOOD, ("15", state)])
    stored(stubber)  # for the list of those there are
    assert main(["allowlist", "rollback", "--yes"]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.endswith(
        "Version 15 has been taken back already: version 14 is in force.\n"
        "Name the version to go further back: privatelink allowlist rollback VERSION\n"
    )


def test_there_is_no_version_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["allowlist", "rollback", "0", "--yes"]) == 1
    assert "0 is not in the range x>=1" in capsys.readouterr().err


def test_versions_that_have_been_deleted_are_listed_as_such(
    stubber: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(stubber, GOOD)
    deleted(stubber)
    stored(stubber)
    deleted(stubber)
    assert main(["allowlist", "rollback", "99", "--yes"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["14", "13"]
    assert [line.split()[1] == "deleted" for line in lines[1:3]] == [False, True]
    assert lines[-1] == "AppConfig has no version 99 of the allowlist."


def history(states: list[tuple[str, str]]) -> list[Deployment]:
    return [deployment(number, *state) for number, state in enumerate(states, 1)]


def test_the_way_back_names_the_version() -> None:
    past = history(BAKING)
    assert is_under_way(past[-1], past).hint == (
        "Wait until it has ended, or take it back: privatelink allowlist rollback 14"
    )
    assert is_under_way(past[-1], past[2:]).hint == "Wait until it has ended."


def deployed(stubber: Stubber, version: str) -> None:
    stubber.add_response("start_deployment", answer(3, version, "DEPLOYING"))
    stubber.add_response("get_deployment", answer(3, version, "COMPLETE"))


def test_a_version_in_force_that_has_been_deleted_does_not_keep_others_from_being_pushed(
    stubber: Stubber, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "allowlist.yaml"
    file.write_bytes(DOCUMENT)
    listed(stubber, GOOD)
    deleted(stubber)
    stubber.add_response("create_hosted_configuration_version", {"VersionNumber": 15})
    deployed(stubber, "15")
    assert main(["allowlist", "push", str(file), "--yes", "--no-what-if"]) == 0
    written = capsys.readouterr()
    assert written.out == "Version 15 is in force.\n"
    assert "has not been looked at (--no-what-if)" in written.err


@pytest.mark.parametrize("is_known", [True, False])
def test_that_not_everything_could_be_seen_is_said_before_anything_is_done(
    is_known: bool,  # noqa: FBT001 - pytest's
    stubber: Stubber,
    ahead: Callable[[Callable[[], WhatIf]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ahead(what_if if is_known else unseen)
    listed(stubber, GOOD)
    stored(stubber)
    deployed(stubber, "13")
    assert main(["allowlist", "rollback", "--yes"]) == 0
    said = capsys.readouterr().err.partition("has started")[0]
    assert ("Warning: not everything could be seen." in said) is not is_known
