"""Has packets follow the control plane, as far as it is the consumer's endpoint and its groups."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sandbox.accounts import CONSUMER
from sandbox.lab.network import Network, Rule
from sandbox.walkthrough import Walkthrough

_EVERY_SECONDS = 0.2


@contextmanager
def following(walkthrough: Walkthrough, network: Network) -> Iterator[None]:
    """Do it for the length of the block; raise what has gone wrong at its end."""
    ended, failures = Event(), list[Exception]()

    def follow() -> None:
        try:
            while not ended.wait(_EVERY_SECONDS):
                network.admit(*_admitted(walkthrough))
        except Exception as failure:  # noqa: BLE001 - it is raised where the block ends
            failures.append(failure)

    thread = Thread(target=follow)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if failures:
        raise failures[0]


def _admitted(walkthrough: Walkthrough) -> tuple[set[str], set[Rule]]:
    """Return the addresses of available endpoints, and what their security groups let in."""
    ec2 = walkthrough.sandbox.client("ec2", CONSUMER)
    vpc_id = walkthrough.networks[CONSUMER]["VpcId"]
    endpoints = [
        endpoint
        for endpoint in ec2.describe_vpc_endpoints(
            Filters=[{"Name": "vpc-id", "Values": [vpc_id]}]
        )["VpcEndpoints"]
        if endpoint["State"].casefold() == "available"
    ]
    interfaces = [each for endpoint in endpoints for each in endpoint["NetworkInterfaceIds"]]
    groups = {group["GroupId"] for endpoint in endpoints for group in endpoint["Groups"]}
    if not interfaces:
        return set(), set()
    addresses = {
        row["PrivateIpAddress"]
        for row in ec2.describe_network_interfaces(NetworkInterfaceIds=interfaces)[
            "NetworkInterfaces"
        ]
    }
    rules = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": sorted(groups)}]
    )["SecurityGroupRules"]
    return addresses, {
        Rule(row["CidrIpv4"], row["IpProtocol"], row["FromPort"])
        for row in rules
        if not row["IsEgress"] and "CidrIpv4" in row
    }
