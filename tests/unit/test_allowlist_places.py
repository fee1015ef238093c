"""Every mistake in an allowlist is told with its line and column."""

import pytest
import yaml

from privatelink import yaml_document
from privatelink.allowlist_document import MAX_BYTES, decode
from privatelink.errors import InvalidAllowlistError, Problem

SERVICE = "service_id: vpce-svc-01234567"


def problems(document: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(InvalidAllowlistError) as caught:
        decode(document if isinstance(document, bytes) else document.encode())
    return caught.value.problems


def places(document: str | bytes) -> list[tuple[str, int | None, int | None]]:
    return [(problem.path, problem.line, problem.column) for problem in problems(document)]


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with libyaml, and as where PyYAML was built without it."""
    monkeypatch.setattr(yaml_document, "LOADER", getattr(yaml, request.param))


ALL_KINDS = """\
# Ä comment
services:
  Web:
    unlisted: maybe
    hold_timeout:   soon
    mode: enforce
    mode: observe
    colour: red
    consumers:
      - account_id: "111122223333"
        alias: "ä"
        source_cidrs: [10.0.0.0/8, 10.0.0.0/33]
      - source_cidrs:
          - ::/0
        account_id: !!str 111122223333
        expires: !day 2027-03-31
      - alone
      - account_id: "111122223333"
        source_cidrs: []
        ports:
          - {port: 443, protocol: tls}
"""


@pytest.mark.usefixtures("loader")
def test_each_kind_of_mistake_has_its_place_in_the_order_of_the_text() -> None:
    assert places(ALL_KINDS) == [
        ("services.Web", 3, 3),  # the key itself
        ("services.Web.service_id", 4, 5),  # missing: the mapping that lacks it
        ("services.Web.unlisted", 4, 15),
        ("services.Web.hold_timeout", 5, 21),
        ("services.Web.mode", 7, 5),  # the second of two
        ("services.Web.colour", 8, 5),  # an unknown key: the key
        ("services.Web.consumers[0].alias", 11, 16),
        ("services.Web.consumers[0].source_cidrs[1]", 12, 36),
        ("services.Web.consumers[1].source_cidrs[0]", 14, 13),
        ("services.Web.consumers[1].account_id", 15, 21),
        ("services.Web.consumers[1].expires", 16, 18),
        ("services.Web.consumers[2]", 17, 9),
        ("services.Web.consumers[3].account_id", 18, 21),
        ("services.Web.consumers[3].source_cidrs", 19, 23),
        ("services.Web.consumers[3].ports[0].protocol", 21, 35),
    ]


def test_a_problem_says_place_path_value_and_what_was_expected() -> None:
    document = f"services:\n  web:\n    {SERVICE}\n    max_withdrawals: -1\n  db: {{}}\n"
    assert "\n".join(map(str, problems(document))) == (
        "line 4, column 22: services.web.max_withdrawals:"
        " found -1, expected a whole number from 0\n"
        "line 5, column 7: services.db.service_id:"
        " found nothing, expected an id like vpce-svc-0123456789abcdef0"
    )


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("document", "line", "column"),
    [
        (b"services: {a: b: c}", 1, 16),
        ("services:\n  é: 'ü' - [".encode(), 2, 10),
        (b"services:\n\t- a", 2, 1),
        (b"services:\n  web: ]", 2, 8),
        (b"services:\n  web: *nowhere", 2, 8),
        (b"services: {}\n---\nservices: {}", 2, 1),
        (b"services:\n  ? [a]\n  : b", 2, 5),
        (b"services:\n  web: \xff", 2, 8),
        (b"services:\n  web: \x00", 2, 8),
        (b"[" * 1000, 1, 65),
    ],
)
def test_what_cannot_be_read_has_the_place_where_reading_stopped(
    document: bytes, line: int, column: int
) -> None:
    (problem,) = problems(document)
    assert (problem.line, problem.column) == (line, column)


def test_what_cannot_be_read_is_told_with_the_duplicate_keys_before_it() -> None:
    assert places("services:\n  web: {}\n  web: {}\n  db: ]\n") == [
        ("services.web", 3, 3),
        ("document", 4, 7),
    ]


def test_a_syntax_error_shows_what_stands_there() -> None:
    (problem,) = problems("services:\n  web: ] # here\n")
    assert problem.value == "] # here"
    assert problem.expected.startswith("YAML: ")


@pytest.mark.parametrize("document", ["", "# nothing\n", "---\n"])
def test_a_document_that_says_nothing_has_no_place_or_its_own(document: str) -> None:
    (problem,) = problems(document)
    assert problem.path == "document"
    assert problem.expected == "a mapping"


def test_a_mistake_behind_an_alias_stands_where_its_anchor_is() -> None:
    document = f"""\
services:
  web:
    {SERVICE}
    consumers:
      - {{account_id: "111122223333", source_cidrs: &here [10.0.0.0/33]}}
      - {{account_id: "444455556666", source_cidrs: *here}}
"""
    assert places(document) == [
        ("services.web.consumers[0].source_cidrs[0]", 5, 59),
        ("services.web.consumers[1].source_cidrs[0]", 5, 59),
    ]


def test_a_merged_key_stands_where_the_mapping_does_that_has_it_merged() -> None:
    document = f"""\
services:
  web:
    {SERVICE}
    consumers:
      - &tokyo {{account_id: "111122223333", source_cidrs: [10.0.0.0/8]}}
      - {{<<: *tokyo, account_id: "444455556666"}}
      - {{<<: *tokyo}}
"""
    assert places(document) == [("services.web.consumers[2].account_id", 7, 9)]


def test_a_document_that_appconfig_would_not_take_is_refused_unread() -> None:
    (problem,) = problems(b"#" * (MAX_BYTES + 1))
    assert str(problem) == (
        "document: found '2097153 bytes', expected at most the 2097152 that AppConfig takes"
    )


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (r"a\n::error file=x::pwned", r"services['a\n::error file=x::pwned']"),
        (r"\e[31m", r"services['\x1b[31m']"),
        (r"\u202egnol", r"services['\u202egnol']"),
        ("a.b", "services['a.b']"),
        ("", "services['']"),
    ],
)
def test_a_key_that_is_no_name_is_quoted_in_one_line(key: str, path: str) -> None:
    found = problems(f'services:\n  "{key}": 1\n')
    assert path in {problem.path for problem in found}
    assert all(str(problem).isprintable() for problem in found)


def test_a_key_at_the_top_that_is_no_name_is_quoted() -> None:
    assert places('services: {}\n"\\n::error::": 1\n') == [(r"['\n::error::']", 2, 1)]
