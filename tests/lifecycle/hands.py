"""What people do by hand, in the provider's account and in the consumers'."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink import ConnectionState
from sandbox.privatelink.clients import in_process_client
from tests.lifecycle import foreign, views
from tests.lifecycle.consumers import NUMBER
from tests.lifecycle.machine import Life, chosen
from tests.lifecycle.principals import root_of
from tests.lifecycle.sites import OSAKA, SEATTLE, Site
from tests.lifecycle.views import Place, Rule

_STATES = st.sampled_from(
    [ConnectionState.FAILED, ConnectionState.EXPIRED, ConnectionState.PARTIAL]
)
_PRINCIPALS = (
    *map(root_of, (CONSUMER, OSAKA, SEATTLE, STRANGER)),
    *(f"arn:aws:iam::{account_id}:role/network" for account_id in (CONSUMER, STRANGER)),
)


class Hands(Life):
    """Rules about what nobody asked the stack for."""

    @precondition(lambda self: self.requests)
    @rule(number=NUMBER)
    def accept_by_hand(self, number: int) -> None:
        each = chosen(self.requests, number)
        in_process_client("ec2", PROVIDER, REGION).accept_vpc_endpoint_connections(
            ServiceId=each.service.id, VpcEndpointIds=[each.id]
        )

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER)
    def reject_by_hand(self, number: int) -> None:
        each = self.an_endpoint(number)
        in_process_client("ec2", PROVIDER, REGION).reject_vpc_endpoint_connections(
            ServiceId=each.service.id, VpcEndpointIds=[each.id]
        )

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER, state=_STATES)
    def put_in_state(self, number: int, state: ConnectionState) -> None:
        self.world.model.put_connection_in_state(self.an_endpoint(number).id, state)

    @precondition(lambda _: bool(views.notifications()))
    @rule(number=NUMBER, deleted=st.booleans())
    def spoil_notification(self, *, number: int, deleted: bool) -> None:
        ec2 = in_process_client("ec2", PROVIDER, REGION)
        notification_id = chosen(sorted(views.notifications()), number)
        if deleted:
            ec2.delete_vpc_endpoint_connection_notifications(
                ConnectionNotificationIds=[notification_id]
            )
        else:
            ec2.modify_vpc_endpoint_connection_notification(
                ConnectionNotificationId=notification_id, ConnectionEvents=["Accept"]
            )

    @rule(number=NUMBER, required=st.booleans())
    def switch_acceptance(self, *, number: int, required: bool) -> None:
        in_process_client("ec2", PROVIDER, REGION).modify_vpc_endpoint_service_configuration(
            ServiceId=self.a_service(number), AcceptanceRequired=required
        )

    @rule(number=NUMBER, principal=st.sampled_from(_PRINCIPALS), allowed=st.booleans())
    def change_principals(self, *, number: int, principal: str, allowed: bool) -> None:
        by_hand, service_id = self.world.watch.by_hand, self.a_service(number)
        if allowed:
            by_hand.allow(service_id, principal)
        else:
            by_hand.disallow(service_id, principal)

    @precondition(lambda self: self.our_rules)
    @rule(number=NUMBER)
    def delete_our_rule(self, number: int) -> None:
        _revoke(*chosen(self.our_rules, number))

    @precondition(lambda self: self.our_rules)
    @rule(number=NUMBER, octet=st.integers(0, 3))
    def edit_our_rule(self, number: int, octet: int) -> None:
        place, ours = chosen(self.our_rules, number)
        cidr, port = f"10.77.{octet}.0/24", 4000 + octet
        if any(r.ingress.cidr == cidr for r in views.our_rules(place)):
            return  # EC2 has no two rules that are the same
        edited: Any = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIpv4": cidr}
        in_process_client("ec2", *place).modify_security_group_rules(
            GroupId=ours.ingress.group_id,
            SecurityGroupRules=[{"SecurityGroupRuleId": ours.rule_id, "SecurityGroupRule": edited}],
        )

    @precondition(lambda self: self.our_rules)
    @rule(number=NUMBER)
    def take_over_our_rule(self, number: int) -> None:
        """Put a rule of a person's own in the place of ours: the same source, and no tag."""
        place, ours = chosen(self.our_rules, number)
        _revoke(place, ours)
        site = next(each for each in self.world.sites if each.place == place)
        site.add_foreign_rule(ours.ingress.group_id, ours.ingress.cidr, ours.ingress.port)

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER, cidr=st.sampled_from(["192.168.0.0/20", "172.16.0.0/20"]))
    def anticipate_a_rule(self, number: int, cidr: str) -> None:
        """Make a rule that may be wanted, or get wanted, before the stack does."""
        home = self.homes[self.an_endpoint(number).id]
        group = views.groups(home.place)[home.managed_id]
        if not any((r.ingress.cidr, r.ingress.port) == (cidr, 80) for r in views.rules(group)):
            home.add_foreign_rule(home.managed_id, cidr, 80)

    @precondition(lambda self: self.our_parameters)
    @rule(number=NUMBER, what=st.sampled_from(["delete", "change", "delete the record", "add"]))
    def meddle_with_parameters(self, number: int, what: str) -> None:
        place, name = chosen(self.our_parameters, number)
        ssm = in_process_client("ssm", *place)
        spot = name.rpartition("/az/")[0] or name.rpartition("/")[0]
        if what == "add":
            ssm.put_parameter(
                Name=f"{spot}/az/moon-az1/ip", Value="10.0.0.1", Type="String", Overwrite=True
            )
        elif what == "change":
            ssm.put_parameter(Name=name, Value="10.0.0.1", Overwrite=True)
        else:
            ssm.delete_parameter(Name=name if what == "delete" else f"{spot}/endpoint")

    @rule(number=NUMBER, what=st.sampled_from(["note", "occupy", "occupy the copy"]))
    def put_foreign_parameters(self, number: int, what: str) -> None:
        site: Site = chosen(self.world.sites, number)
        alias = self.world.aliases[self.a_service(number // 7)]
        if what == "note":
            site.put_parameter(f"/privatelink/{alias}/{site.vpc_id}/note", f"number {number}")
        elif what == "occupy":
            if not any(site.vpc_id in name for name in views.parameters(site.place)):
                site.occupy(alias)
        elif not any(site.vpc_id in name for name in views.parameters((PROVIDER, REGION))):
            home = Site(PROVIDER, REGION)
            home.put_parameter(
                f"/privatelink/{alias}/{site.account_id}/{site.vpc_id}/ip", "10.0.0.9"
            )

    @property
    def our_rules(self) -> list[tuple[Place, Rule]]:
        """The rules of the stack's, wherever they are."""
        return [(place, ours) for place in views.places() for ours in views.our_rules(place)]

    @property
    def our_parameters(self) -> list[tuple[Place, str]]:
        """The parameters of the stack's, wherever they are."""
        found = []
        for place in views.places():
            parameters = views.parameters(place)
            places = foreign.our_places(parameters)
            found += [
                (place, name)
                for name, stored in sorted(parameters.items())
                if foreign.is_ours(stored, places)
            ]
        return found


def _revoke(place: Place, ours: Rule) -> None:
    in_process_client("ec2", *place).revoke_security_group_ingress(
        GroupId=ours.ingress.group_id, SecurityGroupRuleIds=[ours.rule_id]
    )
