"""Whether consumers let us in, and whether their endpoints can be reached."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from console.checks.check import Check, Question, Result
from console.checks.parts import Part
from console.checks.roles import check_functions, check_reader_role, functions_enter
from console.checks.zones import check_zones
from console.gateways.readers import TO_EXAMINE
from privatelink.allowlist import ConsumerEntry
from privatelink.findings import Finding
from privatelink.gateways.records import ServiceRecord
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.model import ESTABLISHED, AccountId, Consumer, Region
from privatelink.reachability import check_reachability

_AT_ONCE: Final = 8
"""So many accounts are looked at together: most of the time goes by waiting."""


@dataclass(frozen=True, kw_only=True)
class ConsumerChecks:
    """Looks into consumers' accounts; `home` is the Region of the stack."""

    sessions: ConsumerSessions
    records: Sequence[ServiceRecord]
    home: Region

    def check(self, parts: Iterable[Part], tell: Callable[[str], None]) -> Iterator[Check]:
        """Check the accounts of all parts; `tell` is told how far it is."""
        by_account: dict[str, list[Part]] = {}
        for part in parts:
            by_account.setdefault(part.entry.account_id, []).append(part)
        executor = ThreadPoolExecutor(max_workers=_AT_ONCE)
        try:
            looks = executor.map(self._look_into, by_account.values())
            for number, checks in enumerate(looks, start=1):
                tell(f"{number} of {len(by_account)} consumers")
                yield from checks
        finally:
            # Whoever stops it does not wait for the accounts that have not been entered.
            executor.shutdown(wait=False, cancel_futures=True)

    def _look_into(self, parts: Sequence[Part]) -> tuple[Check, ...]:
        """Check one account: the roles in it, and the endpoints of each service."""
        entry = parts[0].entry
        account_id = AccountId(entry.account_id)
        subject, name = f"consumers/{account_id}", _name(entry)
        functions = Question(f"{subject}/functions", f"entry of the functions to {name}")
        reader = Question(f"{subject}/reader-role", f"role {self.sessions.role_name} in {name}")
        consumer = Consumer(account_id=account_id, region=self.home)

        def look() -> Iterator[Check]:
            enters = functions_enter(account_id, self.records)
            yield check_reader_role(reader, self.sessions, consumer, functions_enter=enters)

        (role,) = reader.answer(look)
        checks = (*check_functions(functions, account_id, self.records), role)
        if role.result is not Result.OK:
            return checks
        return (*checks, *(each for part in parts for each in self._look_at(part)))

    def _look_at(self, part: Part) -> Iterator[Check]:
        for region in sorted(part.regions):
            consumer = Consumer(account_id=AccountId(part.entry.account_id), region=region)
            yield from self._look_at_endpoints(part, consumer)

    def _look_at_endpoints(self, part: Part, consumer: Consumer) -> tuple[Check, ...]:
        """Check the live endpoints of a service in one Region of a consumer."""
        where = "" if consumer.region == self.home else f" in {consumer.region}"
        subject = f"consumers/{consumer}/{part.alias}"
        of_whom = f"endpoints of {_name(part.entry)} at {part.alias}{where}"
        routes = Question(f"{subject}/routes", f"routes and addresses of {of_whom}")
        zones = Question(f"{subject}/zones", f"zones of {of_whom}")

        def look() -> Iterator[Check]:
            with self.sessions.entering(consumer):
                account = self.sessions.enter(consumer, TO_EXAMINE)
                found = account.endpoints.describe_vpc_endpoints(part.service.service_name)
                live = [endpoint for endpoint in found if endpoint.state in ESTABLISHED]
                surroundings = account.networks.describe(each.vpc_id for each in live)
                interfaces = account.endpoints.describe_network_interfaces(
                    live, surroundings.network_interface_ids
                )
            sources = part.entry.source_cidrs
            amiss = check_reachability(live, interfaces, sources, surroundings)
            yield from tell_reachability(routes, sources, amiss)
            # Zones of one Region are none of another.
            if consumer.region == self.home:
                yield from check_zones(zones, live, interfaces, part.service_zones)

        return routes.answer(look)


def tell_reachability(
    question: Question, sources: Iterable[str], findings: Iterable[Finding]
) -> Iterator[Check]:
    """Say what keeps answers from the sources, or that nothing does."""
    amiss = [question.amiss(finding) for finding in findings]
    yield from amiss or [question.ok(f"answers find their way to {', '.join(sources)}")]


def _name(entry: ConsumerEntry) -> str:
    return f"{entry.alias} ({entry.account_id})" if entry.alias else entry.account_id
