"""What the platform team does: it edits the allowlist, well and badly."""

from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from tests.lifecycle.consumers import NUMBER
from tests.lifecycle.faults import Kind
from tests.lifecycle.listing import Listed
from tests.lifecycle.machine import Life, chosen
from tests.lifecycle.sites import ELSEWHERE, NAGOYA, OSAKA, SEATTLE

LISTABLE: Final = (CONSUMER, OSAKA, SEATTLE, NAGOYA, PROVIDER)
"""The stranger never is."""

SOURCES: Final = (
    ("192.168.0.0/20",),
    ("192.168.0.0/21", "192.168.8.0/21"),
    ("192.168.0.0/21",),
    ("192.168.0.0/20", "172.16.0.0/20"),
    ("192.168.4.7/24", "10.8.0.0/16", "10.9.0.0/16"),
)
BROKEN: Final = (
    "services: [",
    "",
    "services: {web: {service_id: nonsense}}",
    "services: {}\nextra: 1",
    "services: {a: {}, a: {}}",
    "- a list",
)

EDITS_OF_SERVICES: Final = (
    *(("max_withdrawals", most) for most in (0, 1, 3, 9)),
    *(("unlisted", what) for what in ("hold", "reject")),
    *(("hold_timeout", time) for time in (None, timedelta(hours=2))),
    *(("manage_principals", managed) for managed in (True, False)),
    *(("mode", mode) for mode in ("enforce", "enforce", "observe")),
)
EDITS_OF_CONSUMERS: Final = (
    *(("source_cidrs", sources) for sources in SOURCES),
    *(("ports", ports) for ports in ((), (80,), (443, 8443))),
    *(("endpoints_max", most) for most in (None, 1, 2)),
    *(("regions", regions) for regions in ((), (REGION, ELSEWHERE), (ELSEWHERE,))),
    *(("access", access) for access in ("role", "role", "none")),
    *(("expires_in_days", days) for days in (None, -1, 0, 1)),
)


class PlatformTeam(Life):
    """Rules about the allowlist."""

    @rule(number=NUMBER, edit=st.sampled_from(EDITS_OF_SERVICES))
    def edit_service(self, number: int, edit: tuple[str, object]) -> None:
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None:
            setattr(entry, *edit)
            self.world.deploy()

    @rule(number=NUMBER, edit=st.sampled_from(EDITS_OF_CONSUMERS))
    def edit_consumer(self, number: int, edit: tuple[str, Any]) -> None:
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is None or not entry.consumers:
            return
        listed = chosen(list(entry.consumers.values()), number // 3)
        name, value = edit
        if name == "expires_in_days":
            today = self.world.clock().date()
            name, value = "expires", None if value is None else today + timedelta(days=value)
        setattr(listed, name, value)
        self.world.deploy()

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER, sources=st.sampled_from(SOURCES))
    def edit_sources(self, number: int, sources: tuple[str, ...]) -> None:
        """Edit the sources of somebody who has an endpoint, so that rules have to follow."""
        each = self.an_endpoint(number)
        entry = self.world.draft.services.get(each.service.id)
        if entry is not None and each.owner_id in entry.consumers:
            entry.consumers[each.owner_id].source_cidrs = sources
            self.world.deploy()

    @rule(number=NUMBER)
    def unlist(self, number: int) -> None:
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None and entry.consumers:
            del entry.consumers[chosen(list(entry.consumers), number // 3)]
            self.world.deploy()

    @rule(number=NUMBER)
    def list_again(self, number: int) -> None:
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None:
            account_id = chosen(LISTABLE, number // 3)
            access = "none" if account_id == NAGOYA else "role"
            entry.list([Listed(account_id, chosen(SOURCES, number // 15), access=access)])
            self.world.deploy()

    @rule(number=NUMBER)
    def rename_alias(self, number: int) -> None:
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None:
            first = self.world.aliases[entry.service_id]
            entry.alias = first if entry.alias != first else f"{first}-too"
            self.world.deploy()

    @rule(number=NUMBER)
    def remove_or_restore_service(self, number: int) -> None:
        draft, service_id = self.world.draft, self.a_service(number)
        if service_id in draft.services:
            draft.shelved[service_id] = draft.services.pop(service_id)
        else:
            draft.services[service_id] = draft.shelved.pop(service_id)
        self.world.deploy()

    @rule(text=st.sampled_from((None, *BROKEN)))
    def break_or_mend_allowlist(self, text: str | None) -> None:
        if text is not None:
            self.counts[Kind.BROKEN] += 1
        self.world.deploy(text)
