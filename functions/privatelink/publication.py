"""Plans the parameters that publish the addresses of a consumer's endpoints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from privatelink.choice import Choice
from privatelink.findings import Finding, FindingKind
from privatelink.model import Parameter, ParameterName
from privatelink.parameter_places import (
    PlaceId,
    Publisher,
    clash,
    differs,
    endpoint_id_of,
    endpoint_leaf_last,
    has_our_type,
    is_abandoned,
    is_claimed,
    is_endpoint_leaf,
    is_ours,
    leaves_of,
    owner_of,
    place_of,
    sort_into_places,
)

# https://docs.aws.amazon.com/general/latest/gr/ssm.html and the reference of PutParameter, whose
# limit of 1011 characters includes the ARN that precedes the name.
_VALUE_LENGTH: Final = 4096
_NAME_LENGTH: Final = 1011 - len("arn:aws-us-gov:ssm:ap-southeast-99:123456789012:parameter")
_PARAMETERS: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class PublicationPlan:
    """Parameters to create, to overwrite and to delete on one shelf; what is amiss.

    The order counts: a place is claimed by its `endpoint` leaf first and given up by it last, so
    that an interrupted pass never leaves parameters that nobody owns.
    """

    create: tuple[Parameter, ...]
    overwrite: tuple[Parameter, ...]
    delete: tuple[ParameterName, ...]
    published: frozenset[PlaceId]
    """Places whose published address is new or has changed."""
    withdrawn: frozenset[PlaceId]
    findings: tuple[Finding, ...]
    claims: Mapping[PlaceId, Parameter]
    """The `endpoint` leaf of each place that is written to: what it is, or was, ours by."""
    blocked: frozenset[PlaceId]
    """Places that are another stack's, or nobody's, and that ours are wanted in."""
    ours: frozenset[ParameterName]
    """Parameters of ours as they are before the plan is applied."""
    leaves_nothing: bool
    """Whether no parameter of ours is wanted, or left once the plan has been applied."""

    @property
    def holds(self) -> frozenset[ParameterName]:
        """What of ours is there, or is about to be."""
        return self.ours | {parameter.name for parameter in self.create}

    @property
    def leaves(self) -> frozenset[ParameterName]:
        """What of ours is there once the plan has been applied."""
        return self.holds - frozenset(self.delete)

    @property
    def writes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.create or self.overwrite or self.delete)


def plan_publication(
    shelf: str,
    choice: Choice,
    current: Iterable[Parameter],
    publisher: Publisher,
    *,
    is_listed: bool = True,
) -> PublicationPlan:
    """Compare the parameters that should be on a shelf with those that are.

    A place without an `endpoint` leaf of this stack, service and Region is another's: nothing is
    put there or taken away, and a finding says so where one of our endpoints needs it. So does one
    about a parameter of another type than ours. Where it is not known what is true, and for an
    account that is not listed, nothing is put; what an endpoint that is still there has, stays.
    What does not fit into Parameter Store is not put at all.
    """
    places = sort_into_places(shelf, current)
    ours = {place: leaves for place, leaves in places.items() if is_ours(leaves, publisher)}
    wanted = choice.published.keys() if is_listed else frozenset[PlaceId]()
    wished = {
        place: leaves_of(f"{shelf}/{place}", choice.published[place], publisher) for place in wanted
    }
    unfit = _unfit(shelf, wished, sum(map(len, places.values())), ours)
    uncertain = choice.undecided | (choice.published.keys() - wanted) | unfit.keys()
    kept = {
        place
        for place, leaves in ours.items()
        if (choice.is_blind or place in uncertain) and endpoint_id_of(leaves) in choice.live
    }
    taken = {
        place
        for place, leaves in wished.items()
        if place in places
        and place not in ours
        and not is_abandoned(places[place], {leaf.name: leaf for leaf in leaves})
    }
    desired = {
        leaf.name: leaf for place in sorted(wanted - taken - unfit.keys()) for leaf in wished[place]
    }
    found = [
        leaf
        for place, leaves in places.items()
        if (place in ours and place not in kept) or (place in wanted - taken - unfit.keys())
        for leaf in leaves.values()
    ]
    existing = {leaf.name: leaf for leaf in found if has_our_type(leaf)}
    mistyped = {leaf.name for leaf in found if not has_our_type(leaf)} & desired.keys()
    changed = {
        name
        for name in desired.keys() & existing.keys()
        if differs(desired[name], existing[name], publisher)
    }
    missing = desired.keys() - existing.keys() - mistyped
    clashes = taken | {place_of(shelf, name) for name in mistyped}
    return PublicationPlan(
        create=tuple(desired[name] for name in desired if name in missing),
        overwrite=tuple(desired[name] for name in desired if name in changed),
        delete=tuple(sorted(existing.keys() - desired.keys(), key=endpoint_leaf_last)),
        published=frozenset(
            place_of(shelf, name) for name in missing | changed if not is_endpoint_leaf(name)
        ),
        withdrawn=frozenset(place_of(shelf, name) for name in existing.keys() - desired.keys())
        - (wanted - unfit.keys()),
        findings=(
            *(clash(f"{shelf}/{place}", places[place]) for place in sorted(clashes)),
            *unfit.values(),
        ),
        claims={
            place_of(shelf, leaf.name): leaf
            for leaf in (*existing.values(), *desired.values())
            if is_endpoint_leaf(leaf.name)
        },
        blocked=frozenset(
            place for place in taken if owner_of(places[place]) != str(publisher.owner)
        ),
        ours=frozenset(
            leaf.name for each in ours.values() for leaf in each.values() if has_our_type(leaf)
        )
        | (desired.keys() & existing.keys()),
        leaves_nothing=not desired and not kept,
    )


def _unfit(
    shelf: str,
    wished: Mapping[PlaceId, Sequence[Parameter]],
    there: int,
    ours: Mapping[PlaceId, object],
) -> Mapping[PlaceId, Finding]:
    """Say of which places something is too long, or too much beside what is there already."""
    found = {}
    for place, leaves in sorted(wished.items()):
        too_long = {
            f"{what} of {leaf.name[-100:]}": f"{length} characters, of at most {most}"
            for leaf in leaves
            for what, length, most in (
                ("name", len(leaf.name), _NAME_LENGTH),
                ("value", len(leaf.value), _VALUE_LENGTH),
            )
            if length > most
        }
        count = there + (0 if place in ours else len(leaves))
        if count > _PARAMETERS and place not in ours:
            too_long = {"parameters": f"{there} there, {len(leaves)} to add, at most {_PARAMETERS}"}
        if too_long:
            found[place] = Finding(
                kind=FindingKind.PARAMETER_QUOTA, subject=f"{shelf}/{place}", evidence=too_long
            )
        else:
            there = count
    return found


def ownerless(
    shelf: str, plan: PublicationPlan, current: Iterable[Parameter]
) -> Sequence[Parameter]:
    """Return the `endpoint` leaves that are missing once a plan has been applied.

    While one function puts a place, another may give it up: what is left would be nobody's.
    """
    places = sort_into_places(shelf, current)
    return [
        claim
        for place, claim in sorted(plan.claims.items())
        if any(map(has_our_type, places.get(place, {}).values())) and not is_claimed(places[place])
    ]


def no_room(shelf: str, answer: str) -> Finding:
    """Say that Parameter Store itself refused more parameters."""
    return Finding(kind=FindingKind.PARAMETER_QUOTA, subject=shelf, evidence={"answer": answer})
