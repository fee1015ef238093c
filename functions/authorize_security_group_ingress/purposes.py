"""What the sessions in a consumer's account are for."""

from privatelink.gateways.claims import Share
from privatelink.ingress import endpoint_of
from privatelink.preflight import GroupPlan
from privatelink.session_policies import Purpose, to_read_rules, to_write_rules


def to_read(share: Share) -> Purpose:
    """Return the purpose of a session that looks at the rules of a consumer's endpoints."""
    return to_read_rules(share.service.service_id)


def to_write(share: Share, group: GroupPlan) -> Purpose:
    """Return the purpose of a session that brings one group to its plan."""
    return to_write_rules(
        share.service.service_id,
        (*group.authorize.values(), *map(endpoint_of, group.revoke)),
        group.group_id,
        authorizes=bool(group.authorize),
        revokes=bool(group.revoke),
    )
