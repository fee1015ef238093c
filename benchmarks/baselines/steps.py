"""What is done about one connection, one call after another: the same in every baseline.

It is written as a good blog post would write it: clients are made once, a role is assumed in the
consumer's account, and what is there already is no error.
"""

from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks.simulation.estate import SOURCE
from sandbox.accounts import REGION

CONFIG: Final = Config(retries={"mode": "standard"})
"""botocore's standard retries: three attempts in all."""
_PORT: Final = 443
_ROLE: Final = "endpoint-automation"


def client(service: str, region: str = REGION, **keys: str) -> Any:  # noqa: ANN401 - any client of boto3
    """Return a client of boto3."""
    make: Any = boto3.client  # the stubs know the clients of literal names only
    return make(service, region_name=region, config=CONFIG, **keys)


def accept(service_id: str, vpc_endpoint_id: str) -> None:
    """Accept one connection."""
    answer = client("ec2").accept_vpc_endpoint_connections(
        ServiceId=service_id, VpcEndpointIds=[vpc_endpoint_id]
    )
    if answer["Unsuccessful"]:
        raise RuntimeError(answer["Unsuccessful"])


def open_and_publish(account_id: str, region: str, vpc_endpoint_id: str) -> None:
    """Open the endpoint's security groups, and put its address into Parameter Store."""
    keys = _keys(account_id)
    ec2 = client("ec2", region, **keys)
    (endpoint,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[vpc_endpoint_id])["VpcEndpoints"]
    for group in endpoint["Groups"]:
        _authorize(ec2, group["GroupId"])
    (interface,) = ec2.describe_network_interfaces(
        NetworkInterfaceIds=endpoint["NetworkInterfaceIds"][:1]
    )["NetworkInterfaces"]
    client("ssm", region, **keys).put_parameter(
        Name=f"/privatelink/service-0/{endpoint['VpcId']}/ip",
        Value=interface["PrivateIpAddress"],
        Type="String",
        Overwrite=True,
    )


def _authorize(ec2: Any, group_id: str) -> None:  # noqa: ANN401 - a client of boto3
    permission = {"IpProtocol": "tcp", "FromPort": _PORT, "ToPort": _PORT}
    try:
        ec2.authorize_security_group_ingress(
            GroupId=group_id, IpPermissions=[{**permission, "IpRanges": [{"CidrIp": SOURCE}]}]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.Duplicate":
            raise


def _keys(account_id: str) -> dict[str, str]:
    credentials = client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account_id}:role/{_ROLE}", RoleSessionName="endpoints"
    )["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }
