"""The ledger: a record of what was decided and done.

It is never a reason to accept, to open or to publish. What it knows keeps us from doing too much
or forgetting something: whether the circuit breaker has tripped, what may be with whom, and which
principals are ours.

One table, with three kinds of partitions:

    SERVICES             {service}                                  a service that is looked after
    SERVICE#{service}    ENDPOINT#{endpoint}                        the last decision about it
                         PRINCIPAL#{account}                        allowed by us
                         SERVICE#{part}#FINDING#{finding}           an open finding of the service
                         SERVICE#{part}#WOULD                       what observe mode leaves undone
                         CONSUMER#{consumer}#{part}#TRACE           something may be there
                         CONSUMER#{consumer}#{part}#GIVEN_UP        what was left there for good
                         CONSUMER#{consumer}#{part}#FINDING#{…}     an open finding of a consumer
                         CONSUMER#{consumer}#{part}#WOULD           what observe mode leaves undone
    ENDPOINT#{endpoint}  {time}#{what}                              history, only ever added to

Items are read by `gateways.items`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from msgspec.structs import asdict

from privatelink.errors import AwsError
from privatelink.gateways.items import (
    read_history_entry,
    read_scope,
    read_service,
    read_tracked_service,
)
from privatelink.gateways.records import (
    EndpointEntry,
    HistoryEntry,
    Scope,
    ScopeRecord,
    ServiceRecord,
    Trace,
    TrackedService,
)
from privatelink.gateways.tables import Item, Key, Table
from privatelink.model import AccountId, ServiceId, VpcEndpointId

_SERVICES: Final = "SERVICES"
_UNTOUCHED: Final = "touched = :touched"


class Ledger:
    """The ledger's table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read_tracked_services(self) -> Mapping[ServiceId, TrackedService]:
        """Return the services that are, or have been, in the allowlist and are not done with."""
        return dict(map(read_tracked_service, self._query(_SERVICES, "")))

    def track_service(self, service_id: ServiceId, tracked: TrackedService) -> None:
        """Note that a service is looked after from now on."""
        item = {"service_name": tracked.service_name, "since": tracked.since.isoformat()}
        if tracked.observed:
            item["mode"] = "observe"
        self._write(put=[{"pk": _SERVICES, "sk": service_id, **item}])

    def forget_service(self, service_id: ServiceId) -> None:
        """Note that nothing of a service has to be looked after any more."""
        self._write(delete=[{"pk": _SERVICES, "sk": service_id}])

    def read_service(self, service_id: ServiceId) -> ServiceRecord:
        """Return what is on record for a service."""
        return read_service(self._query(_partition(service_id), ""))

    def read_scope(self, scope: Scope) -> ScopeRecord:
        """Return what is on record for one part of a consumer."""
        return read_scope(self._query(_partition(scope.service_id), scope.prefix), scope)

    def read_endpoint(
        self, service_id: ServiceId, vpc_endpoint_id: VpcEndpointId
    ) -> EndpointEntry | None:
        """Return the last decision about an endpoint; None: there has been none."""
        items = self._query(_partition(service_id), f"ENDPOINT#{vpc_endpoint_id}")
        return read_service(items).endpoints.get(vpc_endpoint_id)

    def leave_trace(self, scope: Scope, at: datetime, holds: Iterable[str]) -> None:
        """Note what of ours may be with the consumer from now on, beside what others have noted.

        Where something else than a set stands, as a person may have written it, it is replaced.
        """
        key, values = _key(scope, "TRACE"), {":at": at.isoformat(), ":holds": set(holds)}
        try:
            self._table.update(key, "SET touched = :at ADD holds :holds", values)
        except AwsError as error:
            if error.code != "ValidationException":
                raise
            self._table.update(key, "SET touched = :at, holds = :holds", values)

    def strike_from_trace(self, scope: Scope, trace: Trace, gone: Iterable[str]) -> None:
        """Note what of ours is not there any more, if the trace has not been touched since."""
        values = {":gone": set(gone), ":touched": trace.touched.isoformat()}
        with _unless_touched():
            self._table.update(
                _key(scope, "TRACE"), "DELETE holds :gone", values, condition=_UNTOUCHED
            )

    def remove_trace(self, scope: Scope, trace: Trace) -> None:
        """Note that nothing of ours is left, if the trace has not been touched since."""
        values = {":touched": trace.touched.isoformat()}
        with _unless_touched():
            self._table.delete(_key(scope, "TRACE"), condition=_UNTOUCHED, values=values)

    def give_up(self, scope: Scope, at: datetime, trace: Trace) -> None:
        """Note what stays with a consumer for good, in place of the trace.

        Should the consumer be back at this very moment, its next convergence lays a trace anew.
        """
        text = "\n".join(sorted(trace.holds))
        given_up = {**_key(scope, "GIVEN_UP"), "at": at.isoformat(), "holds": text}
        self._write(put=[given_up], delete=[_key(scope, "TRACE")])

    def record_findings(
        self, scope: Scope, opened: Mapping[str, Mapping[str, str]], closed: Iterable[str]
    ) -> None:
        """Open findings, an id with its attributes each, and close others by their ids."""
        self._write(
            put=[{**_key(scope, f"FINDING#{key}"), **opened[key]} for key in opened],
            delete=[_key(scope, f"FINDING#{key}") for key in closed],
        )

    def delete_items(self, service_id: ServiceId, sort_keys: Iterable[str]) -> None:
        """Delete items of a service, such as findings of consumers that have left."""
        self._write(delete=[{"pk": _partition(service_id), "sk": key} for key in sort_keys])

    def record_would(self, scope: Scope, would: Sequence[str]) -> None:
        """Replace what observe mode leaves undone."""
        key = _key(scope, "WOULD")
        if would:
            self._write(put=[{**key, "would": "\n".join(would)}])
        else:
            self._write(delete=[key])

    def note_principals(
        self, service_id: ServiceId, account_ids: Iterable[AccountId], at: datetime
    ) -> None:
        """Note whose principals are among the allowed ones because of us."""
        noted = {"at": at.isoformat()}
        self._write(put=[{**_principal(service_id, account), **noted} for account in account_ids])

    def forget_principals(self, service_id: ServiceId, account_ids: Iterable[AccountId]) -> None:
        """Note whose principals are not there any more."""
        self._write(delete=[_principal(service_id, account) for account in account_ids])

    def record_endpoints(
        self, service_id: ServiceId, entries: Mapping[VpcEndpointId, EndpointEntry]
    ) -> None:
        """Replace the entries about endpoints, and add them to the endpoints' history."""
        current = [
            {"pk": _partition(service_id), "sk": f"ENDPOINT#{endpoint_id}", **asdict(entry)}
            for endpoint_id, entry in entries.items()
        ]
        history = [
            _history_item(endpoint_id, entry.decided, entry.action, asdict(entry))
            for endpoint_id, entry in entries.items()
        ]
        self._write(put=[*current, *history])

    def add_history(
        self, vpc_endpoint_id: VpcEndpointId, at: datetime, what: str, details: Mapping[str, str]
    ) -> None:
        """Add what was done about an endpoint to its history."""
        self._write(put=[_history_item(vpc_endpoint_id, at.isoformat(), what, details)])

    def read_history(self, vpc_endpoint_id: VpcEndpointId) -> tuple[HistoryEntry, ...]:
        """Return what was decided and done about an endpoint, in order."""
        return tuple(map(read_history_entry, self._query(f"ENDPOINT#{vpc_endpoint_id}", "")))

    def _query(self, partition: str, prefix: str) -> Iterable[Item]:
        return self._table.query(partition, prefix)

    def _write(self, *, put: Sequence[Item] = (), delete: Sequence[Key] = ()) -> None:
        self._table.write(put=put, delete=delete)


@contextmanager
def _unless_touched() -> Iterator[None]:
    """Let a write be in vain whose condition does not hold: somebody else knows better."""
    try:
        yield
    except AwsError as error:
        if error.code != "ConditionalCheckFailedException":
            raise


def _partition(service_id: ServiceId) -> str:
    return f"SERVICE#{service_id}"


def _key(scope: Scope, leaf: str) -> dict[str, str]:
    return {"pk": _partition(scope.service_id), "sk": f"{scope.prefix}{leaf}"}


def _principal(service_id: ServiceId, account_id: AccountId) -> dict[str, str]:
    return {"pk": _partition(service_id), "sk": f"PRINCIPAL#{account_id}"}


def _history_item(
    vpc_endpoint_id: VpcEndpointId, at: str, what: str, details: Mapping[str, str]
) -> Item:
    return {"pk": f"ENDPOINT#{vpc_endpoint_id}", "sk": f"{at}#{what}", "what": what, **details}
