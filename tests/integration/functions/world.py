"""A provider with the stack's resources, and consumers, in process: what the handlers work on."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import boto3
from botocore.awsrequest import AWSResponse

from accept_endpoint_connections import app as accept_app
from authorize_security_group_ingress import app as ingress_app
from notify_people import app as notify_app
from privatelink.batches import BatchResponse, in_turn
from privatelink.errors import AllowlistError
from privatelink.event_names import CONVERGENCE
from privatelink.opting_in import OPT_IN_TAG
from publish_endpoint_addresses import app as publish_app
from relay_connection_notifications import app as relay_app
from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.in_process.equipping import equip
from sandbox.in_process.invoking import Context
from sandbox.privatelink import PrivateLink
from sandbox.privatelink.clients import in_process_client
from tests.contract.stack import allowed, function
from tests.integration.functions.harness import (
    batch,
    failed,
    http_response,
    received,
    respond,
)
from tests.integration.functions.narrowed import Narrowed
from tests.integration.privatelink_model.parties import Party, Provider
from validate_allowlist import app as validate_app

EVENTS: Final = Path(__file__).parents[3] / "events"
AT_REST: Final[dict[str, object]] = {"crew": in_turn, "_sleep": lambda _: None}
"""What the functions are equipped with, so that the same happens each time, and nobody waits."""
_WRITES: Final = ("Accept", "Authorize", "BatchWrite", "Create", "Delete", "Modify", "Put", "Re")
_MESSAGES: Final = ("PutEvents",)
# IAM calls some services otherwise than the SDK does.
_PREFIXES: Final = {"elbv2": "elasticloadbalancing", "appconfigdata": "appconfig"}
_NOT_FOUND: Final = {"x-amzn-ErrorType": "ResourceNotFoundException"}
_ENTERING: Final = ("authorize_security_group_ingress", "publish_endpoint_addresses")

ALLOWLIST: Final = """
services:
  web:
    service_id: {service_id}
    consumers:
      - account_id: "{consumer}"
        alias: sddc-tokyo
        source_cidrs: [192.168.0.0/20]
"""


@dataclass
class World:
    """The provider's account with an endpoint service and the stack, and its consumers'."""

    privatelink: PrivateLink
    allowlist: str | None = None
    narrowed: Narrowed = field(default_factory=Narrowed)
    calls: list[str] = field(default_factory=list)
    """The operations that the functions have called, in order."""
    equipment: dict[str, object] = field(default_factory=AT_REST.copy)
    _sent: list[dict[str, Any]] = field(default_factory=list)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _ahead: timedelta = timedelta(0)
    _at_work: str = ""
    _performed: set[tuple[str, str]] = field(default_factory=set)
    provider: Provider = field(init=False)
    consumer: Party = field(init=False)
    stranger: Party = field(init=False)
    session: boto3.Session = field(init=False)
    """What the functions take their clients from."""

    def __post_init__(self) -> None:
        self.provider, self.consumer, self.stranger = Provider(), Party(CONSUMER), Party(STRANGER)
        self.listen(80, "TCP")
        self.service_id, self.service_name = self.provider.service("*")
        self.group_id = self.opted_in_group(self.consumer)
        self.connect_sddc(self.consumer)
        self.allowlist = ALLOWLIST.format(service_id=self.service_id, consumer=CONSUMER)
        sqs = in_process_client("sqs", PROVIDER, REGION)
        events = in_process_client("events", PROVIDER, REGION)
        self.follow_up_url = sqs.create_queue(QueueName="follow-ups")["QueueUrl"]
        self._events_url = sqs.create_queue(QueueName="events")["QueueUrl"]
        events.create_event_bus(Name="bus")
        pattern = json.dumps({"source": ["privatelink-autopilot"]})
        events.put_rule(Name="all", EventBusName="bus", EventPattern=pattern)
        queue_arn = f"arn:aws:sqs:{REGION}:{PROVIDER}:events"
        events.put_targets(Rule="all", EventBusName="bus", Targets=[{"Id": "1", "Arn": queue_arn}])
        in_process_client("dynamodb", PROVIDER, REGION).create_table(
            TableName="ledger",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that template.yaml gives the functions."""
        return {
            "OWNER": f"{PROVIDER}/{REGION}/privatelink-autopilot",
            "ALLOWLIST_APPLICATION": "app",
            "ALLOWLIST_ENVIRONMENT": "live",
            "ALLOWLIST_PROFILE": "allowlist",
            "EVENT_BUS_NAME": "bus",
            "LEDGER_TABLE": "ledger",
            "MODE": "enforce",
            "FOLLOW_UP_QUEUE_URL": self.follow_up_url,
            "NOTIFICATION_TOPIC_ARN": f"arn:aws:sns:{REGION}:{PROVIDER}:topic",
            "CONSUMER_ROLE_NAME": "privatelink-autopilot-consumer",
            "CONSUMER_EXTERNAL_ID": "an-external-id-of-tests",
            "PARAMETER_PREFIX": "/privatelink",
            "ATTENTION_TOPIC_ARN": f"arn:aws:sns:{REGION}:{PROVIDER}:attention",
        }

    def listen(self, port: int, protocol: str) -> None:
        """Add a listener to the provider's load balancer."""
        elbv2 = in_process_client("elbv2", PROVIDER, REGION)
        protocols: Any = protocol
        (target_group,) = elbv2.create_target_group(
            Name=f"targets-{port}",
            Protocol=protocols,
            Port=port,
            VpcId=self.provider.vpc_id,
            TargetType="ip",
        )["TargetGroups"]
        elbv2.register_targets(
            TargetGroupArn=target_group["TargetGroupArn"], Targets=[{"Id": "192.168.15.241"}]
        )
        elbv2.create_listener(
            LoadBalancerArn=self.provider.load_balancer_arn,
            Port=port,
            Protocol=protocols,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group["TargetGroupArn"]}],
        )

    def connect_sddc(self, party: Party, cidr: str = "192.168.0.0/16") -> None:
        """Route a network of an SDDC to a party's VPC, as VMware Cloud on AWS does."""
        interface = party.ec2.create_network_interface(
            SubnetId=party.subnet_ids[0], Description="VMware VMC Interface 1"
        )["NetworkInterface"]
        (table,) = party.ec2.describe_route_tables(
            Filters=[{"Name": "vpc-id", "Values": [party.vpc_id]}]
        )["RouteTables"]
        party.ec2.create_route(
            RouteTableId=table["RouteTableId"],
            DestinationCidrBlock=cidr,
            NetworkInterfaceId=interface["NetworkInterfaceId"],
        )

    def opted_in_group(self, party: Party, name: str = "endpoints") -> str:
        """Create a security group that is opted in."""
        group_id = party.group(name)
        party.ec2.create_tags(Resources=[group_id], Tags=[{"Key": OPT_IN_TAG, "Value": "true"}])
        return group_id

    def request(self, party: Party | None = None, **more: object) -> str:
        """Have the consumer, or another party, create an endpoint in one subnet."""
        party = party or self.consumer
        arguments: dict[str, object] = {
            "SubnetIds": party.subnet_ids[:1],
            "SecurityGroupIds": [self.group_id] if party is self.consumer else [],
        }
        return party.request(self.service_name, **(arguments | more))

    def connect(self, party: Party | None = None, **more: object) -> str:
        """Have an endpoint created and accepted."""
        endpoint_id = self.request(party, **more)
        self.provider.accept(self.service_id, endpoint_id)
        return endpoint_id

    def event(self, path: Path) -> dict[str, Any]:
        """Return an event file, about this world's service."""
        text = path.read_text().replace("vpce-svc-0123456789abcdef0", self.service_id)
        event: dict[str, Any] = json.loads(text)
        return event

    def accept(self, *bodies: object, receives: int = 1) -> BatchResponse:
        """Hand messages to AcceptEndpointConnections; without any, a sweep."""
        path = EVENTS / "accept_endpoint_connections" / "scheduled_sweep.json"
        return self._respond(accept_app, *(bodies or [self.event(path)]), receives=receives)

    def authorize(self, *bodies: object) -> BatchResponse:
        """Hand requests to AuthorizeSecurityGroupIngress; without any, one about the consumer."""
        return self._respond(ingress_app, *(bodies or [self.convergence()]))

    def publish(self, *bodies: object) -> BatchResponse:
        """Hand requests to PublishEndpointAddresses; without any, one about the consumer."""
        return self._respond(publish_app, *(bodies or [self.convergence()]))

    def validate(self, document: str | None = None) -> str:
        """Have a document validated, or what is deployed; return why it is refused, if it is."""
        path = EVENTS / "validate_allowlist" / "valid_document.json"
        content = b64encode((document or str(self.allowlist)).encode()).decode()
        try:
            with self._working(validate_app):
                validate_app.lambda_handler(self.event(path) | {"content": content}, Context())
        except AllowlistError as refusal:
            return str(refusal)
        return ""

    def later(self, **time: float) -> None:
        """Have the functions' clock be further ahead of the machine's; the model's stands still."""
        self._ahead += timedelta(**time)

    def now(self) -> datetime:
        """Return the time of the functions' clock."""
        return datetime.now(UTC) + self._ahead

    def _respond(self, app: ModuleType, *bodies: object, receives: int = 1) -> BatchResponse:
        with self._working(app):
            return respond(app.lambda_handler, batch(*bodies, receives=receives))

    @contextmanager
    def _working(self, app: ModuleType) -> Iterator[None]:
        equip(app.use_case(), {**self.equipment, "clock": self.now})
        package, self._at_work = self._at_work, app.__name__.partition(".")[0]
        try:
            yield
        finally:
            # A race has another function at work within this one.
            self._at_work = package

    def beyond_the_templates(self) -> set[tuple[str, str]]:
        """Return the actions that functions performed and no role of theirs allows."""
        return {
            (package, action)
            for package, action in self._performed
            if action not in _allowed_to(package)
        }

    def relay(self, event: Mapping[str, Any]) -> None:
        """Hand an SNS event to RelayConnectionNotifications."""
        relay_app.lambda_handler(event, Context())

    def notify(self, event: Mapping[str, Any]) -> None:
        """Hand an event to NotifyPeople."""
        with self._working(notify_app):
            notify_app.lambda_handler(event, Context())

    def convergence(self, account_id: str = CONSUMER) -> dict[str, Any]:
        """Return a convergence request about a consumer of this world's service, made now."""
        path = EVENTS / "authorize_security_group_ingress" / "convergence_requested.json"
        event = self.event(path)
        requested = self.now().isoformat()
        event["detail"] |= {"account_id": account_id, "requested": requested}
        return event

    def published_events(self, detail_type: str) -> list[dict[str, Any]]:
        """Return the details of the events of a type on the bus since they were last asked for."""
        self._events += (json.loads(message["Body"]) for message in received(self._events_url))
        found = [event for event in self._events if event["detail-type"] == detail_type]
        self._events = [event for event in self._events if event["detail-type"] != detail_type]
        return [event["detail"] for event in found]

    def edit(self, pattern: str, replacement: str) -> None:
        """Change the allowlist; the next sweep reads it."""
        assert self.allowlist is not None
        self.allowlist, count = re.subn(pattern, replacement, self.allowlist)
        assert count, f"{pattern} is not in the allowlist"

    def sweep(self) -> list[str]:
        """Have everything looked at and converged; return the ids of messages that failed."""
        path = EVENTS / "accept_endpoint_connections" / "allowlist_deployed.json"
        responses = [self.accept(self.event(path))]
        requests = [
            {"detail-type": CONVERGENCE, "detail": detail}
            for detail in self.published_events(CONVERGENCE)
        ]
        if requests:
            responses += [self.authorize(*requests), self.publish(*requests)]
        return [message_id for response in responses for message_id in failed(response)]

    def follow_ups(self) -> list[tuple[int, dict[str, Any]]]:
        """Return delay and body of the follow-ups that were sent since this was last asked."""
        sent, self._sent = self._sent, []
        return [(message["DelaySeconds"], json.loads(message["MessageBody"])) for message in sent]

    def follow_ups_received(self) -> int:
        """Return how many follow-ups the queue has, those still delayed included."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
        counts = in_process_client("sqs", PROVIDER, REGION).get_queue_attributes(
            QueueUrl=self.follow_up_url, AttributeNames=names
        )["Attributes"]
        return sum(map(int, counts.values()))

    def ingress(self, group_id: str = "", party: Party | None = None) -> list[str]:
        """Return the inbound rules of a group, as in `192.168.0.0/20 tcp/80`."""
        rules = (party or self.consumer).ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [group_id or self.group_id]}]
        )["SecurityGroupRules"]
        return sorted(
            f"{r.get('CidrIpv4') or r.get('CidrIpv6') or r['PrefixListId']}"
            f" {r['IpProtocol']}/{r['FromPort']}"
            for r in rules
            if not r["IsEgress"]
        )

    def parameters(self, account_id: str = CONSUMER) -> dict[str, str]:
        """Return the parameters under our path in an account."""
        pages = in_process_client("ssm", account_id, REGION).get_paginator("get_parameters_by_path")
        return {
            row["Name"]: row["Value"]
            for page in pages.paginate(Path="/privatelink", Recursive=True)
            for row in page["Parameters"]
        }

    def put_parameter(self, account_id: str, name: str, value: str) -> None:
        """Put a parameter as a person does."""
        in_process_client("ssm", account_id, REGION).put_parameter(
            Name=name, Value=value, Type="String", Overwrite=True
        )

    def delete_parameter(self, account_id: str, name: str) -> None:
        """Delete a parameter as a person does."""
        in_process_client("ssm", account_id, REGION).delete_parameter(Name=name)

    def ledger(self) -> dict[str, dict[str, str]]:
        """Return the ledger's items about the service, by sort key."""
        items = in_process_client("dynamodb", PROVIDER, REGION).scan(TableName="ledger")["Items"]
        return {
            item["sk"]["S"]: {name: _text(value) for name, value in item.items()}
            for item in items
            if item["pk"]["S"].startswith("SERVICE#")
        }

    def history(self, vpc_endpoint_id: str) -> list[dict[str, str]]:
        """Return what the ledger knows of an endpoint's life, in order."""
        items = in_process_client("dynamodb", PROVIDER, REGION).query(
            TableName="ledger",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"ENDPOINT#{vpc_endpoint_id}"}},
        )["Items"]
        return [{name: _text(value) for name, value in item.items()} for item in items]

    def findings(self) -> set[str]:
        """Return the kinds of the open findings."""
        return {item["kind"] for key, item in self.ledger().items() if "#FINDING#" in key}

    @property
    def writes(self) -> list[str]:
        """The calls of the functions that changed something."""
        return [
            name
            for name in self.calls
            if name.startswith(_WRITES) and not name.startswith(_MESSAGES)
        ]

    def observe(self, session: boto3.Session) -> None:
        """Note what the functions call, and answer as AppConfig's data plane, which moto lacks."""
        self.session = session
        self.narrowed.observe(session)
        session.events.register("before-call", self._note)
        session.events.register("provide-client-params.sqs.SendMessage", self._note_message)
        answer: Any = self._answer_as_appconfig  # the stubs know no handlers that return
        session.events.register_first("before-send.appconfigdata", answer)

    def _note(self, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        self.calls.append(model.name)
        if self._at_work:
            service = model.service_model.service_name
            action = f"{_PREFIXES.get(service, service)}:{model.name}"
            self._performed.add((self._at_work, action))

    def _note_message(self, params: dict[str, Any], **_: object) -> None:
        self._sent.append(params)

    def _answer_as_appconfig(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - botocore's
        if request.url.endswith("/configurationsessions"):
            return http_response(201, b'{"InitialConfigurationToken": "token"}', {})
        if self.allowlist is None:
            return http_response(404, b'{"message": "none"}', _NOT_FOUND)
        headers = {"Next-Poll-Configuration-Token": "token", "Content-Type": "application/yaml"}
        return http_response(200, self.allowlist.encode(), headers)


def _text(value: Mapping[str, Any]) -> str:
    """Return an attribute of the ledger, of which some are sets, as text."""
    return str(value["S"]) if "S" in value else "\n".join(sorted(value["SS"]))


def _allowed_to(package: str) -> set[str]:
    """Return what a function may do by its own role, and by the consumer's if it assumes that."""
    own = allowed(function(package)["Role"]["Fn::GetAtt"][0])
    return own | (
        allowed("ConsumerRole", "consumer/template.yaml") if package in _ENTERING else own
    )
