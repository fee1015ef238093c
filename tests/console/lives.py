"""Random lives in which now and then a sweep is rehearsed, and then takes place."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from console.planning import compared
from console.rehearsal import sweep
from console.rehearsal.deeds import Deed, DeedKind, Stage
from console.rehearsal.estate import Estate
from console.rehearsal.sweep import Rehearsal
from privatelink.allowlist_document import decode
from privatelink.model import AccountId, Owner, Region
from sandbox.accounts import PROVIDER, REGION
from sandbox.in_process.clients import CLIENTS
from sandbox.privatelink import NetworkInterfaces
from tests.console.performed import Performed, performed, rules_by_id
from tests.lifecycle.bus import FUNCTIONS
from tests.lifecycle.consumers import NUMBER, Consumers
from tests.lifecycle.estate import ENVIRONMENT
from tests.lifecycle.hands import Hands
from tests.lifecycle.machine import chosen
from tests.lifecycle.platform_team import EDITS_OF_CONSUMERS, EDITS_OF_SERVICES, PlatformTeam
from tests.lifecycle.quiescence import A_WHILE, boundaries
from tests.lifecycle.views import resolve
from tests.lifecycle.watch import is_write

_LAG: Final = timedelta(minutes=6)
"""By then EC2 shows what was written, and traces may go."""


class RehearsedLife(Consumers, Hands, PlatformTeam):
    """A life without faults; `plan` and `what_if` compare what is said with what then happens."""

    rehearsals: ClassVar[int] = 0
    seen: ClassVar[Counter[tuple[Stage, DeedKind]]] = Counter()
    """What has come true, in all lives."""

    @initialize(late=st.booleans())
    def show_network_interfaces(self, *, late: bool) -> None:
        """Have those of requests be seen at once, as AWS does, or once they are available."""
        self.world.model.network_interfaces = (
            NetworkInterfaces.ONCE_AVAILABLE if late else NetworkInterfaces.WITH_THE_REQUEST
        )

    @rule()
    def plan(self) -> None:
        self.rest()
        if self.world.appconfig.current.draft is None:
            self.world.deploy()
            self.world.drop_messages()
        self._compare(self.rehearse(self.world.appconfig.current.text))

    @rule(number=NUMBER, edit=st.sampled_from(EDITS_OF_SERVICES))
    def what_if_of_a_service(self, number: int, edit: tuple[str, object]) -> None:
        self.rest()
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None:
            setattr(entry, *edit)
        self._what_if()

    @rule(number=NUMBER, edit=st.sampled_from(EDITS_OF_CONSUMERS))
    def what_if_of_a_consumer(self, number: int, edit: tuple[str, Any]) -> None:
        self.rest()
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None and entry.consumers and edit[0] != "expires_in_days":
            setattr(chosen(list(entry.consumers.values()), number // 3), *edit)
        self._what_if()

    @rule(number=NUMBER)
    def what_if_somebody_leaves(self, number: int) -> None:
        self.rest()
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None and entry.consumers:
            del entry.consumers[chosen(list(entry.consumers), number // 3)]
        self._what_if()

    def _what_if(self) -> None:
        """Rehearse by the draft while another allowlist is deployed; then deploy it."""
        current = self.world.appconfig.current
        before = self.rehearse(current.text) if current.draft else None
        after = self.rehearse(self.world.draft.to_yaml())
        document = compared(before, after, ())
        said = [d for s in document.services if not s.observing for d in (*s.deeds, *s.anyway)]
        assert len(said) == document.to_do == len(after.deeds)
        if before and current.text == self.world.draft.to_yaml():
            assert not document.changes
        self.world.appconfig.deploy(self.world.draft)
        self._compare(after)

    def rest(self) -> None:
        """Let nothing be under way: a rehearsal sees what is, not what is about to be."""
        self.world.drop_messages()
        self.world.clock.now += _LAG
        while any(boundaries(self.world)):
            self.world.clock.now += A_WHILE

    def _compare(self, rehearsal: Rehearsal) -> None:
        """Sweep, and see that it did what was said, when it was said, and left nothing to do."""
        now, later = self._sweep()
        assert rehearsal.errors == {}
        assert rehearsal.unseen == {}
        assert _said(rehearsal.deeds, Stage.NOW) == now
        unresolved = [each for found in rehearsal.unresolved.values() for each in found]
        unsaid = _about(later, unresolved)
        said = _said(rehearsal.deeds, Stage.ONCE_AVAILABLE)
        assert said == sorted((Counter(later) - Counter(unsaid)).elements())
        assert bool(unsaid) == bool(unresolved)
        type(self).rehearsals += 1
        self.seen.update((deed.stage, deed.kind) for deed in rehearsal.deeds)
        left = self.rehearse(self.world.appconfig.current.text).deeds
        assert not left, "\n".join(map(str, left))

    def rehearse(self, text: str) -> Rehearsal:
        """Rehearse by an allowlist, and see that nothing is written."""
        self.world.cloud.calls.clear()
        rehearsal = sweep.rehearse(self._estate(), decode(text.encode()))
        assert [call for call in self.world.cloud.calls if is_write(call.operation)] == []
        return rehearsal

    def _sweep(self) -> tuple[list[Performed], list[Performed]]:
        rules = rules_by_id()
        calls = self.world.cloud.calls
        calls.clear()
        self.world.sweep()
        while sum(map(self.world.lambdas.deliver, FUNCTIONS)):
            pass
        now = performed(calls, rules)
        calls.clear()
        self.world.settle()
        return now, performed(calls, rules)

    def _estate(self) -> Estate:
        clients: Any = CLIENTS  # takes the place of boto3's session
        return Estate(
            session=clients,
            owner=Owner(
                account_id=AccountId(PROVIDER), region=Region(REGION), stack="privatelink-autopilot"
            ),
            observes=False,
            ledger_table=ENVIRONMENT["LEDGER_TABLE"],
            notification_topic_arn=ENVIRONMENT["NOTIFICATION_TOPIC_ARN"],
            reader_role_name=f"{ENVIRONMENT['CONSUMER_ROLE_NAME']}-reader",
            external_id=ENVIRONMENT["CONSUMER_EXTERNAL_ID"],
            parameter_prefix=ENVIRONMENT["PARAMETER_PREFIX"],
            resolve=resolve,
            clock=self.world.clock,
        )


def _about(later: Sequence[Performed], unresolved: Sequence[str]) -> list[Performed]:
    """Return what is put in the places of endpoints whose addresses were not known."""
    places = {
        (account, name.removesuffix("/endpoint"))
        for account, kind, name, value in later
        if kind is not DeedKind.DELETE_PARAMETER and name.endswith("/endpoint")
        if json.loads(value)["vpc_endpoint_id"] in unresolved
    }
    return [
        each
        for each in later
        if any(each[0] == a and each[2].startswith(f"{p}/") for a, p in places)
    ]


def _said(deeds: Sequence[Deed], stage: Stage) -> list[Performed]:
    provider = f"{PROVIDER}/{REGION}"
    return sorted(
        (str(deed.account or provider), deed.kind, deed.subject, deed.value)
        for deed in deeds
        if deed.stage is stage
    )
