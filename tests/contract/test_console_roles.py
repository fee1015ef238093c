"""The two roles that the console reads with, against what they read and whom they trust."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

import pytest
from samcli.yamlhelper import yaml_parse

from console.rehearsal.consumers import CONSOLE
from tests.contract.stack import FUNCTIONS, ROOT, allowed, function, resources

CONSUMER: Final = "consumer/template.yaml"
READS: Final = re.compile(r"[a-z0-9]+:(Describe|Filter|Get|List|Query)[A-Za-z]*")
# One opens a session from which the configuration is then read, the other makes the ledger legible.
READS_AS_WELL: Final = {"appconfig:StartConfigurationSession", "kms:Decrypt"}
ROLES: Final = (("ConsoleRole", "template.yaml"), ("ReaderRole", CONSUMER))


def template(path: str) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = yaml_parse((ROOT / path).read_text())
    return parsed


def role(name: str, path: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = resources(path)[name]["Properties"]
    return properties


def trust(name: str, path: str) -> Mapping[str, Any]:
    statement: Mapping[str, Any]
    (statement,) = role(name, path)["AssumeRolePolicyDocument"]["Statement"]
    return statement


def reading(actions: set[str]) -> set[str]:
    return {action for action in actions if READS.fullmatch(action)} | (actions & READS_AS_WELL)


@pytest.mark.parametrize(("name", "path"), ROLES)
def test_the_role_reads_and_does_nothing_else(name: str, path: str) -> None:
    actions = allowed(name, path)
    assert actions - reading(actions) == ({"sts:AssumeRole"} if name == "ConsoleRole" else set())


def test_the_console_role_reads_what_the_functions_read() -> None:
    roles = [function(package)["Role"]["Fn::GetAtt"][0] for package in FUNCTIONS]
    # Lambda asks that about the functions' own queues.
    by_functions = set().union(*map(reading, map(allowed, roles))) - {"sqs:GetQueueAttributes"}
    assert by_functions <= allowed("ConsoleRole")


def test_the_reader_role_reads_what_the_consumers_role_reads() -> None:
    assert allowed("ReaderRole", CONSUMER) == reading(allowed("ConsumerRole", CONSUMER))


def test_the_console_role_trusts_its_own_account_and_nobody_else() -> None:
    root = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    assert trust("ConsoleRole", "template.yaml")["Principal"] == {"AWS": {"Fn::Sub": root}}


def test_the_reader_role_trusts_the_console_role_with_the_external_id_and_nobody_else() -> None:
    name = role("ConsoleRole", "template.yaml")["RoleName"]["Fn::Sub"]
    console = name.replace("${AWS::StackName}", "${ProviderStackName}")
    arn = f"arn:${{AWS::Partition}}:iam::${{ProviderAccountId}}:role/{console}"
    trusted = trust("ReaderRole", CONSUMER)
    assert trusted["Principal"] == {"AWS": {"Fn::Sub": arn}}
    assert trusted["Condition"] == {
        "StringEquals": {
            "sts:ExternalId": {"Ref": "ExternalId"},
            "sts:RoleSessionName": CONSOLE,
        }
    }


def test_the_console_role_may_assume_the_reader_role_by_its_name() -> None:
    suffix = role("ReaderRole", CONSUMER)["RoleName"]["Fn::Sub"].removeprefix("${RoleName}")
    (resource,) = (
        statement["Resource"]["Fn::Sub"]
        for policy in role("ConsoleRole", "template.yaml")["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "sts:AssumeRole"
    )
    assert resource.endswith(f":role/${{ConsumerRoleName}}{suffix}")


@pytest.mark.parametrize(
    ("path", "parameter"), [("template.yaml", "ConsumerRoleName"), (CONSUMER, "RoleName")]
)
def test_the_name_of_the_reader_role_is_never_longer_than_iam_takes(
    path: str, parameter: str
) -> None:
    pattern = template(path)["Parameters"][parameter]["AllowedPattern"]
    longest = 64 - len("-reader")
    assert re.fullmatch(pattern, "r" * longest)
    assert not re.fullmatch(pattern, "r" * (longest + 1))


def test_the_version_that_the_stack_states_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert template("template.yaml")["Outputs"]["Version"]["Value"] == project["version"]
