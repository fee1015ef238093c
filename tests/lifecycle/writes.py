"""What each write call may do, checked against what is true when it is made."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses, ip_network
from typing import Final

from privatelink.ingress import ENDPOINT_TAG, OWNER_TAG, SERVICE_TAG
from sandbox.in_process.wire import Call
from tests.lifecycle import foreign, views
from tests.lifecycle.oracle import LIVE, Oracle, Standing
from tests.lifecycle.principals import ByHand, wanted_by
from tests.lifecycle.views import OWNER, Ingress, Place

type Problems = Iterator[str]


@dataclass(frozen=True)
class Writes:
    """Checks calls by every reading of the allowlist that may be in force."""

    oracles: Sequence[Oracle]
    cut: dict[str, set[str]]
    """The live endpoints of each service that this invocation has cut."""
    tripped: Mapping[str, int]
    """The services whose breaker is tripped for sure, and at what number."""
    by_hand: ByHand
    is_misled: bool
    """Whether EC2 has told the function something that is not true."""

    def problems(self, call: Call) -> Problems:
        """Yield what is wrong with a call."""
        check = CHECKED.get(call.operation)
        if check is not None:
            yield from check(self, call)

    def accept(self, call: Call) -> Problems:
        """Nobody is accepted whom no entry lets in."""
        service_id = call.params["ServiceId"]
        yield from self._observed(service_id, call)
        for endpoint_id in call.params["VpcEndpointIds"]:
            each = views.endpoint(endpoint_id)
            if each is not None and not any(oracle.admits(each) for oracle in self.oracles):
                yield f"{each.id} of {views.place_of(each)} is accepted, and no entry admits it"

    def reject(self, call: Call) -> Problems:
        """No listed consumer is cut, and not more of the others than may be."""
        service_id = call.params["ServiceId"]
        yield from self._observed(service_id, call)
        if self.is_misled:
            return
        cut = self.cut.setdefault(service_id, set())
        for endpoint_id in call.params["VpcEndpointIds"]:
            each = views.endpoint(endpoint_id)
            if each is not None and each.state in LIVE:
                if all(oracle.valid(service_id, each.owner_id) for oracle in self.oracles):
                    yield f"{each.id} of {each.owner_id}, who is listed, is cut"
                if not any(each.id in oracle.uninvited(service_id) for oracle in self.oracles):
                    cut.add(each.id)
        most = max(oracle.entry(service_id).max_withdrawals for oracle in self.oracles)
        if len(cut) > most:
            yield f"{len(cut)} connections of {service_id} are cut at once, {most} may be"
        if cut and service_id in self.tripped:
            yield f"{cut} are cut, and nobody has reset the breaker of {service_id}"

    def permit(self, call: Call) -> Problems:
        """Roots of listed accounts are allowed, and only what the stack allowed is taken back."""
        service_id = call.params["ServiceId"]
        yield from self._observed(service_id, call)
        wanted = [wanted_by(oracle, service_id) for oracle in self.oracles]
        for principal in call.params.get("AddAllowedPrincipals", ()):
            if not any(principal in each for each in wanted):
                yield f"{principal} is allowed for {service_id}, and no entry asks for it"
            if not views.is_on_record(service_id, principal):
                yield f"{principal} is allowed for {service_id}, and is not on record"
        for principal in call.params.get("RemoveAllowedPrincipals", ()):
            if all(principal in each for each in wanted):
                yield f"{principal} of {service_id}, which stays listed, is allowed no more"
            if principal in self.by_hand.of(service_id) and not self.is_misled:
                yield f"{principal} of {service_id}, which a person allowed, is allowed no more"

    def authorize(self, call: Call) -> Problems:
        """Rules are made on groups that are opted in, for sources that are listed, and signed."""
        place = (call.account_id, call.region)
        tags = {t["Key"]: t["Value"] for t in call.params["TagSpecifications"][0]["Tags"]}
        service_id = tags.get(SERVICE_TAG, "")
        yield from self._observed(service_id, call)
        yield from self._untraced(service_id, place, "ingress")
        if tags.get(OWNER_TAG) != OWNER or ENDPOINT_TAG not in tags:
            yield f"a rule is signed {tags}"
        group = views.groups(place).get(call.params["GroupId"])
        if group and not views.is_opted_in(group) and not self.is_misled:
            yield f"a rule is made on {group.id}, {group.name}, which is not opted in"
        for ingress in _requested(call):
            wanted = [oracle.wanted(place, Standing.ENFORCED) for oracle in self.oracles]
            if not self.is_misled and not any(ingress in each for each in wanted):
                yield f"{ingress} is made, and nothing wants it"

    def revoke(self, call: Call) -> Problems:
        """Rules are revoked by id, only ours, and no source that stays listed is cut."""
        place = (call.account_id, call.region)
        group = views.groups(place).get(call.params["GroupId"])
        ids = call.params.get("SecurityGroupRuleIds", ())
        if not ids:
            yield "rules are revoked by what they permit"
        if group is None or self.is_misled:
            return
        before = views.rules(group)
        after = [rule.ingress for rule in before if rule.rule_id not in ids]
        for oracle in self.oracles[:1]:
            for wanted in oracle.wanted(place, Standing.ENFORCED, Standing.OBSERVED):
                if wanted.group_id == group.id:
                    yield from _cut(wanted, [rule.ingress for rule in before], after)

    def put(self, call: Call) -> Problems:
        """What is put is true: the endpoint is available, and the place is ours or free."""
        match = foreign.LEAF.fullmatch(call.params["Name"])
        if match is None:
            yield f"{call.params['Name']} is put"
            return
        place, leaf, value = match["place"], match["leaf"], call.params["Value"]
        parameters = views.parameters((call.account_id, call.region))
        taken = [name for name in parameters if name.startswith(f"{place}/")]
        is_ours = place in foreign.our_places(parameters)
        publishes = any(foreign.LEAF.fullmatch(name) for name in taken)
        if leaf != "endpoint" and publishes and not is_ours and not self.is_misled:
            yield f"{call.params['Name']} is put in a place that is not ours"
        if leaf == "endpoint":
            yield from self._untrue_record(value)
        elif not self.is_misled and not _is_address_of_an_available_endpoint(place, value):
            yield f"{call.params['Name']} says {value}, where nothing is available"

    def _untrue_record(self, value: str) -> Problems:
        record = json.loads(value)
        each = views.endpoint(record["vpc_endpoint_id"])
        if each is None or (each.state != "available" and not self.is_misled):
            yield f"{record} is put, and the endpoint is {each and each.state}"
        if each is not None:
            yield from self._untraced(each.service.id, views.place_of(each), "addresses")

    def _untraced(self, service_id: str, place: Place, part: str) -> Problems:
        key = f"CONSUMER#{place[0]}/{place[1]}#{part}#TRACE"
        if (f"SERVICE#{service_id}", key) not in views.ledger():
            yield f"something is made in {place} for {service_id} without a trace of it"

    def _observed(self, service_id: str, call: Call) -> Problems:
        standings = {oracle.standing(service_id) for oracle in self.oracles}
        if not standings & {Standing.ENFORCED, Standing.REMOVED}:
            yield f"{call.operation} for {service_id}, which is {standings}"


CHECKED: Final[Mapping[str, Callable[[Writes, Call], Problems]]] = {
    "AcceptVpcEndpointConnections": Writes.accept,
    "RejectVpcEndpointConnections": Writes.reject,
    "ModifyVpcEndpointServicePermissions": Writes.permit,
    "AuthorizeSecurityGroupIngress": Writes.authorize,
    "RevokeSecurityGroupIngress": Writes.revoke,
    "PutParameter": Writes.put,
}


def _requested(call: Call) -> Iterator[Ingress]:
    for permission in call.params["IpPermissions"]:
        for source in (*permission.get("IpRanges", ()), *permission.get("Ipv6Ranges", ())):
            cidr = source.get("CidrIp") or source["CidrIpv6"]
            yield Ingress(
                call.params["GroupId"], permission["IpProtocol"], permission["FromPort"], cidr
            )


def _cut(wanted: Ingress, before: Sequence[Ingress], after: Sequence[Ingress]) -> Problems:
    """Yield the parts of a wanted source that are let in before and not after."""
    source = IPv4Network(wanted.cidr)
    left = list(collapse_addresses(_networks(wanted, after)))
    for network in _networks(wanted, before):
        if network.overlaps(source):
            part = network if network.subnet_of(source) else source
            if not any(part.subnet_of(each) for each in left):
                yield f"{part} of {wanted}, which stays listed, is cut"


def _networks(wanted: Ingress, rules: Sequence[Ingress]) -> Iterator[IPv4Network]:
    for each in rules:
        if (each.protocol, each.port) == (wanted.protocol, wanted.port) and "/" in each.cidr:
            network = ip_network(each.cidr)
            if isinstance(network, IPv4Network):
                yield network


def _is_address_of_an_available_endpoint(place: str, value: str) -> bool:
    name = place.rpartition("/")[2]
    return any(
        set(value.split(",")) <= set(each.addresses.values())
        for service_id in views.services()
        for each in views.endpoints(service_id)
        if name in {each.vpc_id, each.id} and each.state == "available"
    )
