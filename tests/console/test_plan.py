from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME, STRANGER
from sandbox.consumers import deploy_consumer_role, remove_consumer_role
from sandbox.waiting import wait_until
from sandbox.walkthrough import Walkthrough
from tests.console.asleep import age, asleep, sweep
from tests.console.golden import assert_golden
from tests.console.running import Run
from tests.e2e.endpoints import endpoint

pytestmark = pytest.mark.usefixtures("nothing_lingers")


@pytest.fixture
def connected(walkthrough: Walkthrough) -> Iterator[str]:
    """An endpoint of the listed consumer, published and open; nothing is left afterwards."""
    with endpoint(walkthrough, CONSUMER) as endpoint_id:
        name = walkthrough.parameter_name(CONSUMER)
        wait_until(lambda: name in walkthrough.parameters(CONSUMER), what="publication")
        sweep(walkthrough)
        yield endpoint_id


def test_what_is_said_is_what_a_sweep_does_and_then_there_is_nothing(
    walkthrough: Walkthrough, run: Run
) -> None:
    with asleep(walkthrough):
        consumers = walkthrough.request_endpoint(CONSUMER).vpc_endpoint_id
        age()
        strangers = walkthrough.request_endpoint(STRANGER, "10.0.3.182").vpc_endpoint_id
        text, document = run("plan"), run("plan", "--json")
    try:
        wait_until(
            lambda: walkthrough.parameter_name(CONSUMER) in walkthrough.parameters(CONSUMER),
            what="publication",
        )
        sweep(walkthrough)
        afterwards = run("plan")
    finally:
        walkthrough.delete_endpoint(CONSUMER, consumers)
        walkthrough.delete_endpoint(STRANGER, strangers)
        sweep(walkthrough)
    assert (text.exit_code, document.exit_code, afterwards.exit_code) == (2, 2, 0)
    assert_golden("plan.txt", text.stdout)
    assert_golden("plan.json", document.stdout)
    assert_golden("plan-nothing.txt", afterwards.stdout)


def test_drift_is_seen_and_repaired_as_said(
    walkthrough: Walkthrough, connected: str, run: Run
) -> None:
    ec2 = walkthrough.sandbox.client("ec2", CONSUMER)
    group_id = walkthrough.networks[CONSUMER]["SecurityGroupId"]
    name = walkthrough.parameter_name(CONSUMER)
    rules = walkthrough.ingress_rules(CONSUMER)
    ec2.revoke_security_group_ingress(
        GroupId=group_id,
        IpPermissions=ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0][
            "IpPermissions"
        ],
    )
    walkthrough.sandbox.client("ssm", CONSUMER).put_parameter(
        Name=name, Value="10.9.9.9", Overwrite=True
    )
    said = run("plan")
    assert said.exit_code == 2
    assert f"+ {group_id}: 192.168.0.0/20 on tcp/80" in said.stdout
    assert f"~ {name} = 10.0.3.181" in said.stdout
    assert "1 to add, 1 to change, 0 to remove" in said.stdout
    sweep(walkthrough)
    assert walkthrough.ingress_rules(CONSUMER) == rules
    assert walkthrough.parameters(CONSUMER)[name] == "10.0.3.181"
    assert run("plan").exit_code == 0
    assert connected in run("plan").stdout


def test_nothing_is_written(walkthrough: Walkthrough, run: Run) -> None:
    before = walkthrough.settle()
    with asleep(walkthrough):
        endpoint_id = walkthrough.request_endpoint(CONSUMER).vpc_endpoint_id
        run("plan")
    calls = [c for c in walkthrough.sandbox.calls(after=before) if _is_of_console(c.principal_arn)]
    walkthrough.delete_endpoint(CONSUMER, endpoint_id)
    sweep(walkthrough)
    assert len(calls) > 10
    assert [call.action for call in calls if call.is_write] == []


def test_a_consumer_that_lets_nobody_in_is_not_known(
    walkthrough: Walkthrough, connected: str, run: Run
) -> None:
    with asleep(walkthrough):
        remove_consumer_role(walkthrough.sandbox, CONSUMER)
        try:
            said = run("plan")
        finally:
            deploy_consumer_role(walkthrough.sandbox, CONSUMER, walkthrough.autopilot)
    assert connected in said.stdout
    assert f"? rules and parameters in {CONSUMER}/" in said.stdout
    assert said.stdout.splitlines()[-1].startswith("Nothing to do: what could be seen is as")
    assert said.exit_code == 1


def test_another_allowlist_can_be_planned_by(
    walkthrough: Walkthrough, connected: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "allowlist.yaml"
    file.write_text(walkthrough.allowlist.replace("192.168.0.0/20", "10.9.0.0/16"))
    said = run("plan", "--allowlist", file)
    assert "10.9.0.0/16 on tcp/80" in said.stdout
    assert connected in said.stdout
    assert said.exit_code == 2


def test_one_service_can_be_asked_for_by_alias_or_id(walkthrough: Walkthrough, run: Run) -> None:
    for name in ("web", walkthrough.service_id):
        assert run("plan", "--service", name).stdout.startswith(f"web, {walkthrough.service_id}")
    unknown = run("plan", "--service", "nonsense")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "No service nonsense is looked after" in unknown.stderr
    assert "web" in unknown.stderr


def _is_of_console(principal_arn: str) -> bool:
    roles = (f"::{PROVIDER}:assumed-role/{STACK_NAME}-console/", "-reader/")
    return any(role in principal_arn for role in roles)
