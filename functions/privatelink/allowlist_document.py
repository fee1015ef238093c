"""Reads the allowlist's YAML, and says all that is wrong with it at once."""

import hashlib
import types
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import yaml
from msgspec import Meta, Struct
from yaml.constructor import ConstructorError

from privatelink.allowlist import Allowlist, Document, collapse
from privatelink.errors import InvalidAllowlistError, Problem


def decode(document: bytes) -> Allowlist:
    """Read an allowlist, or raise InvalidAllowlistError with every mistake in it."""
    raw = _load_yaml(document)
    problems = tuple(_mistakes(raw, Document, "")) or tuple(_contradictions(raw))
    if problems:
        raise InvalidAllowlistError(problems)
    services = msgspec.convert(raw, Document, dec_hook=_decode_text).services
    return Allowlist(version=hashlib.sha256(document).hexdigest()[:12], services=services)


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML in which a key stands once: of two, the library would silently keep the last."""


def _construct_mapping(loader: yaml.SafeLoader, node: yaml.Node) -> dict[Hashable, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise ConstructorError(None, None, "a tag that does not fit", node.start_mark)
    seen = set()
    for key_node, _ in node.value:
        # A key that is no scalar is refused by the library.
        key = str(key_node.value)
        if key in seen:
            place = f"line {key_node.start_mark.line + 1}"
            raise InvalidAllowlistError((Problem(place, key, "each key once"),))
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


def _construct_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
# A day that does not exist would be an error of the library, without the entry that it stands in.
_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:timestamp", _construct_text)


def _load_yaml(document: bytes) -> object:
    try:
        return yaml.load(document, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, LookupError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        path = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "document"
        found = getattr(error, "problem", None) or str(error)
        raise InvalidAllowlistError((Problem(path, found, "a YAML document"),)) from error


def _mistakes(value: object, expected: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401 - any type
    """Yield what is wrong with `value`, read as the type `expected`; go on after each mistake.

    msgspec stops at the first mistake; walking its types here finds the others too.
    """
    kind, description = _described(expected)
    origin = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield from _mistakes_in_struct(value, kind, path)
    elif origin is dict and isinstance(value, dict):
        key_type, value_type = get_args(kind)
        for key, item in value.items():
            yield from _mistakes(key, key_type, _join(path, key))
            yield from _mistakes(item, value_type, _join(path, key))
    elif origin is tuple and isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _mistakes(item, get_args(kind)[0], f"{path}[{index}]")
    elif origin is tuple and not isinstance(value, list):
        yield Problem(path, value, description or "a list")
    else:
        try:
            msgspec.convert(value, expected, dec_hook=_decode_text)
        except msgspec.ValidationError as error:
            yield Problem(path or "document", value, description or str(error))


def _mistakes_in_struct(value: object, kind: type[Struct], path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path or "document", value, "a mapping")
        return
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    hints = get_type_hints(kind, include_extras=True)
    for key in value:
        if key not in fields:
            yield Problem(_join(path, key), value[key], f"one of the keys {', '.join(fields)}")
    for name, field in fields.items():
        if name in value:
            yield from _mistakes(value[name], hints[name], _join(path, name))
        elif field.required:
            yield Problem(_join(path, name), None, _described(hints[name])[1] or "a value")


def _described(expected: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - any type
    """Take the metadata and the None off a type; return the type and its description."""
    description = None
    if get_origin(expected) is Annotated:
        expected, *metadata = get_args(expected)
        description = next((m.description for m in metadata if isinstance(m, Meta)), None)
    if get_origin(expected) in (Union, types.UnionType):
        present = [part for part in get_args(expected) if part is not types.NoneType]
        if len(present) == 1:
            inner, inner_description = _described(present[0])
            return inner, description or inner_description
    return expected, description


def _contradictions(raw: Any) -> Iterator[Problem]:  # noqa: ANN401 - a document without mistakes of form
    """Yield entries that are right by themselves and wrong together."""
    services: Mapping[str, Any] = raw["services"]
    ids = [service["service_id"] for service in services.values()]
    for alias, service in services.items():
        if ids.count(service["service_id"]) > 1:
            yield Problem(
                f"services.{alias}.service_id", service["service_id"], "each service once"
            )
        accounts = [consumer["account_id"] for consumer in service.get("consumers", ())]
        yield from _repeated(accounts, f"services.{alias}.consumers")
        for index, consumer in enumerate(service.get("consumers", ())):
            if any(cidr.endswith("/0") for cidr in collapse(consumer["source_cidrs"])):
                yield Problem(
                    f"services.{alias}.consumers[{index}].source_cidrs",
                    consumer["source_cidrs"],
                    "CIDRs that together leave something out",
                )


def _repeated(accounts: Sequence[str], path: str) -> Iterator[Problem]:
    for index, account in enumerate(accounts):
        if account in accounts[:index]:
            yield Problem(f"{path}[{index}].account_id", account, "each account once")


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _decode_text(kind: Callable[[object], object], value: object) -> object:
    return kind(value)
