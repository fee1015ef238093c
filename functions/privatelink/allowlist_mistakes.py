"""What is wrong with an allowlist, all of it at once.

msgspec stops at the first mistake; walking its types here finds the others too.
"""

import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct, UnsetType

from privatelink.allowlist import Document
from privatelink.allowlist_values import cover_everything
from privatelink.yaml_places import Mistake, Path


def mistakes(raw: object) -> Iterator[Mistake]:
    """Yield what is wrong with each value, and with values that are right by themselves."""
    yield from _mistakes(raw, Document, ())
    yield from contradictions(raw)


def convert[T](value: object, kind: type[T]) -> T:
    """Read plain values as a type of the allowlist, or raise msgspec.ValidationError."""
    return msgspec.convert(value, kind, dec_hook=_decode_text)


def _decode_text(kind: Callable[[object], object], value: object) -> object:
    return kind(value)


def _mistakes(value: object, expected: Any, path: Path) -> Iterator[Mistake]:  # noqa: ANN401 - any type
    """Yield what is wrong with `value`, read as the type `expected`; go on after each mistake."""
    kind, description = _described(expected)
    origin = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield from _mistakes_in_struct(value, kind, path)
    elif origin is dict and isinstance(value, dict):
        yield from _mistakes_in_mapping(value, kind, path)
    elif origin is tuple and isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _mistakes(item, get_args(kind)[0], (*path, index))
    elif origin is tuple and not isinstance(value, list):
        yield Mistake(path, value, description or "a list")
    else:
        try:
            convert(value, expected)
        except msgspec.ValidationError as error:
            yield Mistake(path, value, description or str(error))


def _mistakes_in_mapping(value: Mapping[str, object], kind: Any, path: Path) -> Iterator[Mistake]:  # noqa: ANN401
    key_type, value_type = get_args(kind)
    for key, item in value.items():
        for mistake in _mistakes(key, key_type, (*path, key)):
            yield mistake._replace(is_about_key=True)
        yield from _mistakes(item, value_type, (*path, key))


def _mistakes_in_struct(value: object, kind: type[Struct], path: Path) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield Mistake(path, value, "a mapping")
        return
    if _fits(value, kind):
        return
    fields = _fields(kind)
    for key in value.keys() - fields.keys():
        expected = f"one of the keys {', '.join(fields)}"
        yield Mistake((*path, key), value[key], expected, is_about_key=True)
    for name, (hint, is_required) in fields.items():
        if name in value:
            yield from _mistakes(value[name], hint, (*path, name))
        elif is_required:
            yield Mistake((*path, name), None, _described(hint)[1] or "a value")


def _fits(value: object, kind: type[Struct]) -> bool:
    try:
        convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


@cache
def _fields(kind: type[Struct]) -> Mapping[str, tuple[Any, bool]]:
    """Return the type of each key of a mapping, and whether it has to be there."""
    hints = get_type_hints(kind, include_extras=True)
    return {f.name: (hints[f.name], f.required) for f in msgspec.structs.fields(kind)}


@cache
def _described(expected: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - any type
    """Take metadata, None and UNSET off a type; return the type and its description."""
    description = None
    if get_origin(expected) is Annotated:
        expected, *metadata = get_args(expected)
        described = (meta.description for meta in metadata if isinstance(meta, Meta))
        description = next(filter(None, described), None)
    if get_origin(expected) in (Union, types.UnionType):
        absent = (types.NoneType, UnsetType)
        present = [part for part in get_args(expected) if part not in absent]
        if len(present) == 1:
            inner, inner_description = _described(present[0])
            return inner, description or inner_description
    return expected, description


def contradictions(raw: object) -> Iterator[Mistake]:
    """Yield entries that are right by themselves and wrong together; skip those of wrong form."""
    services = _mapping(_mapping(raw).get("services"))
    ids = Counter(
        service_id
        for service in services.values()
        if isinstance(service_id := _mapping(service).get("service_id"), str)
    )
    for alias, service in services.items():
        path: Path = ("services", alias)
        service_id = _mapping(service).get("service_id")
        if isinstance(service_id, str) and ids[service_id] > 1:
            yield Mistake((*path, "service_id"), service_id, "each service once")
        consumers = _mapping(service).get("consumers")
        if isinstance(consumers, list):
            yield from _contradictions_of_consumers(consumers, (*path, "consumers"))


def _contradictions_of_consumers(consumers: list[object], path: Path) -> Iterator[Mistake]:
    seen = set()
    for index, consumer in enumerate(consumers):
        account_id = _mapping(consumer).get("account_id")
        if isinstance(account_id, str):
            if account_id in seen:
                yield Mistake((*path, index, "account_id"), account_id, "each account once")
            seen.add(account_id)
        cidrs = _mapping(consumer).get("source_cidrs")
        if isinstance(cidrs, list) and cover_everything(cidrs):
            expected = "CIDRs that together leave something out"
            yield Mistake((*path, index, "source_cidrs"), cidrs, expected)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
