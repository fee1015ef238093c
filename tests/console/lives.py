"""Random lives in which now and then a sweep is rehearsed, and then takes place."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from console.rehearsal.deeds import Deed, DeedKind, Stage
from console.rehearsal.estate import Estate
from console.rehearsal.sweep import Rehearsal, rehearse
from privatelink.allowlist_document import decode
from privatelink.model import AccountId, Owner, Region
from sandbox.accounts import PROVIDER, REGION
from tests.console.performed import Performed, performed, rules_by_id
from tests.lifecycle.bus import FUNCTIONS
from tests.lifecycle.clients import CLIENTS
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

    @rule()
    def plan(self) -> None:
        self._rest()
        if self.world.appconfig.current.draft is None:
            self.world.deploy()
            self.world.drop_messages()
        self._compare(self._rehearse(self.world.appconfig.current.text))

    @rule(number=NUMBER, edit=st.sampled_from(EDITS_OF_SERVICES))
    def what_if_of_a_service(self, number: int, edit: tuple[str, object]) -> None:
        self._rest()
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None:
            setattr(entry, *edit)
        self._what_if()

    @rule(number=NUMBER, edit=st.sampled_from(EDITS_OF_CONSUMERS))
    def what_if_of_a_consumer(self, number: int, edit: tuple[str, Any]) -> None:
        self._rest()
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None and entry.consumers and edit[0] != "expires_in_days":
            setattr(chosen(list(entry.consumers.values()), number // 3), *edit)
        self._what_if()

    @rule(number=NUMBER)
    def what_if_somebody_leaves(self, number: int) -> None:
        self._rest()
        entry = self.world.draft.services.get(self.a_service(number))
        if entry is not None and entry.consumers:
            del entry.consumers[chosen(list(entry.consumers), number // 3)]
        self._what_if()

    def _what_if(self) -> None:
        """Rehearse by the draft while another allowlist is deployed; then deploy it."""
        rehearsal = self._rehearse(self.world.draft.to_yaml())
        self.world.appconfig.deploy(self.world.draft)
        self._compare(rehearsal)

    def _rest(self) -> None:
        """Let nothing be under way: a rehearsal sees what is, not what is about to be."""
        self.world.drop_messages()
        self.world.clock.now += _LAG
        while any(boundaries(self.world)):
            self.world.clock.now += A_WHILE

    def _compare(self, rehearsal: Rehearsal) -> None:
        """Sweep, and see that it did what was said, when it was said, and left nothing to do."""
        now, later = self._sweep()
        assert rehearsal.errors == ()
        assert _said(rehearsal.deeds, Stage.NOW) == now
        by_names = [each for each in later if _is_about(each, rehearsal.unresolved)]
        assert _said(rehearsal.deeds, Stage.ONCE_AVAILABLE) == sorted(set(later) - set(by_names))
        assert bool(by_names) == bool(rehearsal.unresolved)
        type(self).rehearsals += 1
        self.seen.update((deed.stage, deed.kind) for deed in rehearsal.deeds)
        left = self._rehearse(self.world.appconfig.current.text).deeds
        assert not left, "\n".join(map(str, left))

    def _rehearse(self, text: str) -> Rehearsal:
        self.world.cloud.calls.clear()
        rehearsal = rehearse(self._estate(), decode(text.encode()))
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


def _is_about(each: Performed, unresolved: Sequence[str]) -> bool:
    _, kind, name, _ = each
    return kind is DeedKind.CREATE_PARAMETER and any(f"/{i}/" in name for i in unresolved)


def _said(deeds: Sequence[Deed], stage: Stage) -> list[Performed]:
    provider = f"{PROVIDER}/{REGION}"
    return sorted(
        (str(deed.account or provider), deed.kind, deed.subject, deed.value)
        for deed in deeds
        if deed.stage is stage
    )
