"""How two allowlists differ, in words."""

from collections.abc import Iterator
from typing import Final

import msgspec

from privatelink.allowlist import Allowlist, ConsumerEntry, ServiceEntry

_LISTS: Final = frozenset({"service_id", "consumers", "account_id"})
"""Fields that say which entry it is, or are compared one by one."""


def edits(before: Allowlist | None, after: Allowlist) -> tuple[str, ...]:
    """Return what has been edited, a sentence each: `+` added, `-` removed, `~` changed."""
    old = {entry.service_id: (alias, entry) for alias, entry in _services(before)}
    new = {entry.service_id: (alias, entry) for alias, entry in _services(after)}
    return tuple(
        edit
        for service_id in dict.fromkeys((*new, *old))
        for edit in _of_service(old.get(service_id), new.get(service_id))
    )


def _services(allowlist: Allowlist | None) -> Iterator[tuple[str, ServiceEntry]]:
    yield from allowlist.services.items() if allowlist else ()


def _of_service(
    old: tuple[str, ServiceEntry] | None, new: tuple[str, ServiceEntry] | None
) -> Iterator[str]:
    if new is None:
        if old is not None:
            yield f"- {old[0]}: service {old[1].service_id}"
        return
    alias, entry = new
    if old is None:
        yield f"+ {alias}: service {entry.service_id}"
    elif old[0] != alias:
        yield f"~ {alias}: alias: {old[0]} → {alias}"
    before = old[1] if old else ServiceEntry(service_id=entry.service_id)
    yield from _of_fields(alias, before, entry)
    old_consumers = {consumer.account_id: consumer for consumer in before.consumers}
    new_consumers = {consumer.account_id: consumer for consumer in entry.consumers}
    for account_id in dict.fromkeys((*new_consumers, *old_consumers)):
        yield from _of_consumer(alias, old_consumers.get(account_id), new_consumers.get(account_id))


def _of_consumer(alias: str, old: ConsumerEntry | None, new: ConsumerEntry | None) -> Iterator[str]:
    if old is None and new is not None:
        yield f"+ {alias}: {_named(new)}: {', '.join(new.source_cidrs)}"
    elif old is not None and new is None:
        yield f"- {alias}: {_named(old)}"
    elif old is not None and new is not None:
        yield from _of_fields(f"{alias}: {_named(new)}", old, new)


def _of_fields(
    where: str, old: ServiceEntry | ConsumerEntry, new: ServiceEntry | ConsumerEntry
) -> Iterator[str]:
    for field in msgspec.structs.fields(type(new)):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name not in _LISTS and before != after:
            yield f"~ {where}: {field.name}: {_shown(before)} → {_shown(after)}"


def _named(entry: ConsumerEntry) -> str:
    return f"{entry.alias} ({entry.account_id})" if entry.alias else entry.account_id


def _shown(value: object) -> str:
    if value is None or value is msgspec.UNSET:
        return "not set"
    if isinstance(value, tuple):
        return ", ".join(_shown(each) for each in value)
    if isinstance(value, msgspec.Struct):
        return "/".join(str(each) for each in reversed(msgspec.structs.astuple(value)))
    return str(value)
