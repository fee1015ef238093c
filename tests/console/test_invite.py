"""An invitation, taken up as it stands by an account that nothing is known of."""

import json
import shlex
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox import deployment
from sandbox.accounts import PROVIDER, REGION
from sandbox.consumers import EXTERNAL_ID
from sandbox.walkthrough import Walkthrough
from tests.console.running import Run

TEMPLATE: Final = Path(__file__).parents[2] / "consumer" / "template.yaml"
URL: Final = "https://bucket.s3.ap-northeast-1.amazonaws.com/consumer/template.yaml"
NEWCOMER: Final = "777788880000"


def test_whoever_deploys_what_it_says_has_the_roles(walkthrough: Walkthrough, run: Run) -> None:
    said = run("invite")
    assert (said.exit_code, said.stderr) == (0, "")
    command = shlex.split(said.stdout.splitlines()[-1])
    at = command.index("--parameter-overrides")
    given = dict(each.split("=", 1) for each in command[at + 1 :])
    assert given.pop("ExternalId") == "THE-EXTERNAL-ID"
    assert command[:3] == ["aws", "cloudformation", "deploy"]
    assert command[command.index("--region") + 1] == REGION
    assert EXTERNAL_ID not in said.stdout
    name = command[command.index("--stack-name") + 1]
    deployment.create_stack(
        walkthrough.sandbox, NEWCOMER, name, TEMPLATE, ExternalId=EXTERNAL_ID, **given
    )
    iam = walkthrough.sandbox.client("iam", NEWCOMER)
    for role in (given["RoleName"], f"{given['RoleName']}-reader"):
        trusted = json.dumps(iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])
        assert f"arn:aws:iam::{PROVIDER}:role/{given['ProviderStackName']}-" in trusted


def test_a_link_fills_in_the_same(run: Run) -> None:
    document = json.loads(run("invite", "--template-url", URL, "--json").stdout)
    link = urlsplit(document["link"])
    assert (link.scheme, link.hostname) == ("https", f"{REGION}.console.aws.amazon.com")
    assert (link.path, link.query) == ("/cloudformation/home", f"region={REGION}")
    page, _, query = link.fragment.partition("?")
    assert page == "/stacks/create/review"
    filled = dict(parse_qsl(query, strict_parsing=True))
    assert filled.pop("templateURL") == URL
    assert filled.pop("stackName") == "privatelink-autopilot-consumer"
    assert filled == {f"param_{name}": value for name, value in document["parameters"].items()}
    assert document["link"] in run("invite", "--template-url", URL).stdout.splitlines()


def test_without_an_address_of_the_template_there_is_no_link(run: Run) -> None:
    assert json.loads(run("invite", "--json").stdout)["link"] is None
    assert "https://" not in run("invite").stdout


@pytest.mark.parametrize(
    "url", ["consumer/template.yaml", "http://bucket/template.yaml", "https://["]
)
def test_what_is_no_address_is_refused(run: Run, url: str) -> None:
    said = run("invite", "--template-url", url)
    assert (said.exit_code, said.stdout) == (1, "")
    assert f"'{url}' is not a URL that begins with https://" in said.stderr
