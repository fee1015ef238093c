"""Filters and pages, as the Describe operations of EC2 have them."""

import re
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidFilter, InvalidNextToken
from moto.ec2.responses import EC2Response

from sandbox.privatelink.models import behaviour_of

type Facts[Row] = Mapping[str, Callable[[Row], Collection[str]]]
"""Per filter name, the values of a row that the filter is compared with."""

TAG: Final = "tag:"


@dataclass(frozen=True)
class Filters[Row]:
    """The filters that an operation knows, and the error code with which it refuses another one."""

    facts: Facts[Row]
    tags: Callable[[Row], Mapping[str, str]] | None = None
    """Makes `tag:KEY` known as well."""
    refusal: str = "InvalidFilter"

    def __call__(self, rows: Iterable[Row], filters: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return the rows that match all filters, each of them with any of its values.

        A filter without a value, or with an empty one, restricts nothing.
        """
        wanted = [(self._fact(each["Name"]), _patterns(each)) for each in filters]
        return [
            row
            for row in rows
            if all(
                not patterns or any(p.fullmatch(value) for p in patterns for value in fact(row))
                for fact, patterns in wanted
            )
        ]

    def _fact(self, name: str) -> Callable[[Row], Collection[str]]:
        if name in self.facts:
            return self.facts[name]
        if self.tags is not None and name.startswith(TAG):
            tags, key = self.tags, name.removeprefix(TAG)
            return lambda row: [tags(row)[key]] if key in tags(row) else []
        raise InvalidFilter(name, self.refusal)


def _patterns(each: Mapping[str, Any]) -> list[re.Pattern[str]]:
    return [_pattern(value) for value in each.get("Values", []) if value]


def _pattern(value: str) -> re.Pattern[str]:
    r"""Compile a filter value: `*` any characters, `?` one, `\*` and `\?` themselves."""
    wildcards = {"*": ".*", "?": "."}
    parts = re.findall(r"\\[*?\\]|.", value, flags=re.DOTALL)
    return re.compile(
        "".join(wildcards.get(part, re.escape(part[-1])) for part in parts), flags=re.DOTALL
    )


@dataclass(frozen=True)
class Pages:
    """How large a page an operation gives; above `highest` it refuses, or gives `highest`."""

    lowest: int
    highest: int
    refuses_above: bool = False
    unlimited_by_default: bool = False

    def __call__[Row](
        self,
        rows: Sequence[Row],
        *,
        max_results: int | None,
        next_token: str | None,
        largest: int = sys.maxsize,
    ) -> tuple[list[Row], str | None]:
        """Return the page that is asked for and the token of the next one.

        The token is opaque and good only for the same request; no page exceeds `largest`. A size
        out of range is refused with InvalidParameterValue, an alien token with InvalidNextToken.
        """
        start = _offset(next_token) if next_token else 0
        end = start + min(self._size(max_results, len(rows)), int(largest))
        return list(rows[start:end]), _token(end) if end < len(rows) else None

    def _size(self, asked: int | None, count: int) -> int:
        if asked is None:
            return max(count, 1) if self.unlimited_by_default else self.highest
        if asked < self.lowest:
            raise _out_of_range(asked, f"greater than or equal to {self.lowest}")
        if asked > self.highest and self.refuses_above:
            raise _out_of_range(asked, f"less than or equal to {self.highest}")
        return min(asked, self.highest)


FIVE_TO_A_THOUSAND: Final = Pages(5, 1000)
"""The API reference of the endpoint service operations: 5 to 1000, above 1000 gives 1000."""

UP_TO_A_THOUSAND: Final = Pages(1, 1000)
"""DescribeVpcEndpoints names the upper bound only."""

STRICTLY_FIVE_TO_A_THOUSAND: Final = Pages(5, 1000, refuses_above=True, unlimited_by_default=True)
"""The older operations: out of range is an error, and no size means everything."""


def paged_answer(
    request: EC2Response, answer: ActionResult, pages: Pages, *, key: str
) -> ActionResult:
    """Return one page of an answer that has everything."""
    everything = answer.result
    assert isinstance(everything, dict), everything
    return paged(request, everything[key], pages, key=key)


def paged(request: EC2Response, rows: Sequence[object], pages: Pages, *, key: str) -> ActionResult:
    """Return an answer that carries one page of `rows` under `key`."""
    page, token = pages(
        rows,
        max_results=request.params.get("MaxResults"),
        next_token=request.params.get("NextToken"),
        largest=behaviour_of(request.ec2_backend).largest_page,
    )
    return ActionResult({key: page, "NextToken": token})


def _out_of_range(asked: int, expected: str) -> EC2ClientError:
    return EC2ClientError(
        "InvalidParameterValue",
        f"Value ( {asked} ) for parameter maxResults is invalid. Expecting a value {expected}.",
    )


def _token(offset: int) -> str:
    return urlsafe_b64encode(f"from {offset}".encode()).decode()


def _offset(token: str) -> int:
    try:
        word, offset = urlsafe_b64decode(token).decode().split(" ")
        start = int(offset)
    except ValueError as exc:
        raise InvalidNextToken(token) from exc
    if word != "from" or start < 1:
        raise InvalidNextToken(token)
    return start
