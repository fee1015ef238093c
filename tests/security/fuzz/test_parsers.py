"""Every parser, fed with what is nearly right, which a fuzzer takes long to come by."""

import json
from typing import Any, Final

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privatelink.hints import read_hint
from tests.security.figures import Figures
from tests.security.forged.events import BODIES, HOSTILE
from tests.security.fuzz.targets import TARGETS

_SERVICE: Final = "vpce-svc-0123456789abcdef0"
_SETTINGS: Final = settings(
    deadline=None,
    max_examples=250,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
_odd = st.sampled_from(HOSTILE) | st.none() | st.booleans() | st.integers() | st.floats()
_values = st.recursive(
    _odd | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


def nearly(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what is right; now and then anything."""
    return st.one_of(right, right, right, right, _values)


_consumers = st.fixed_dictionaries(
    {
        "account_id": nearly(st.from_regex(r"[0-9]{12}", fullmatch=True)),
        "source_cidrs": nearly(
            st.lists(nearly(st.ip_addresses().map(lambda ip: f"{ip}/{24}")), min_size=1, max_size=3)
        ),
    },
    optional={
        "alias": nearly(st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)),
        "access": nearly(st.sampled_from(["role", "none"])),
        "endpoints_max": nearly(st.integers(1, 9)),
        "regions": nearly(st.lists(nearly(st.just("eu-west-1")), min_size=1, max_size=2)),
        "ports": nearly(st.lists(nearly(st.just({"port": 80})), min_size=1, max_size=2)),
        "expires": nearly(st.dates().map(str)),
        "surplus": _values,
    },
)
_services = st.fixed_dictionaries(
    {"service_id": nearly(st.from_regex(r"vpce-svc-[0-9a-f]{17}", fullmatch=True))},
    optional={
        "consumers": nearly(st.lists(nearly(_consumers), max_size=3)),
        "unlisted": nearly(st.sampled_from(["hold", "reject"])),
        "hold_timeout": nearly(st.from_regex(r"[1-9][0-9]{0,4}[mhd]", fullmatch=True)),
        "max_withdrawals": nearly(st.integers(0, 9)),
        "manage_principals": nearly(st.booleans()),
        "mode": nearly(st.sampled_from(["enforce", "observe"])),
    },
)
_aliases = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True) | st.sampled_from(HOSTILE)
_documents = st.fixed_dictionaries(
    {"services": nearly(st.dictionaries(_aliases, nearly(_services), max_size=3))}
).map(lambda raw: yaml.safe_dump(raw).encode(errors="replace"))


@given(document=_documents | st.binary(max_size=200))
@settings(_SETTINGS)
def test_allowlists(figures: Figures, document: bytes) -> None:
    figures.add("parser inputs")
    TARGETS["allowlists"](document)


@given(body=BODIES)
@settings(_SETTINGS)
def test_messages(figures: Figures, body: str) -> None:
    figures.add("parser inputs")
    TARGETS["messages"](body.replace("{service}", _SERVICE).encode(errors="replace"))


@given(text=st.text(max_size=60) | st.sampled_from(HOSTILE), before=st.sampled_from("\n\té¿/: "))
@settings(_SETTINGS)
def test_notifications(figures: Figures, text: str, before: str) -> None:
    figures.add("parser inputs")
    TARGETS["notifications"](f"{text}{before}{_SERVICE}{text}".encode(errors="replace"))


_leaves = st.sampled_from(["endpoint", "ip", "ips", "az/apne1-az4/ip", "../x", "az/\u202e/ip"])
_records = nearly(
    st.fixed_dictionaries(
        {
            "owner": nearly(st.just("123456789012/ap-northeast-1/stack")),
            "service_id": nearly(st.just(_SERVICE)),
            "region": nearly(st.just("ap-northeast-1")),
            "dns_names": _values,
            "ports": _values,
            "vpc_endpoint_id": _values,
        }
    )
)


@given(
    there=st.lists(st.tuples(_leaves, _records.map(json.dumps) | st.text(max_size=9)), max_size=6)
)
@settings(_SETTINGS)
def test_parameters(figures: Figures, there: list[tuple[str, str]]) -> None:
    figures.add("parser inputs")
    lines = [line for leaf, value in there for line in (f"vpc-0123456789abcdef0/{leaf}", value)]
    TARGETS["parameters"]("\n".join(lines).encode(errors="replace"))


_keys = st.sampled_from(
    [
        "ENDPOINT#vpce-0123456789abcdef0",
        "PRINCIPAL#111122223333",
        "SERVICE##FINDING#x",
        "SERVICE#upkeep#WOULD",
        "CONSUMER#111122223333/ap-northeast-1#ingress#TRACE",
        "CONSUMER#111122223333/ap-northeast-1#ingress#FINDING#x",
        "2026-11-22T12:00:00+00:00#accept",
    ]
)
_times = nearly(st.datetimes(timezones=st.just(None) | st.timezones()).map(lambda t: t.isoformat()))
_items = st.fixed_dictionaries(
    {"sk": nearly(_keys)},
    optional={
        **dict.fromkeys(("at", "touched", "raised", "since"), _times),
        **dict.fromkeys(("holds", "would", "reason", "state", "service_name", "mode"), _values),
    },
)


@given(items=st.lists(_items, max_size=5))
@settings(_SETTINGS)
def test_records(figures: Figures, items: list[dict[str, Any]]) -> None:
    figures.add("parser inputs")
    TARGETS["records"](json.dumps(items).encode())


_wrapped = st.sampled_from(["CreateVpcEndpointResponse", "ModifyVpcEndpointResponse"])


@given(
    name=st.sampled_from(["CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"]),
    wrapper=_wrapped,
    sets=st.sampled_from(["", {"item": {"groupId": "sg-1"}}, [{"groupId": "sg-1"}]]),
    owner=st.sampled_from([11122223333, "011122223333", None]),
    more=_values,
)
@settings(_SETTINGS)
def test_a_cloudtrail_record_of_any_shape_names_the_service_that_stands_in_it(  # noqa: PLR0917 - the shapes of a record
    figures: Figures, name: str, wrapper: str, sets: object, owner: object, more: object
) -> None:
    figures.add("parser inputs")
    service_name = f"com.amazonaws.vpce.ap-northeast-1.{_SERVICE}"
    endpoint = {"serviceName": service_name, "groupSet": sets, "ownerId": owner, "more": more}
    detail = {"eventName": name, "responseElements": {wrapper: {"vpcEndpoint": endpoint}}}
    event = {"detail-type": "AWS API Call via CloudTrail", "detail": detail}
    hint = read_hint(json.dumps(event))
    assert hint is not None
    assert _SERVICE in hint.service_ids
    assert (hint.follow_up, hint.allowlist_changed) == (0, False)
