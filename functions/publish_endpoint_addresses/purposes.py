"""What the sessions in a consumer's account are for."""

from collections.abc import Iterable

from privatelink.gateways.claims import Share
from privatelink.model import Parameter
from privatelink.parameter_places import endpoint_id_of, place_of
from privatelink.publication import PublicationPlan
from privatelink.session_policies import Purpose, to_read_addresses, to_write_addresses
from publish_endpoint_addresses.shelves import Shelves


def to_read(shelves: Shelves) -> Purpose:
    """Return the purpose of a session that looks at endpoints and what is published of them."""
    service_id = shelves.share.service.service_id
    return to_read_addresses(service_id, shelves.consumers, shelves.prefix)


def to_write(share: Share, shelf: str, plan: PublicationPlan) -> Purpose:
    """Return the purpose of a session that brings one shelf to its plan."""
    names = (*(each.name for each in (*plan.create, *plan.overwrite)), *plan.delete)
    places = {place_of(shelf, name) for name in names}
    return to_write_addresses(
        share.service.service_id,
        _endpoint_ids(plan.claims[place] for place in places & plan.claims.keys()),
        shelf,
        puts=bool(plan.create or plan.overwrite),
        deletes=bool(plan.delete),
    )


def to_claim(share: Share, shelf: str, leaf: Parameter) -> Purpose:
    """Return the purpose of a session that puts the `endpoint` leaf of a place again."""
    return to_write_addresses(
        share.service.service_id, _endpoint_ids([leaf]), shelf, puts=True, deletes=False
    )


def _endpoint_ids(leaves: Iterable[Parameter]) -> Iterable[str]:
    return (str(endpoint_id_of({"endpoint": leaf})) for leaf in leaves)
