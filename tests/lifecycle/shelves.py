"""Which parameters should stand where, said a second time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from sandbox.accounts import PROVIDER, REGION
from sandbox.privatelink.models import InterfaceEndpoint
from tests.lifecycle import foreign, views
from tests.lifecycle.listing import Listed
from tests.lifecycle.oracle import Oracle, Standing
from tests.lifecycle.views import OWNER, Place, Stored

type Leaves = Mapping[str, tuple[str, str]]
"""Name to type and value."""

_HOME: Final = (PROVIDER, REGION)
_DECIDED: Final = (Standing.ENFORCED, Standing.REMOVED)


@dataclass(frozen=True)
class Shelves:
    """Compares the parameters of every account with what they were and what they should be."""

    oracle: Oracle
    before: Mapping[Place, Mapping[str, Stored]]

    def disappointments(self) -> Iterator[str]:
        """Yield where parameters are not what they should have come to."""
        for place in views.places():
            expected = self._expected(place)
            actual = {
                name: (stored.type, stored.value)
                for name, stored in views.parameters(place).items()
            }
            for name in sorted(expected.keys() | actual.keys()):
                if not _says_the_same(name, expected.get(name), actual.get(name)):
                    yield f"{name} at {place}: {actual.get(name)}, expected {expected.get(name)}"

    def _expected(self, place: Place) -> Leaves:
        before = self.before.get(place, {})
        ours = foreign.our_places(before)
        expected = {
            name: (stored.type, stored.value)
            for name, stored in before.items()
            if place[0] in self.oracle.locked
            or not foreign.is_ours(stored, ours)
            or self._stays(name, before)
        }
        for shelf, leaves in self._wanted(place):
            there = {
                name: (stored.type, stored.value)
                for name, stored in before.items()
                if name.startswith(f"{shelf}/") and foreign.LEAF.fullmatch(name)
            }
            if _is_free(shelf, there, leaves, is_ours=shelf in ours):
                mistyped = {n: v for n, v in there.items() if n in leaves and v[0] != leaves[n][0]}
                expected |= {**leaves, **mistyped}
        return expected

    def _stays(self, name: str, before: Mapping[str, Stored]) -> bool:
        """Whether a parameter of ours is left as it is."""
        match = foreign.LEAF.fullmatch(name)
        assert match, name
        record = views.record_of(before[f"{match['place']}/endpoint"].value)
        service_id, place = str(record.get("service_id")), self._consumer(name, record)
        if self.oracle.standing(service_id) not in _DECIDED:
            return True
        of_copies = name.split("/")[3].isdigit()
        untouchable = self.oracle.untouchable(place, service_id, of_copies=of_copies)
        return record.get("vpc_endpoint_id") in {each.id for each in untouchable}

    def _consumer(self, name: str, record: Mapping[str, object]) -> Place:
        each = views.endpoint(str(record.get("vpc_endpoint_id")))
        return views.place_of(each) if each else (name.split("/")[3], str(record.get("region")))

    def _wanted(self, place: Place) -> Iterator[tuple[str, Leaves]]:
        """Yield the places to publish in at an account and Region, with their leaves."""
        chosen: dict[str, tuple[str, Leaves]] = {}
        for consumer in views.places():
            for each in self.oracle.entitled(consumer, Standing.ENFORCED):
                entry = self.oracle.entry(each.service.id)
                listed = entry.consumers[each.owner_id]
                if each.state != "available" or self.oracle.is_blind(
                    each.owner_id, each.service.id
                ):
                    continue
                shelf = f"/privatelink/{entry.alias}"
                spots = [(_HOME, f"{shelf}/{each.owner_id}/{each.vpc_id}")]
                if listed.access == "role":
                    spots.append((consumer, f"{shelf}/{each.vpc_id}"))
                else:
                    spots = [(_HOME, f"{shelf}/{each.owner_id}/{each.id}")]
                for where, spot in spots:
                    if where == place:
                        # Endpoints come oldest first, and the oldest is the one to publish.
                        chosen.setdefault(spot, (spot, self._leaves(spot, each, listed)))
        yield from chosen.values()

    def _leaves(self, spot: str, each: InterfaceEndpoint, listed: Listed) -> Leaves:
        by_zone = {
            str(interface.subnet.availability_zone_id): str(interface.private_ip_address)
            for interface in each.interfaces.values()
        }
        addresses = [by_zone[zone] for zone in sorted(by_zone)]
        record = {
            "owner": OWNER,
            "service_id": each.service.id,
            "region": views.place_of(each)[1],
            "vpc_endpoint_id": each.id,
            "state": "available",
            "dns_names": [entry["DnsName"] for entry in each.dns_entries],
            "ports": [f"tcp/{p}" for p in sorted(self.oracle.ports(each.service.id, listed))],
        }
        if listed.access == "none":
            addresses.sort(key=ip_address)
            record["addresses_from"] = "dns"
        leaves = {
            f"{spot}/endpoint": ("String", json.dumps(record)),
            f"{spot}/ip": ("String", addresses[0]),
            f"{spot}/ips": ("StringList", ",".join(addresses)),
        }
        zones = sorted(by_zone) if listed.access == "role" else ()
        return leaves | {f"{spot}/az/{zone}/ip": ("String", by_zone[zone]) for zone in zones}


def _is_free(shelf: str, there: Leaves, leaves: Leaves, *, is_ours: bool) -> bool:
    """Whether a place may be published in: it is ours, or lacks its record and nothing else."""
    others = {name: leaf for name, leaf in leaves.items() if name != f"{shelf}/endpoint"}
    return is_ours or not there or there == others


def _says_the_same(
    name: str, expected: tuple[str, str] | None, actual: tuple[str, str] | None
) -> bool:
    if expected is None or actual is None or not name.endswith("/endpoint"):
        return expected == actual
    wanted, found = views.record_of(expected[1]), views.record_of(actual[1])
    return expected == actual or all(
        _steady(wanted[key]) == _steady(found.get(key)) for key in wanted
    )


def _steady(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, list) else value
