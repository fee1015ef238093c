"""What a sweep has to lead to, taken down before it, and compared with what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.security_groups import RULES_PER_GROUP
from tests.lifecycle import views
from tests.lifecycle.estate import TOPIC
from tests.lifecycle.oracle import LIVE, UNCLEAR, Oracle, Standing
from tests.lifecycle.shelves import Shelves
from tests.lifecycle.views import Ingress, Place, Rule, Stored

_DECIDED: Final = (Standing.ENFORCED, Standing.REMOVED)
_HOME: Final = (PROVIDER, REGION)
_ALL_EVENTS: Final = frozenset({"Accept", "Connect", "Delete", "Reject"})


@dataclass(frozen=True)
class Expectation:
    """The world as it was, with what the oracle says of it."""

    oracle: Oracle
    connections: Mapping[str, Mapping[str, str]]
    stopped: Mapping[str, bool]
    rules: Mapping[Place, Mapping[str, Rule]]
    parameters: Mapping[Place, Mapping[str, Stored]]

    @classmethod
    def of(cls, oracle: Oracle) -> Self:
        """Take down the world as it is now."""
        places = list(views.places())
        return cls(
            oracle=oracle,
            connections={each: oracle.connections(each) for each in oracle.aliases},
            stopped={each: oracle.is_stopped(each) for each in oracle.aliases},
            rules={place: {r.rule_id: r for r in views.our_rules(place)} for place in places},
            parameters={place: views.parameters(place) for place in places},
        )

    def disappointments(self) -> Iterator[str]:
        """Yield where the world is not what it should have come to."""
        for service_id in self.oracle.aliases:
            yield from self._connections(service_id)
            yield from self._upkeep(service_id)
        for place in views.places():
            yield from self._rules(place)
        yield from Shelves(self.oracle, self.parameters).disappointments()

    def tripped(self) -> Mapping[str, int]:
        """Return the services that may lose nothing, with the number that has to be exceeded."""
        return {
            service_id: self.oracle.entry(service_id).max_withdrawals
            for service_id, stopped in self.stopped.items()
            if stopped and self.oracle.standing(service_id) in _DECIDED
        }

    def traces(self) -> Iterator[str]:
        """Yield where the traces in the ledger are not those of what is there."""
        for place in views.places():
            for service_id in self.oracle.aliases:
                yield from self._traces(place, service_id)

    def denials(self) -> Iterator[str]:
        """Yield whose denial of the role is not told of, or told of wrongly."""
        for place in views.places():
            for service_id in self.oracle.aliases:
                standing = self.oracle.standing(service_id)
                if place[0] in self.oracle.locked and standing in _DECIDED:
                    yield from self._denials(place, service_id)

    def _denials(self, place: Place, service_id: str) -> Iterator[str]:
        whose = f"CONSUMER#{place[0]}/{place[1]}#ingress#"
        subject = f"{place[0]}/{place[1]}/ingress"
        told = {
            kind
            for kind in ("left-behind", "role-not-assumable")
            if (f"SERVICE#{service_id}", f"{whose}FINDING#{kind}/{subject}") in views.ledger()
        }
        here = [each for each in views.endpoints(service_id) if views.place_of(each) == place]
        listed = self.oracle.valid(service_id, place[0])
        if listed and listed.access == "role" and any(each.state in LIVE for each in here):
            fine = "role-not-assumable" in told
        elif any(each.state in LIVE | UNCLEAR for each in here):
            fine = True
        else:
            traced = (f"SERVICE#{service_id}", f"{whose}TRACE") in views.ledger()
            fine = told == ({"left-behind"} if traced else set())
        if not fine:
            yield f"of the denial by {subject} for {service_id} is told {told}"

    def _connections(self, service_id: str) -> Iterator[str]:
        expected = self.connections[service_id]
        for each in views.endpoints(service_id):
            if each.state != expected[each.id]:
                yield f"{each.id} of {each.owner_id} is {each.state}, not {expected[each.id]}"

    def _upkeep(self, service_id: str) -> Iterator[str]:
        key = (f"SERVICE#{service_id}", f"SERVICE##FINDING#breaker-tripped/{service_id}")
        standing = self.oracle.standing(service_id)
        if standing in _DECIDED and (key in views.ledger()) != self.stopped[service_id]:
            yield f"the breaker of {service_id} is told of wrongly: {self.stopped[service_id]}"
        events = {
            event
            for each in views.notifications().values()
            if each.service_id == service_id and each.connection_notification_arn == TOPIC
            for event in each.connection_events
        }
        if standing is Standing.ENFORCED and events != _ALL_EVENTS:
            yield f"{service_id} notifies of {sorted(events)}"

    def _rules(self, place: Place) -> Iterator[str]:
        before = self.rules.get(place, {})
        if place[0] in self.oracle.locked:
            if {rule.rule_id: rule for rule in views.our_rules(place)} != before:
                yield f"our rules at {place} have changed, where nobody lets us in"
            return
        wanted = self.oracle.wanted(place, Standing.ENFORCED)
        tolerated = self.oracle.wanted(place, Standing.OBSERVED)
        for group in views.groups(place).values():
            rules = {rule.rule_id: rule for rule in views.rules(group)}
            ours = {i: rule for i, rule in rules.items() if rule.is_ours}
            had = {i: rule for i, rule in before.items() if rule.ingress.group_id == group.id}
            foreign = {rule.ingress for rule in rules.values() if not rule.is_ours}
            here = {each for each in wanted if each.group_id == group.id}
            if len(foreign) + len(here - foreign) > RULES_PER_GROUP or not views.is_opted_in(group):
                if ours.keys() != had.keys():
                    yield f"our rules on {group.id} were to stay: {had}, are {ours}"
                continue
            if len(foreign | here | {rule.ingress for rule in had.values()}) > RULES_PER_GROUP:
                continue  # whether there is a way from here to there depends on what overlaps
            missing = here - {rule.ingress for rule in rules.values()}
            if missing:
                yield f"{missing} is missing at {place}"
            yield from self._superfluous(place, ours, here | tolerated)
            for rule_id, rule in had.items():
                if self._stays(place, rule, of=rule.service_id) and rule_id not in ours:
                    yield f"{rule} is gone from under a live endpoint"

    def _superfluous(
        self, place: Place, ours: Mapping[str, Rule], fine: set[Ingress]
    ) -> Iterator[str]:
        for rule in ours.values():
            stays = any(self._stays(place, rule, of=each) for each in self.oracle.aliases)
            observed = self.oracle.standing(rule.service_id) is Standing.OBSERVED
            if rule.ingress not in fine and not stays and not observed:
                yield f"{rule} at {place} is left, and nothing wants it"

    def _stays(self, place: Place, rule: Rule, *, of: str) -> bool:
        """Whether a rule stands under an endpoint of a service that nothing is taken from."""
        return self.oracle.standing(of) in _DECIDED and any(
            rule.ingress.group_id in each.security_group_ids
            for each in self.oracle.untouchable(place, of)
        )

    def _traces(self, place: Place, service_id: str) -> Iterator[str]:
        if self.oracle.standing(service_id) not in _DECIDED:
            return
        wants = any(
            each.service.id == service_id for each in self.oracle.entitled(place, *_DECIDED)
        )
        rules = any(rule.service_id == service_id for rule in views.our_rules(place))
        shelved = any(
            _is_about(views.record_of(stored.value), service_id, place)
            for where in {place, _HOME}
            for stored in views.parameters(where).values()
            if _account_of(stored.name, where) == place[0]
        )
        for part, is_there in (("ingress", rules), ("addresses", shelved)):
            key = f"CONSUMER#{place[0]}/{place[1]}#{part}#TRACE"
            traced = (f"SERVICE#{service_id}", key) in views.ledger()
            is_locked = place[0] in self.oracle.locked
            given_up = views.is_given_up(service_id, place, part)
            if is_there and not traced and not given_up:
                yield f"no trace of {part} for {service_id} at {place}"
            if traced and not is_locked and not is_there and not wants:
                yield f"a trace of {part} for {service_id} at {place}, where nothing is"


def _is_about(record: Mapping[str, object], service_id: str, place: Place) -> bool:
    said = (record.get("owner"), record.get("service_id"), record.get("region"))
    return said == (views.OWNER, service_id, place[1])


def _account_of(name: str, where: Place) -> str:
    """Return whose endpoint a parameter is about: a copy names the account."""
    whose = name.split("/")[3]
    return whose if whose.isdigit() else where[0]
