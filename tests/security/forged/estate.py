"""An estate with everybody in it, and what can be seen of it when it has come to rest."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from privatelink.allowlist_document import version_of
from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock

_TIMES: Final = frozenset(
    {"decided", "first_seen", "accepted", "available", "raised", "touched", "at", "since"}
)
_ID: Final = re.compile(r"\b(vpce-nfn|vpce|sg|vpc|subnet)-[0-9a-f]{17}")
_LABEL: Final = re.compile(r"(SERVED|WAITING)-[a-z0-9]{8}")
_ANNOUNCED: Final = (
    "Endpoint Connection Accepted",
    "Endpoint Connection Held",
    "Endpoint Connection Rejected",
    "Endpoint Address Published",
    "Endpoint Address Withdrawn",
    "Finding Raised",
)


@dataclass
class Estate:
    """A provider with a service that is listed and one that is not, and their consumers.

    Of the listed consumer one endpoint is served and one waits; strangers wait at both services.
    """

    world: World
    clock: Clock
    served: str = field(init=False)
    waiting: str = field(init=False)
    strangers: str = field(init=False)
    elsewhere: str = field(init=False)
    other_service_id: str = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.served = world.request()
        self._rest()
        self.clock.advance(minutes=1)
        self.other_service_id, other_name = world.provider.service("*")
        self.waiting = world.request()
        self.strangers = world.request(world.stranger)
        self.elsewhere = world.stranger.request(other_name)

    @property
    def names(self) -> Mapping[str, str]:
        """What a forger may know: ids, and the version of the allowlist in force."""
        assert self.world.allowlist is not None
        return {
            "service": self.world.service_id,
            "other": self.other_service_id,
            "served": self.served,
            "waiting": self.waiting,
            "strangers": self.strangers,
            "elsewhere": self.elsewhere,
            "version": version_of(self.world.allowlist.encode()),
        }

    def nobody_is_let_in_or_cut(self) -> None:
        """See that strangers wait as before, and that who was served is."""
        states = self.world.provider.states()
        assert states[self.strangers] == states[self.elsewhere] == "pendingAcceptance"
        assert states[self.served] == "available"
        assert states[self.waiting] in {"pendingAcceptance", "available"}
        assert self.world.ingress() == ["192.168.0.0/20 tcp/80"]
        assert self.world.parameters(STRANGER) == {}

    def at_rest(self) -> str:
        """Sweep, and return all there is to be seen, with names for ids and without times."""
        self._rest()
        world = self.world
        announced = {kind: self._sorted(world.published_events(kind)) for kind in _ANNOUNCED}
        ec2 = world.provider.ec2
        seen = {
            "connections": self._sorted(world.provider.states().items()),
            "rules": [world.ingress(), world.ingress(party=world.stranger)],
            "parameters": {a: world.parameters(a) for a in (CONSUMER, PROVIDER, STRANGER)},
            "ledger": self._ledger(),
            "announced": announced,
            "notified": ec2.describe_vpc_endpoint_connection_notifications()[
                "ConnectionNotificationSet"
            ],
        }
        return json.dumps(json.loads(self._named(seen)), indent=1, sort_keys=True)

    def _rest(self) -> None:
        # The second look sees as available what the first has accepted.
        assert self.world.sweep() == []
        assert self.world.sweep() == []

    def _ledger(self) -> list[str]:
        rows = in_process_client("dynamodb", PROVIDER, REGION).scan(TableName="ledger")["Items"]
        return self._sorted(
            {
                name: sorted(value["SS"]) if "SS" in value else value["S"]
                for name, value in row.items()
                if name not in _TIMES
            }
            for row in rows
            # History is kept by time.
            if not row["pk"]["S"].startswith("ENDPOINT#")
        )

    def _sorted(self, rows: Iterable[object]) -> list[str]:
        return sorted(map(self._named, rows))

    def _named(self, seen: object) -> str:
        text = json.dumps(seen, sort_keys=True, default=str)
        for endpoint_id in (self.served, self.waiting):
            for address in self.world.consumer.addresses(endpoint_id):
                text = text.replace(address, f"address of {endpoint_id}")
        for name, value in self.names.items():
            text = text.replace(value, name.upper())
        return _LABEL.sub(r"\1", _ID.sub(r"\1", text))
