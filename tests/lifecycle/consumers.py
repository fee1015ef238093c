"""What consumers do: endpoints come, change and go, groups are opted in and out."""

from typing import Any

from botocore.exceptions import ClientError
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from sandbox.accounts import REGION
from tests.lifecycle import views
from tests.lifecycle.bus import ACCEPT, example
from tests.lifecycle.machine import Life, chosen
from tests.lifecycle.sites import Site

NUMBER = st.integers(0, 59)
"""Chooses one of whatever there is: sixty have many divisors."""
_MOST_ENDPOINTS = 8


class Consumers(Life):
    """Rules about endpoints and their surroundings."""

    @initialize(
        homes=st.lists(st.tuples(NUMBER, NUMBER), min_size=2, max_size=4),
        prompt=st.booleans(),
        page=st.sampled_from([1, 2, 1000, 1000]),
        managed=st.booleans(),
    )
    def settle_in(
        self, *, homes: list[tuple[int, int]], prompt: bool, page: int, managed: bool
    ) -> None:
        """Begin with endpoints here and there; most lives begin with what comes of that, too."""
        self.world.model.largest_page = page
        for entry in self.world.draft.services.values():
            entry.manage_principals = managed
        self.world.deploy()
        for service, site in homes:
            where = chosen(self.world.sites, site)
            self._create(self.a_service(service), where, where.group_ids(0), zones=2)
        self.world.sweep()
        if prompt:
            self.world.settle()

    @precondition(lambda self: len(self.endpoints) < _MOST_ENDPOINTS)
    @rule(
        service=NUMBER,
        site=NUMBER,
        groups=st.sampled_from([0, 0, 0, 0, 1, 2, 3]),
        both=st.booleans(),
    )
    def create_endpoint(self, *, service: int, site: int, groups: int, both: bool) -> None:
        where = chosen(self.world.sites, site)
        self._create(self.a_service(service), where, where.group_ids(groups), zones=1 + both)

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER)
    def delete_endpoint(self, number: int) -> None:
        each = self.an_endpoint(number)
        self.homes[each.id].ec2.delete_vpc_endpoints(VpcEndpointIds=[each.id])
        self._tell("endpoints_deleted_by_consumer")

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER)
    def recreate_endpoint(self, number: int) -> None:
        each = self.an_endpoint(number)
        where, service_id, groups = self.homes[each.id], each.service.id, each.security_group_ids
        where.ec2.delete_vpc_endpoints(VpcEndpointIds=[each.id])
        self._create(service_id, where, list(groups), zones=1)

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER)
    def move_between_subnets(self, number: int) -> None:
        each = self.an_endpoint(number)
        home = self.homes[each.id]
        first, second = home.subnet_ids
        if len(each.subnet_ids) == 1:
            change: dict[str, Any] = {
                "AddSubnetIds": [{first: second}.get(each.subnet_ids[0], first)]
            }
        else:
            change = {"RemoveSubnetIds": [first if number % 2 else second]}
        self._modify(each.id, **change)

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER, plain=st.booleans(), managed=st.booleans())
    def change_groups(self, *, number: int, plain: bool, managed: bool) -> None:
        each = self.an_endpoint(number)
        home = self.homes[each.id]
        wanted = [home.plain_id] * plain + [home.managed_id] * managed
        if wanted:
            self._modify(
                each.id,
                AddSecurityGroupIds=wanted,
                RemoveSecurityGroupIds=[i for i in each.security_group_ids if i not in wanted],
            )

    @precondition(lambda self: self.endpoints)
    @rule(number=NUMBER, value=st.sampled_from(["true", "true", "false"]), plain=st.booleans())
    def opt_group(self, *, number: int, value: str, plain: bool) -> None:
        home = self.homes[self.an_endpoint(number).id]
        home.opt(home.plain_id if plain else home.managed_id, value)

    def _create(self, service_id: str, where: Site, groups: list[str], zones: int) -> None:
        arguments: dict[str, Any] = {
            "VpcEndpointType": "Interface",
            "VpcId": where.vpc_id,
            "ServiceName": views.services()[service_id].service_name,
            "ServiceRegion": REGION,
            "SubnetIds": where.subnet_ids[:zones],
        }
        if groups:
            arguments["SecurityGroupIds"] = groups
        created = where.ec2.create_vpc_endpoint(**arguments)["VpcEndpoint"]
        self.homes[created["VpcEndpointId"]] = where
        # No two endpoints of a world are of the same age.
        self.world.clock.advance(seconds=1)

    def _modify(self, vpc_endpoint_id: str, **change: Any) -> None:  # noqa: ANN401 - of the API
        try:
            self.homes[vpc_endpoint_id].ec2.modify_vpc_endpoint(
                VpcEndpointId=vpc_endpoint_id, **change
            )
        except ClientError:
            return  # EC2 refuses what the state of the endpoint does not allow
        self._tell("endpoint_modified_by_consumer")

    def _tell(self, situation: str) -> None:
        """Forward what CloudTrail records; no id in it is one of this world, so all are meant."""
        self.world.bus.put(example(ACCEPT, situation))
