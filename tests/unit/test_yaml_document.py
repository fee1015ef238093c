"""A YAML text becomes plain values, as the library reads it but for what could mislead or hang."""

from contextlib import suppress

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from privatelink import yaml_document
from privatelink.yaml_document import Reader, UnreadableError

MOST = 1000


def read(text: str | bytes) -> object:
    reader = Reader(values_max=MOST)
    value = reader.read(text if isinstance(text, bytes) else text.encode())
    assert not reader.mistakes
    return value


def refusal(text: str) -> tuple[object, str]:
    reader = Reader(values_max=MOST)
    with pytest.raises(UnreadableError) as caught:
        reader.read(text.encode())
    return caught.value.mistake.value, caught.value.mistake.expected


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with libyaml, and as where PyYAML was built without it."""
    monkeypatch.setattr(yaml_document, "LOADER", getattr(yaml, request.param))


@pytest.mark.usefixtures("loader")
def test_scalars_mean_what_they_mean_to_the_library() -> None:
    text = """
    [text, 'quoted', "42", 42, -1, 0x1F, 0o7, 017, 1_000, 1:30, 3.5, .inf, yes, No, true, ~, null,
     "", 10.0.0.0/8, fe80::1, !!str 12, ! 13]
    """
    assert read(text) == yaml.safe_load(text)


def test_days_and_what_only_looks_like_a_number_stay_text() -> None:
    assert read("[2027-03-31, 2027-06-31, 0b_, =]") == ["2027-03-31", "2027-06-31", "0b_", "="]


def test_keys_are_text() -> None:
    assert read("{53: a, on: b, null: c, 2027-03-31: d}") == {
        "53": "a",
        "on": "b",
        "null": "c",
        "2027-03-31": "d",
    }


def test_a_long_number_is_text_and_takes_no_time() -> None:
    assert read("1:" * 40 + "1") == "1:" * 40 + "1"


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1, 2]\nb: *x\nc: [*x, *x]",
        "a: &k key\n*k : b",
        "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}",
        "a: &x {k: 1}\nb: &y {k: 2, m: 3}\nc: {<<: [*x, *y], n: 4}",
        "a: {<<: {k: 1}}",
        "a: {'<<': {k: 1}, b: 2}",
        'a: {"<<": 1}',
        "a: |\n  lines\n  of text\nb: >\n  folded\n  text\n",
    ],
)
def test_aliases_and_merges_mean_what_they_mean_to_the_library(text: str) -> None:
    assert read(text) == yaml.safe_load(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("<<"), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_the_library_writes_is_read_as_it_reads_it(value: object) -> None:
    written = yaml.safe_dump(value, allow_unicode=True).encode()
    assert Reader(values_max=10_000).read(written) == yaml.safe_load(written)


@given(st.text("ab:-[]{},&*<!|>?'\"#%\n \t0", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    reader = Reader(values_max=MOST)
    with suppress(UnreadableError):
        assert reader.read(text.encode()) is None or reader.documents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !!set {b}", {"a": {"b": None}}),
        ("a: !!int b", {"a": "b"}),
        ("a: !!binary aGVsbG8=", {"a": "aGVsbG8="}),
        ("a: !other [b]", {"a": ["b"]}),
        ("a: !!python/object:os.system {}", {"a": {}}),
        ("a: !!map [b]", {"a": ["b"]}),
    ],
)
def test_a_tag_changes_nothing_and_is_a_mistake(text: str, value: object) -> None:
    reader = Reader(values_max=MOST)
    assert reader.read(text.encode()) == value
    assert [(m.path, m.expected) for m in reader.mistakes] == [(("a",), "no tag")]


@pytest.mark.parametrize(
    ("text", "key"), [("!other a: b", "a"), ("!!int 53: b", "53"), ("? !!set 'c'\n: b", "c")]
)
def test_a_tag_of_a_key_is_a_mistake_of_that_key(text: str, key: str) -> None:
    reader = Reader(values_max=MOST)
    assert reader.read(text.encode()) == {key: "b"}
    assert [(m.path, m.expected) for m in reader.mistakes] == [((key,), "no tag")]


def test_a_key_may_be_tagged_as_the_text_that_it_is() -> None:
    assert read("{!!str a: b, ! c: d}") == {"a": "b", "c": "d"}


def test_what_is_no_mapping_cannot_be_merged() -> None:
    reader = Reader(values_max=MOST)
    assert reader.read(b"a: {b: 1, <<: [{c: 2}, d]}") == {"a": {"b": 1, "c": 2}}
    assert [(m.path, m.value) for m in reader.mistakes] == [(("a", "<<"), "d")]


@pytest.mark.parametrize("text", ["a: *b", "a: &a {b: *a}", "a: &a [*a]"])
def test_an_alias_of_nothing_that_has_ended_is_refused(text: str) -> None:
    value, expected = refusal(text)
    assert str(value).startswith("*")
    assert expected.endswith("that ended before")


@pytest.mark.parametrize("text", ["? [a]\n: b", "? {a: b}\n: c", "a: &x [b]\n*x : c"])
def test_a_key_that_is_no_text_is_refused(text: str) -> None:
    assert refusal(text)[1] == "a key that is text"


def test_as_many_values_are_read_as_may_be_and_no_more() -> None:
    assert read(f"[{','.join('a' * (MOST - 1))}]")
    assert refusal(f"[{','.join('a' * MOST)}]")[0] == "more values"


def count(value: object) -> int:
    """Return how many values there are in a value, itself included."""
    if isinstance(value, dict):
        return 1 + sum(map(count, value.values()))
    return 1 + sum(map(count, value)) if isinstance(value, list) else 1


@given(VALUES)
@example([[[["a"]]]])
@example({"a": {"b": [{"c": [1, 2]}, []]}})
def test_each_value_counts_once_however_deep_it_is(value: object) -> None:
    written = yaml.safe_dump(value, allow_unicode=True).encode()
    assert Reader(values_max=count(value)).read(written) == yaml.safe_load(written)
    with pytest.raises(UnreadableError):
        Reader(values_max=count(value) - 1).read(written)


def test_what_an_alias_stands_for_counts_again() -> None:
    text = b"{a: &x [[1]], b: *x, c: [*x, *x]}"
    assert Reader(values_max=14).read(text) == yaml.safe_load(text)
    with pytest.raises(UnreadableError):
        Reader(values_max=13).read(text)


def test_aliases_stand_for_so_many_values_whatever_may_be_written_out() -> None:
    def times(number: int) -> bytes:
        return f"[&x [{','.join('a' * 999)}], {','.join(['*x'] * number)}]".encode()

    assert Reader(values_max=10**9).read(times(100))
    with pytest.raises(UnreadableError) as caught:
        Reader(values_max=10**9).read(times(101))
    assert caught.value.mistake.expected == "at most 100000 that aliases stand for"


@pytest.mark.parametrize("read_as", ["[&x '{}', {}]", "{{? &x '{}' : [{}]}}"])
def test_a_long_text_counts_as_many_values_wherever_an_alias_puts_it(read_as: str) -> None:
    text, aliases = "a" * 1024, ",".join(["*x"] * 99)
    assert refusal(read_as.format(text, aliases))[0] == "more values"
    assert read(read_as.format("a", aliases))


def test_a_key_is_as_long_as_yaml_allows_without_a_question_mark() -> None:
    assert read(f"? {'a' * 1024}\n: b")
    expected = "a key of at most 1024 characters"
    assert refusal(f"? {'a' * 1025}\n: b")[1] == expected
    assert refusal(f"a: &x {'a' * 1025}\n*x : b")[1] == expected


# Each of these stands for more values than there are atoms.
LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 100)
)
MERGED_LAUGHS = "a0: &a0 {x: y}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 100)
)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("text", [LAUGHS, MERGED_LAUGHS])
def test_aliases_of_aliases_count_as_what_they_stand_for(text: str) -> None:
    assert refusal(text)[0] == "more values"


@pytest.mark.parametrize("text", ["[" * 99, "{a: " * 99, "- " * 99, "a:\n" + "- " * 99])
def test_collections_are_in_one_another_as_deep_as_anybody_needs(text: str) -> None:
    assert refusal(text)[1].endswith("collections in one another")
