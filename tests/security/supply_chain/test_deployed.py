"""What is deployed against what anybody builds."""

from pathlib import Path

from artifact.packing import code_sha256
from sandbox.accounts import PROVIDER
from sandbox.walkthrough import Walkthrough
from tests.contract.stack import FUNCTIONS


def test_lambda_has_what_anybody_builds(secured: Walkthrough, artifact: Path) -> None:
    functions = secured.sandbox.client("lambda", PROVIDER).list_functions()["Functions"]
    assert len(functions) == len(FUNCTIONS)
    assert {each["CodeSha256"] for each in functions} == {code_sha256(artifact)}
