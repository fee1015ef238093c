"""Events and messages as an attacker would make them up, in Hypothesis's terms.

Ids of the estate are written as `{service}` and so on, and are filled in when it is there.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from privatelink.event_names import CONVERGENCE, FOLLOW_UP, NOTIFICATION, SWEEP
from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from tests.security.forged.estate import Estate

HOSTILE: Final = (
    "",
    "../../secret",
    "/privatelink/../x",
    "web/../../other",
    "%2e%2e%2f",
    "$(id)",
    "{{resolve:ssm:/x}}",
    "'; DROP TABLE ledger; --",
    "line\nline",
    '\r\n{"level":"INFO"}',
    "\x1b[31mred\x1b[0m\x07",
    "\x00",
    "\u202egnp.exe",
    "\u2028\u2029\u0085",
    "\ud800",
    "\U0001f512",
    "*",
    "A" * 5_000,
)
"""Traversal, injection, line ends, control and terminal characters, bidi, half a surrogate pair."""

_HINTS: Final = (
    NOTIFICATION,
    SWEEP,
    FOLLOW_UP,
    "AWS API Call via CloudTrail",
    "On Deployment Baking",
    "On Deployment Complete",
    "On Deployment Rolled Back",
)
_KINDS: Final = (
    *_HINTS,
    CONVERGENCE,
    "Endpoint Connection Accepted",
    "Endpoint Connection Rejected",
    "Finding Raised",
)
_IDS: Final = (
    "{service}",
    "{other}",
    "{served}",
    "{waiting}",
    "{strangers}",
    "vpce-svc-0000000000000000f",
)
_ODD: Final = 3
_hostile = st.sampled_from(HOSTILE)


def _mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Choose the usual four times out of five: who forges an event wants it to be read."""
    return st.integers(1, 5).flatmap(lambda number: odd if number == _ODD else usual)


_counts = st.sampled_from([-1, 0, 1, 2, 46, 47, 10**6, 10**400, True, None, "1", 1.5, float("inf")])
_accounts = _mostly(st.sampled_from([CONSUMER, STRANGER, PROVIDER, "000000000000"]), _hostile)
_regions = _mostly(st.sampled_from([REGION, "eu-west-1", "us-gov-west-1"]), _hostile)
_versions = _mostly(st.sampled_from(["{version}", "ffffffffffff", "0123456789ab"]), _hostile)
_times: st.SearchStrategy[Any] = st.sampled_from(
    [
        "2026-11-22T12:00:00+00:00",
        "2000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999999+00:00",
        "9999-12-31T23:59:59-12:00",
        "2026-11-22T12:00:00",
        "2026-11-22T12:00:00+99:99",
        1795348800,
        10**400,
        None,
        True,
        [],
        {},
    ]
)
_scalars = _hostile | _counts | st.sampled_from(_IDS) | st.text(max_size=20)
_details = st.fixed_dictionaries(
    {},
    optional={
        "service_id": _mostly(st.sampled_from(_IDS), _hostile),
        "service_ids": _mostly(
            st.lists(_mostly(st.sampled_from(_IDS), _hostile), max_size=4), _scalars
        ),
        "account_id": _accounts,
        "region": _regions,
        "allowlist_version": _versions,
        "leaving": _mostly(st.booleans(), _scalars),
        "requested": _mostly(_times, _scalars),
        "follow_up": _counts,
        "eventName": _mostly(
            st.sampled_from(["CreateVpcEndpoint", "DeleteVpcEndpoints"]),
            _hostile | st.dictionaries(_hostile, _hostile, max_size=1),
        ),
        "eventSource": st.sampled_from(["ec2.amazonaws.com", "iam.amazonaws.com"]),
        "requestParameters": st.recursive(
            _scalars,
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(_hostile, inner, max_size=3)
            ),
            max_leaves=6,
        ),
        "state": st.just("available"),
        "vpc_endpoint_ids": st.lists(st.sampled_from(_IDS), max_size=3),
        "vpc_endpoint_owner": st.just(CONSUMER),
    },
)
_well_formed_requests = st.fixed_dictionaries(
    {
        "service_id": _mostly(st.just("{service}"), st.sampled_from(_IDS)),
        "account_id": st.sampled_from([CONSUMER, CONSUMER, STRANGER, PROVIDER, "000000000000"]),
        "region": st.sampled_from([REGION, REGION, REGION, "eu-west-1", "us-west-2"]),
        "allowlist_version": st.sampled_from(["{version}", "ffffffffffff"]),
        "leaving": st.booleans(),
    },
    optional={"requested": _mostly(_times, _hostile)},
)


def _event(kind: object, detail: object, origin: tuple[str, str, str]) -> dict[str, Any]:
    source, account, region = origin
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467004",
        "detail-type": kind,
        "source": source,
        "account": account,
        "region": region,
        "time": "2026-11-22T12:00:00Z",
        "resources": [],
        "detail": detail,
    }


_origins = st.tuples(
    _mostly(st.sampled_from(["privatelink-autopilot", "aws.ec2", "aws.appconfig"]), _hostile),
    _accounts,
    _regions,
)
_odd_events = st.builds(
    _event,
    _mostly(st.sampled_from(_KINDS), _hostile | st.none()),
    _mostly(_details, _scalars),
    _origins,
)
_hints = st.builds(
    _event,
    st.sampled_from(_HINTS),
    st.fixed_dictionaries(
        {
            "service_ids": st.lists(st.sampled_from(_IDS), max_size=3),
            "follow_up": st.sampled_from([1, 2, 46, 47, 10**6]),
            "eventName": st.sampled_from(["CreateVpcEndpoint", "DeleteVpcEndpoints"]),
        },
        optional={"vpc_endpoint_owner": st.just(CONSUMER), "state": st.just("available")},
    ),
    _origins,
)
_requests = st.builds(_event, st.just(CONVERGENCE), _well_formed_requests, _origins)
_wrecks = st.sampled_from(
    [
        "[" * 200_000,
        '{"detail":' * 50_000,
        '{"detail-type": "x", "detail": {"a": ' + "9" * 5_000 + "}}",
        '{"detail-type": "Endpoint Connection Notification", "detail": {"x": "'
        + "é" * 250_000
        + '"}}',
        '{"detail-type": "Endpoint Connection Notification", "detail": {"x": '
        + "[" * 5_000
        + "]" * 5_000
        + "}}",
        '{"detail-type": "a", "detail-type": "Endpoint Connection Sweep Requested", "detail": {}}',
        "null",
        "NaN",
        '"\\ud800"',
        "\ufeff{}",
    ]
)
_noise = st.one_of(_odd_events.map(json.dumps), _wrecks, _hostile)
BODIES: Final = _mostly((_hints | _requests).map(json.dumps), _noise)
"""Bodies of messages: most of them whole events, some of them wrecks."""


def _to(functions: Sequence[str], events: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    bodies = st.lists(_mostly(events.map(json.dumps), BODIES), min_size=1, max_size=6)
    return st.tuples(st.sampled_from(functions), bodies)


BATCHES: Final = st.lists(
    _to(["accept"], _hints) | _to(["authorize", "publish"], _requests), min_size=1, max_size=5
)
"""Batches of bodies, each with the function whose queue they are in."""


def filled_in(body: str, estate: Estate) -> str:
    """Return a body with the ids of an estate."""
    for name, value in estate.names.items():
        body = body.replace(f"{{{name}}}", value)
    return body
