"""Small wrongs, done to the functions: each has to be caught.

Every mutant replaces attributes of the functions' modules and classes while it is in force.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import replace
from dataclasses import dataclass
from typing import Any, Final

import botocore.paginate
import pytest

from accept_endpoint_connections import upkeep
from authorize_security_group_ingress.use_case import AuthorizeSecurityGroupIngress
from privatelink import acceptance, choice, ingress, publication
from privatelink.allowlist import ConsumerEntry, ServiceEntry
from privatelink.gateways import endpoint_services
from privatelink.gateways.allowlists import DeployedAllowlist
from privatelink.gateways.inbound_rules import read_rule
from privatelink.gateways.ledger import Ledger
from privatelink.gateways.passes import Pass
from privatelink.gateways.security_groups import SecurityGroups
from privatelink.gateways.sessions import ConsumerSessions
from privatelink.model import (
    ConnectionState,
    Consumer,
    InterfaceEndpoint,
    Region,
    SecurityGroupRule,
)
from privatelink.principals import PrincipalsPlan, plan_principals
from publish_endpoint_addresses import use_case as publishing
from sandbox.accounts import REGION
from tests.lifecycle import scenarios
from tests.lifecycle.hardships import others_are_at_work
from tests.lifecycle.story import Scenario

type Attribute = tuple[object, str, object]


@dataclass(frozen=True)
class Mutant:
    """What is replaced, and the shortest life in which that is bound to show."""

    name: str
    attributes: Sequence[Attribute]
    scenario: Scenario

    def put_in_force(self, patch: pytest.MonkeyPatch) -> None:
        """Replace the attributes."""
        for owner, name, replacement in self.attributes:
            # A mutant of something that is not there any more would be caught for nothing.
            patch.setattr(owner, name, replacement, raising=True)


def _always(answer: object) -> Callable[..., object]:
    return lambda *_, **__: answer


def _whose_tags_soever() -> Attribute:
    def all_rules(self: Any, _: object) -> tuple[SecurityGroupRule, ...]:  # noqa: ANN401 - a gateway's inside
        pages = self._ec2.get_paginator("describe_security_group_rules").paginate()
        rows = [row for page in pages for row in page["SecurityGroupRules"]]
        return tuple(read_rule(row) for row in rows if not row["IsEgress"])

    return SecurityGroups, "describe_rules_with_tags", all_rules


def _first_page_only() -> Attribute:
    original = botocore.paginate.PageIterator.__iter__

    def pages(self: Any) -> Iterable[Any]:  # noqa: ANN401 - botocore's
        yield next(iter(original(self)))

    return botocore.paginate.PageIterator, "__iter__", pages


def _authorizing_last() -> Sequence[Attribute]:
    converge = AuthorizeSecurityGroupIngress.__call__
    authorize = SecurityGroups.authorize_security_group_ingress
    later: list[Callable[[], object]] = []

    def note(self: SecurityGroups, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on
        later.append(lambda: authorize(self, *arguments, **named))

    def converge_then_authorize(self: AuthorizeSecurityGroupIngress, request: Any) -> None:  # noqa: ANN401 - handed on
        converge(self, request)
        while later:
            later.pop()()

    return (
        (SecurityGroups, "authorize_security_group_ingress", note),
        (AuthorizeSecurityGroupIngress, "__call__", converge_then_authorize),
    )


def _pending_is_available() -> Attribute:
    choose = choice.choose_endpoints

    def choose_too_early(endpoints: Iterable[InterfaceEndpoint], interfaces: Any) -> Any:  # noqa: ANN401 - handed on
        early = (
            replace(each, state=ConnectionState.AVAILABLE)
            if each.state is ConnectionState.PENDING
            else each
            for each in endpoints
        )
        return choose(early, interfaces)

    return publishing, "choose_endpoints", choose_too_early


def _first_allowlist_for_good() -> Sequence[Attribute]:
    get = DeployedAllowlist.get
    first: list[Any] = []

    def get_once(self: DeployedAllowlist, **named: Any) -> Any:  # noqa: ANN401 - handed on
        if not first:
            first.append(get(self, **named))
        return first[0]

    return (
        (DeployedAllowlist, "get", get_once),
        (DeployedAllowlist, "at_version", lambda self, _: get_once(self)),
    )


def _anybody_is_the_first() -> Attribute:
    find = ServiceEntry.consumer

    def find_anybody(self: ServiceEntry, account_id: Any) -> ConsumerEntry | None:  # noqa: ANN401 - handed on
        return find(self, account_id) or next(iter(self.consumers), None)

    return ServiceEntry, "consumer", find_anybody


def _all_principals_are_ours() -> Attribute:
    plan = plan_principals

    def take_all(entry: ServiceEntry, **named: Any) -> PrincipalsPlan:  # noqa: ANN401 - handed on
        ours = dict.fromkeys(named["allowed"], named["now"])
        return plan(entry, **(named | {"ours": ours}))

    return upkeep, "plan_principals", take_all


def _no_principal_goes() -> Attribute:
    plan = plan_principals

    def keep(entry: ServiceEntry, **named: Any) -> PrincipalsPlan:  # noqa: ANN401 - handed on
        return replace(plan(entry, **named), remove=())

    return upkeep, "plan_principals", keep


def _home_for_all() -> Sequence[Attribute]:
    def at_home(method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, consumer, purpose: method(
            self, Consumer(account_id=consumer.account_id, region=Region(REGION)), purpose
        )

    return [
        (ConsumerSessions, name, at_home(getattr(ConsumerSessions, name)))
        for name in ("ec2", "ssm")
    ]


_PRINCIPALS: Final = scenarios.principals_are_managed
MUTANTS: Final = (
    Mutant(
        "dropped tag filter",
        [_whose_tags_soever(), (ingress, "is_ours", _always(answer=True))],
        scenarios.sources_are_edited,
    ),
    Mutant("a skipped page", [_first_page_only()], scenarios.more_ask_than_a_page_holds),
    Mutant(
        "ignored Unsuccessful",
        [(endpoint_services, "_raise_refused", _always(answer=None))],
        scenarios.decisions_are_refused,
    ),
    Mutant("revoke before authorize", _authorizing_last(), scenarios.sources_are_edited),
    Mutant("put for pending", [_pending_is_available()], scenarios.a_connection_takes_its_time),
    Mutant(
        "adds only",
        [(SecurityGroups, "revoke_security_group_ingress", _always(answer=None))],
        scenarios.a_consumer_leaves,
    ),
    Mutant(
        "breaker ignored",
        [(acceptance, "_within_the_breaker", lambda decisions, *_: tuple(decisions))],
        scenarios.more_would_be_lost_than_may_be,
    ),
    Mutant(
        "breaker forgotten",
        [(Pass, "tripped_at", None)],
        scenarios.some_leave_while_the_breaker_is_open,
    ),
    Mutant("people's principals removed", [_all_principals_are_ours()], _PRINCIPALS),
    Mutant("principals added only", [_no_principal_goes()], _PRINCIPALS),
    Mutant("Region of the consumer ignored", _home_for_all(), scenarios.there_are_two_regions),
    Mutant(
        "Region of the entry ignored",
        [(ConsumerEntry, "allows_region", _always(answer=True))],
        scenarios.a_region_is_not_allowed,
    ),
    Mutant(
        "no trace before the first write",
        [(Ledger, "leave_trace", _always(answer=None))],
        scenarios.a_removed_connection_is_forgotten,
    ),
    Mutant(
        "foreign parameter overwritten",
        [(publication, "is_ours", _always(answer=True))],
        scenarios.a_place_is_occupied,
    ),
    Mutant(
        "default group touched",
        [(ingress, "is_opted_in", lambda group: group is not None)],
        scenarios.groups_are_not_for_us,
    ),
    Mutant("stale allowlist decides", _first_allowlist_for_good(), scenarios.an_entry_is_removed),
    Mutant(
        "a place left without a name",
        [(publishing.PublishEndpointAddresses, "_keep_owned", _always(answer=None))],
        others_are_at_work,
    ),
    Mutant("unknown owner accepted", [_anybody_is_the_first()], scenarios.strangers_ask),
    Mutant(
        "expiry ignored",
        [(ConsumerEntry, "has_expired", _always(answer=False))],
        scenarios.an_entry_expires,
    ),
    Mutant(
        "removed service forgotten",
        [(Ledger, "read_tracked_services", _always(answer={}))],
        scenarios.a_service_is_removed,
    ),
)

NAMED_BY_THE_PEERS: Final = MUTANTS[:5]
"""Defects that projects like this one have had: random lives find them, too."""
