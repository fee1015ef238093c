"""The largest allowlist fits into AppConfig, and no amount of it takes out of proportion long."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from benchmarks.worst_case import CONSUMERS, allowlist_of
from privatelink.allowlist import Allowlist, ServiceEntry
from privatelink.allowlist_document import MAX_BYTES, decode
from privatelink.allowlist_mistakes import contradictions
from privatelink.allowlist_values import Cidr
from privatelink.errors import InvalidAllowlistError
from privatelink.model import AccountId, ServiceId
from tests.unit.builders import consumer_entry


def test_five_thousand_consumers_with_every_key_are_within_appconfigs_limit() -> None:
    document = allowlist_of(CONSUMERS)
    assert CONSUMERS >= 5000
    assert len(document) <= MAX_BYTES
    (service,) = decode(document).services.values()
    assert len(service.consumers) == CONSUMERS


@pytest.mark.parametrize(("services", "consumers"), [(2, CONSUMERS // 2), (3700, 1)])
def test_it_makes_no_difference_how_many_services_the_consumers_are_of(
    services: int, consumers: int
) -> None:
    document = allowlist_of(consumers, services=services)
    assert len(document) <= MAX_BYTES
    assert [len(service.consumers) for service in decode(document).services.values()] == (
        [consumers] * services
    )


def test_the_worst_case_has_every_key() -> None:
    (service,) = decode(allowlist_of(1)).services.values()
    (consumer,) = service.consumers
    for entry in (service, consumer):
        values = [getattr(entry, key) for key in entry.__struct_fields__]
        assert None not in values
        assert UNSET not in values


def calls(of: Callable[[], object]) -> int:
    """Return how many calls of Python and C functions are made: a time that is always the same."""
    count = 0

    def tally(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(tally)
    try:
        of()
    finally:
        sys.setprofile(before)
    return count


def refuse(document: bytes) -> None:
    with pytest.raises(InvalidAllowlistError):
        decode(document)


@pytest.mark.parametrize(
    ("correct", "wrong", "read"),
    [
        (b"", b"", decode),
        (b"alias: sddc", b"alias: SDDC", refuse),
        (b"alias: sddc", b"name: sddc", refuse),
        (b"access: role", b"access: role\n        access: role", refuse),
        (b"access: role", b"source_cidrs: [10.0.0.0/33]", refuse),
    ],
)
def test_ten_times_as_many_consumers_are_ten_times_the_work(
    correct: bytes, wrong: bytes, read: Callable[[bytes], object]
) -> None:
    few, many = (allowlist_of(number).replace(correct, wrong) for number in (50, 500))
    assert calls(lambda: read(many)) < 12 * calls(lambda: read(few))


def test_a_long_text_is_no_cidr_without_being_read() -> None:
    def refuse_cidr(text: str) -> None:
        with pytest.raises(ValueError, match=r"^$"):
            Cidr(text)

    longest = "2001:0db8:0000:0000:0000:0000:255.255.255.255/128"
    assert Cidr(longest) == "2001:db8::ffff:ffff/128"
    refuse_cidr("x")  # what is done but once is not counted
    assert calls(lambda: refuse_cidr("1:" * 1000 + "/8")) <= calls(lambda: refuse_cidr("x"))


def shared(key: str, text: str, consumers: int) -> bytes:
    """Return an allowlist whose consumers share what the first of them has."""
    entries = "".join(
        f"      - {{account_id: '{number:012}', source_cidrs: [10.0.0.0/8], {key}: *shared}}\n"
        for number in range(consumers)
    )
    first = f"      - {{account_id: '999999999999', source_cidrs: [10.0.0.0/8], {key}: {text}}}\n"
    head = "services:\n  web:\n    service_id: vpce-svc-01234567\n    consumers:\n"
    return (head + first + entries).encode()


@pytest.mark.parametrize("long", ["aa" + "-a" * 10_000, "1:" * 10_000 + "/8"])
@pytest.mark.parametrize("key", ["alias", "access", "regions", "expires"])
def test_a_long_text_is_not_read_for_each_alias_of_it(key: str, long: str) -> None:
    text = f'&shared "{long}"' if key != "regions" else f'&shared ["{long}"]'
    with pytest.raises(InvalidAllowlistError) as caught:
        decode(shared(key, text, 1000))
    (problem,) = caught.value.problems
    assert problem.expected == "at most 100000 that aliases stand for"


def test_many_consumers_may_share_what_is_written_once() -> None:
    regions = "&shared [eu-west-1, eu-west-2, eu-west-3, eu-north-1, eu-south-1]"
    (service,) = decode(shared("regions", regions, CONSUMERS)).services.values()
    assert len(service.consumers) == CONSUMERS + 1


class Compared(str):
    """Text that counts how often it is compared."""

    __slots__ = ()
    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


@pytest.fixture(autouse=True)
def _not_compared() -> None:
    Compared.times = 0


MANY = 1000
ACCOUNTS = [AccountId(Compared(f"{number:012}")) for number in range(MANY)]
SERVICES = [ServiceId(Compared(f"vpce-svc-{number:08x}")) for number in range(MANY)]


def test_equal_accounts_and_services_are_found_without_comparing_each_with_each() -> None:
    consumers = [{"account_id": account, "source_cidrs": []} for account in ACCOUNTS]
    services = {f"s{n}": {"service_id": service} for n, service in enumerate(SERVICES)}
    raw = {"services": {**services, "web": {"service_id": "other", "consumers": consumers}}}
    assert not list(contradictions(raw))
    assert Compared.times < 10 * MANY


def test_a_consumer_is_found_without_comparing_it_with_all() -> None:
    entry = ServiceEntry(
        service_id="vpce-svc-01234567",
        consumers=tuple(replace(consumer_entry(), account_id=account) for account in ACCOUNTS),
    )
    for account in ACCOUNTS:
        assert entry.consumer(AccountId(Compared(account))) is not None
    assert Compared.times < 10 * MANY


def test_a_service_is_found_without_comparing_it_with_all() -> None:
    allowlist = Allowlist(
        version="1",
        services={service: ServiceEntry(service_id=service) for service in SERVICES},
    )
    for service in SERVICES:
        assert allowlist.service(ServiceId(Compared(service))) is not None
    assert Compared.times < 10 * MANY
