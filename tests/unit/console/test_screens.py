from datetime import timedelta

import pytest

from console.screens.listing import Listing
from console.screens.times import age, when, when_ago
from tests.unit.builders import NOW
from tests.unit.console.sights import shown

ROWS = [("vpce-1", "2 d", "a sentence that is longer than thirty characters")]


def listing(*rows: tuple[str, ...]) -> Listing:
    return Listing("Endpoints", ("id", "age", "why"), rows, flexible=["why"], right=["age"])


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=400), "400 d"),
    ],
)
def test_an_age_is_written_in_its_largest_unit(span: timedelta, said: str) -> None:
    assert age(span) == said


def test_a_time_is_written_in_utc_with_its_age() -> None:
    assert when(NOW) == "2026-11-22 12:00:00 UTC"
    assert when_ago(NOW - timedelta(hours=3), NOW) == "2026-11-22 09:00:00 UTC, 3 h ago"


def test_rows_are_a_table_where_it_fits() -> None:
    assert shown(listing(*ROWS), 80).splitlines() == [
        "Endpoints",
        "  ID         AGE  WHY",
        "  vpce-1     2 d  a sentence that is longer than thirty characters",
    ]


def test_a_flexible_column_is_wrapped() -> None:
    assert shown(listing(*ROWS), 50).splitlines()[2:] == [
        "  vpce-1     2 d  a sentence that is longer than",
        "                  thirty characters",
    ]


def test_rows_are_blocks_where_a_table_does_not_fit() -> None:
    assert shown(listing(*ROWS, ("vpce-2", "", "")), 40).splitlines() == [
        "Endpoints",
        "  vpce-1",
        "    age: 2 d",
        "    why: a sentence that is longer than",
        "    thirty characters",
        "  vpce-2",
    ]


def test_no_rows_are_said_to_be_none() -> None:
    assert shown(listing()).splitlines() == ["Endpoints", "  none"]
