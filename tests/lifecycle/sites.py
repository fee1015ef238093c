"""VPCs of consumers, with the security groups and the foreign things that stand there."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from privatelink.ingress import OWNER_TAG, SERVICE_TAG
from privatelink.opting_in import OPT_IN_TAG, OPT_IN_VALUE
from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.privatelink.clients import in_process_client
from tests.lifecycle.views import Place

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient

ELSEWHERE: Final = "us-west-2"
OSAKA: Final = "222233334444"
NAGOYA: Final = "333344445555"
"""Has no role for us, as its entries say."""
SEATTLE: Final = "555566667777"
"""Has endpoints in two Regions."""
ANOTHER_STACK: Final = "999988887777/ap-northeast-1/privatelink-autopilot"


@dataclass(frozen=True)
class Site:
    """A VPC of an account in a Region, made when it is needed."""

    account_id: str
    region: str
    number: int = 0

    @property
    def place(self) -> Place:
        """The account and the Region."""
        return self.account_id, self.region

    @property
    def ec2(self) -> "EC2Client":
        """EC2 as the account sees it there."""
        return in_process_client("ec2", self.account_id, self.region)

    @property
    def ssm(self) -> "SSMClient":
        """Parameter Store as the account sees it there."""
        return in_process_client("ssm", self.account_id, self.region)

    @cached_property
    def vpc_id(self) -> str:
        """The VPC."""
        return self.ec2.create_vpc(CidrBlock=f"10.{self.number}.0.0/16")["Vpc"]["VpcId"]

    @cached_property
    def subnet_ids(self) -> list[str]:
        """A subnet in each of two zones."""
        zones = "ac" if self.region == REGION else "ab"
        return [
            self.ec2.create_subnet(
                VpcId=self.vpc_id,
                CidrBlock=f"10.{self.number}.{index}.0/24",
                AvailabilityZone=f"{self.region}{zone}",
            )["Subnet"]["SubnetId"]
            for index, zone in enumerate(zones)
        ]

    @cached_property
    def managed_id(self) -> str:
        """A group that is opted in, with rules of a person and of another stack on it."""
        group_id = self._group("managed")
        self.opt(group_id, OPT_IN_VALUE)
        self.add_foreign_rule(group_id, "10.99.0.0/16", 22)
        self.add_foreign_rule(group_id, "10.98.0.0/16", 443, owner=ANOTHER_STACK)
        return group_id

    @cached_property
    def plain_id(self) -> str:
        """A group that nobody opted in."""
        group_id = self._group("plain")
        self.add_foreign_rule(group_id, "10.97.0.0/16", 443)
        return group_id

    def group_ids(self, choice: int) -> list[str]:
        """Return the groups for a new endpoint; none means the VPC's default group."""
        return [[self.managed_id], [self.managed_id, self.plain_id], [self.plain_id], []][choice]

    def opt(self, group_id: str, value: str) -> None:
        """Opt a group in with the value `true`, or out with another."""
        self.ec2.create_tags(Resources=[group_id], Tags=[{"Key": OPT_IN_TAG, "Value": value}])

    def add_foreign_rule(self, group_id: str, cidr: str, port: int, owner: str = "") -> None:
        """Authorize a rule as a person does, or as another stack."""
        permission: Any = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        permission["IpRanges"] = [{"CidrIp": cidr, "Description": "not ours"}]
        tags = [{"Key": OWNER_TAG, "Value": owner}, {"Key": SERVICE_TAG, "Value": "vpce-svc-0"}]
        specification: Any = {"ResourceType": "security-group-rule", "Tags": tags}
        self.ec2.authorize_security_group_ingress(
            GroupId=group_id,
            IpPermissions=[permission],
            TagSpecifications=[specification] if owner else [],
        )

    def put_parameter(self, name: str, value: str) -> None:
        """Put a parameter as a person does."""
        self.ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def occupy(self, alias: str) -> None:
        """Have another stack publish in this VPC's place of a service."""
        leaf = json.dumps({"owner": ANOTHER_STACK, "service_id": "vpce-svc-0"})
        self.put_parameter(f"/privatelink/{alias}/{self.vpc_id}/endpoint", leaf)
        self.put_parameter(f"/privatelink/{alias}/{self.vpc_id}/ip", "10.0.0.99")

    def _group(self, name: str) -> str:
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc_id)[
            "GroupId"
        ]


def new_sites() -> tuple[Site, ...]:
    """Return the VPCs of a new world."""
    return (
        Site(CONSUMER, REGION, 0),
        Site(CONSUMER, REGION, 1),
        Site(OSAKA, REGION, 2),
        Site(SEATTLE, REGION, 3),
        Site(SEATTLE, ELSEWHERE, 4),
        Site(PROVIDER, REGION, 5),
        Site(STRANGER, REGION, 6),
        Site(NAGOYA, REGION, 7),
    )
