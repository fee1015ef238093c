from pathlib import Path

import pytest

from sandbox import deployment
from sandbox.accounts import CONSUMER, PROVIDER
from sandbox.deployment import DeploymentError
from sandbox.process import Sandbox
from tests.integration.sandbox_server import functions

ROOT = Path(deployment.__file__).parents[1]

SERVERLESS = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Architecture: {Type: String, Default: arm64}
  Greeting: {Type: String}
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Architectures: [!Ref Architecture]
      CodeUri: functions/
      Handler: app.handle
      Environment: {Variables: {GREETING: !Ref Greeting}}
Outputs:
  Greet: {Value: !Ref Greet}
"""
FUNCTION = """
import os, msgspec
def handle(event, context):
    return {"greeting": os.environ["GREETING"], "msgspec": msgspec.__file__}
"""
PLAIN = """
Resources:
  Topic: {Type: AWS::SNS::Topic}
Outputs:
  Topic: {Value: !Ref Topic}
"""
BROKEN = """
Resources:
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: vpc-0123456789abcdef0, CidrBlock: 10.0.0.0/24}
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory that builds go to instead of the project's own."""
    monkeypatch.setattr(deployment, "_WORK", tmp_path / "work")
    return tmp_path


def test_a_built_function_runs_on_the_packages_of_its_artifact(
    sandbox: Sandbox, work: Path
) -> None:
    code = work / "functions"
    code.mkdir()
    (code / "app.py").write_text(FUNCTION)
    (code / "requirements.txt").write_bytes((ROOT / "functions/requirements.txt").read_bytes())
    template = work / "template.yaml"
    template.write_text(SERVERLESS)

    built = deployment.build(template=template)
    again = deployment.build(template=template)
    assert again.parent != built.parent  # what somebody deploys is not taken from under them
    outputs = deployment.deploy(
        sandbox,
        account_id=PROVIDER,
        template=built,
        stack_name="greet",
        parameters={
            "Greeting": 'say "hello", a=b',
            "Architecture": deployment.host_architecture(),
        },
    )

    answer = functions.invoke(sandbox, outputs["Greet"])
    assert answer["greeting"] == 'say "hello", a=b'
    assert "/code/msgspec/" in answer["msgspec"]


def test_a_plain_template_is_deployed_to_the_named_account_only(
    sandbox: Sandbox, work: Path
) -> None:
    template = work / "template.yaml"
    template.write_text(PLAIN)

    outputs = deployment.deploy(
        sandbox, account_id=CONSUMER, template=template, stack_name="plain", parameters={}
    )

    assert f":{CONSUMER}:plain-Topic" in outputs["Topic"]
    stacks = sandbox.client("cloudformation", PROVIDER).list_stacks()["StackSummaries"]
    assert "plain" not in [stack["StackName"] for stack in stacks]


def test_a_failed_deployment_says_which_resource_failed(sandbox: Sandbox, work: Path) -> None:
    template = work / "template.yaml"
    template.write_text(BROKEN)

    with pytest.raises(
        DeploymentError,
        match=r"Subnet \(AWS::EC2::Subnet\): CREATE_FAILED: .*vpc-0123456789abcdef0",
    ):
        deployment.deploy(
            sandbox, account_id=PROVIDER, template=template, stack_name="broken", parameters={}
        )


def test_a_template_that_cannot_be_built_is_refused_with_what_sam_said(work: Path) -> None:
    with pytest.raises(DeploymentError, match=r"none\.yaml"):
        deployment.build(template=work / "none.yaml")
