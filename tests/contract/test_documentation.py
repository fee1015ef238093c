"""What the documentation shows is what is there and works."""

import re

import pytest

from privatelink.allowlist import ConsumerEntry, PortEntry, ServiceEntry
from privatelink.allowlist_document import decode
from privatelink.model import AccountId
from tests.contract.stack import ROOT

README = (ROOT / "README.md").read_text()


def snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_example_of_an_allowlist_is_valid() -> None:
    allowlist = decode((ROOT / "allowlist.example.yaml").read_bytes())
    assert len(allowlist.services["web"].consumers) == 3


def test_the_example_of_an_allowlist_names_its_schema() -> None:
    first, *_ = (ROOT / "allowlist.example.yaml").read_text().splitlines()
    (schema,) = re.findall(r"# yaml-language-server: \$schema=(.*)", first)
    assert (ROOT / schema).exists()


@pytest.mark.parametrize("entry", [ServiceEntry, ConsumerEntry, PortEntry])
def test_the_example_of_an_allowlist_has_every_key_with_a_comment(
    entry: type[ServiceEntry] | type[ConsumerEntry] | type[PortEntry],
) -> None:
    example = (ROOT / "allowlist.example.yaml").read_text()
    for key in entry.__struct_fields__:
        assert re.search(rf"^[ -]*{key}: .*#", example, flags=re.MULTILINE), key


def test_the_allowlist_in_the_readme_is_valid() -> None:
    (document,) = [snippet for snippet in snippets("yaml") if "services:" in snippet]
    web = decode(document.encode()).services["web"]
    assert web.consumer(AccountId("111122223333")) is not None


@pytest.mark.parametrize("entry", [ServiceEntry, ConsumerEntry])
def test_the_readme_tells_of_every_key_of_the_allowlist(
    entry: type[ServiceEntry] | type[ConsumerEntry],
) -> None:
    (document,) = [snippet for snippet in snippets("yaml") if "services:" in snippet]
    for key in entry.__struct_fields__:
        assert f"`{key}`" in README or f"{key}:" in document, key


@pytest.mark.parametrize(
    ("language", "marker", "file"),
    [
        ("sh", "get-parameter", "cli.sh"),
        ("yaml", "AWS::SSM::Parameter", "cloudformation.yaml"),
        ("hcl", "aws_ssm_parameter", "main.tf"),
        ("yaml", "amazon.aws", "playbook.yaml"),
    ],
)
def test_each_look_up_in_the_readme_stands_in_a_file(language: str, marker: str, file: str) -> None:
    (snippet,) = [snippet for snippet in snippets(language) if marker in snippet]
    assert snippet in (ROOT / "examples" / "look-up" / file).read_text()


def test_every_link_in_the_documentation_leads_somewhere() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if not target.startswith("https://"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_target_that_the_documentation_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"(?:\$ |`)make ([a-z-]+)", (ROOT / document).read_text()):
            assert f"\n{target}:" in makefile, target
