import json
import os
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.sandbox_events.account import Account, Inbox, unique
from tests.integration.sandbox_events.templates import CONSUMER_EXAMPLE, PROVIDER_EXAMPLE

RECORDED = "RECORDED_AWS_DATA"
CALLS = {"source": ["aws.ec2"], "detail-type": ["AWS API Call via CloudTrail"]}

Json = dict[str, Any]


class Network:
    """A consumer's VPC, and a provider's service that it may ask for."""

    def __init__(self, provider: Account, consumer: Account) -> None:
        service = provider.deploy(
            unique("provider"), PROVIDER_EXAMPLE, ConsumerAccountIds=consumer.id
        )
        self.service_name = service["ServiceName"]
        self.ids = consumer.deploy(unique("consumer"), CONSUMER_EXAMPLE)
        self.ec2 = consumer.client("ec2")

    def create_endpoint(self, **changed: Any) -> Json:  # noqa: ANN401 - of the API
        parameters = {
            "VpcEndpointType": "Interface",
            "VpcId": self.ids["VpcId"],
            "ServiceName": self.service_name,
            "SubnetIds": [self.ids["SubnetId"]],
            "SecurityGroupIds": [self.ids["SecurityGroupId"]],
            "PrivateDnsEnabled": False,
        }
        answer: Json = self.ec2.create_vpc_endpoint(**parameters | changed)
        return dict(answer["VpcEndpoint"])


@pytest.fixture
def network(provider: Account, consumer: Account) -> Network:
    return Network(provider, consumer)


@pytest.fixture
def inbox(consumer: Account) -> Inbox:
    return consumer.inbox(CALLS)


def test_a_created_endpoint_is_told_in_the_words_of_ec2s_xml(
    network: Network, inbox: Inbox, consumer: Account
) -> None:
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "web"}]}]

    created = network.create_endpoint(TagSpecifications=tags)

    event = inbox.one()
    detail = event["detail"]
    assert event["source"] == "aws.ec2"
    assert event["account"] == detail["recipientAccountId"] == consumer.id
    assert (detail["eventSource"], detail["eventName"]) == (
        "ec2.amazonaws.com",
        "CreateVpcEndpoint",
    )
    assert "errorCode" not in detail
    assert detail["requestParameters"]["CreateVpcEndpointRequest"] == {
        "VpcEndpointType": "Interface",
        "VpcId": network.ids["VpcId"],
        "ServiceName": network.service_name,
        "SubnetId": {"content": network.ids["SubnetId"], "tag": 1},
        "SecurityGroupId": {"content": network.ids["SecurityGroupId"], "tag": 1},
        "PrivateDnsEnabled": False,
        "TagSpecification": {
            "ResourceType": "vpc-endpoint",
            "Tag": {"Key": "Name", "Value": "web", "tag": 1},
            "tag": 1,
        },
    }
    endpoint = detail["responseElements"]["CreateVpcEndpointResponse"]["vpcEndpoint"]
    assert endpoint["vpcEndpointId"] == created["VpcEndpointId"]
    assert endpoint["state"] == "pendingAcceptance"
    assert endpoint["ownerId"] == int(consumer.id)
    assert endpoint["privateDnsEnabled"] is False
    assert endpoint["routeTableIdSet"] == ""
    assert endpoint["subnetIdSet"] == {"item": network.ids["SubnetId"]}
    assert endpoint["groupSet"]["item"]["groupId"] == network.ids["SecurityGroupId"]
    assert len(endpoint["dnsEntrySet"]["item"]) == len(created["DnsEntries"])


def test_changing_and_deleting_endpoints_is_told(network: Network, inbox: Inbox) -> None:
    first, second = (network.create_endpoint()["VpcEndpointId"] for _ in range(2))
    group = network.ids["SecurityGroupId"]
    network.ec2.modify_vpc_endpoint(VpcEndpointId=first, AddSecurityGroupIds=[group])
    network.ec2.delete_vpc_endpoints(VpcEndpointIds=[first, second])

    details = [event["detail"] for event in inbox.some(4)]

    assert [detail["eventName"] for detail in details] == [
        "CreateVpcEndpoint",
        "CreateVpcEndpoint",
        "ModifyVpcEndpoint",
        "DeleteVpcEndpoints",
    ]
    assert details[2]["requestParameters"]["ModifyVpcEndpointRequest"] == {
        "VpcEndpointId": first,
        "AddSecurityGroupId": {"content": group, "tag": 1},
    }
    assert details[3]["requestParameters"]["DeleteVpcEndpointsRequest"] == {
        "VpcEndpointId": [{"content": first, "tag": 1}, {"content": second, "tag": 2}]
    }
    created = details[0]["responseElements"]["CreateVpcEndpointResponse"]["vpcEndpoint"]
    assert created["tagSet"] == ""
    answer = details[3]["responseElements"]["DeleteVpcEndpointsResponse"]
    assert answer["unsuccessful"] == ""


def test_a_refused_call_is_told_with_its_error(network: Network, inbox: Inbox) -> None:
    with pytest.raises(ClientError) as refused:
        network.create_endpoint(ServiceName=network.service_name[:-1] + "z")

    detail = inbox.one()["detail"]
    assert detail["errorCode"] == f"Client.{refused.value.response['Error']['Code']}"
    assert detail["errorMessage"] == refused.value.response["Error"]["Message"]
    assert detail["responseElements"] is None


def test_nobody_else_hears_of_it_and_other_calls_are_not_told(
    network: Network, inbox: Inbox, provider: Account
) -> None:
    elsewhere = provider.inbox(CALLS)

    network.ec2.describe_vpc_endpoints()
    network.create_endpoint()

    assert inbox.one()["detail"]["eventName"] == "CreateVpcEndpoint"
    assert elsewhere.waiting() == []


@pytest.mark.skipif(RECORDED not in os.environ, reason=f"{RECORDED} names no folder")
def test_the_event_has_the_shape_of_a_recorded_one(network: Network, inbox: Inbox) -> None:
    folder = Path(os.environ[RECORDED])
    recorded = json.loads((folder / "cloudtrail.create_vpc_endpoint.json").read_text())
    envelope = json.loads(
        (folder / "eventbridge_cloudtrail.delete_tgw_attachment.json").read_text()
    )
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "web"}]}]

    network.create_endpoint(TagSpecifications=tags, IpAddressType="ipv4")

    event = inbox.one()
    # Left over by whoever recorded it, and what only the console's calls have.
    assert envelope.keys() - event.keys() == {"debug"}
    assert envelope["detail"].keys() - event["detail"].keys() == {"sessionCredentialFromConsole"}
    for part in ("requestParameters", "responseElements"):
        told, expected = event["detail"][part], recorded[part]
        # Options of DNS, which the sandbox's endpoints do not have.
        assert missing(told, expected) <= {"DnsOptions", "dnsOptions"}
        assert not differing(told, expected)


def missing(told: Json, expected: Json) -> set[str]:
    """Return the names that only the expected tree has."""
    absent = set(expected) - set(told)
    for name in expected.keys() & told.keys():
        if isinstance(told[name], dict) and isinstance(expected[name], dict):
            absent |= missing(told[name], expected[name])
    return absent


def differing(told: Json, expected: Json) -> set[str]:
    """Return the names whose values are of another type; an empty set is like a filled one."""
    found = set()
    for name in expected.keys() & told.keys():
        ours, theirs = told[name], expected[name]
        if isinstance(ours, dict) and isinstance(theirs, dict):
            found |= differing(ours, theirs)
        elif type(ours) is not type(theirs) and "" not in (ours, theirs):
            found.add(name)
    return found
