"""The provider's account with three endpoint services and the stack's own resources."""

from typing import Any, Final

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.integration.privatelink_model.parties import Party
from tests.lifecycle.listing import Draft, Entry, Listed
from tests.lifecycle.sites import ELSEWHERE, NAGOYA, OSAKA, SEATTLE

TOPIC: Final = f"arn:aws:sns:{REGION}:{PROVIDER}:topic"
PORTS: Final = {"web": (80,), "db": (5432,), "api": (443,)}
"""What the load balancer of each service listens on."""

ENVIRONMENT: Final = {
    "OWNER": f"{PROVIDER}/{REGION}/privatelink-autopilot",
    "ALLOWLIST_APPLICATION": "app",
    "ALLOWLIST_ENVIRONMENT": "live",
    "ALLOWLIST_PROFILE": "allowlist",
    "EVENT_BUS_NAME": "bus",
    "LEDGER_TABLE": "ledger",
    "FOLLOW_UP_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{PROVIDER}/follow-ups",
    "NOTIFICATION_TOPIC_ARN": TOPIC,
    "CONSUMER_ROLE_NAME": "privatelink-autopilot-consumer",
    "CONSUMER_EXTERNAL_ID": "an-external-id-of-tests",
    "PARAMETER_PREFIX": "/privatelink",
    "MODE": "enforce",
}
"""The variables that template.yaml gives the functions."""


def build_services() -> dict[str, str]:
    """Create the endpoint services, and return alias by service id."""
    party = Party(PROVIDER)
    elbv2 = in_process_client("elbv2", PROVIDER, REGION)
    aliases = {}
    for alias, ports in PORTS.items():
        (balancer,) = elbv2.create_load_balancer(
            Name=alias, Type="network", Scheme="internal", Subnets=party.subnet_ids
        )["LoadBalancers"]
        for port in ports:
            (targets,) = elbv2.create_target_group(
                Name=f"{alias}-{port}", Protocol="TCP", Port=port, VpcId=party.vpc_id
            )["TargetGroups"]
            action: Any = {"Type": "forward", "TargetGroupArn": targets["TargetGroupArn"]}
            elbv2.create_listener(
                LoadBalancerArn=balancer["LoadBalancerArn"],
                Port=port,
                Protocol="TCP",
                DefaultActions=[action],
            )
        service = party.ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[balancer["LoadBalancerArn"]],
            AcceptanceRequired=True,
            SupportedRegions=[ELSEWHERE],
        )["ServiceConfiguration"]
        party.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service["ServiceId"], AddAllowedPrincipals=["*"]
        )
        aliases[service["ServiceId"]] = alias
    return aliases


def build_ledger() -> None:
    """Create the ledger's table."""
    keys = {"pk": "HASH", "sk": "RANGE"}
    attributes: Any = [{"AttributeName": name, "AttributeType": "S"} for name in keys]
    schema: Any = [{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()]
    in_process_client("dynamodb", PROVIDER, REGION).create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=attributes,
        KeySchema=schema,
    )


def first_draft(aliases: dict[str, str]) -> Draft:
    """Return the allowlist that a world begins with."""
    draft = Draft()
    for service_id, alias in aliases.items():
        entry = Entry(alias, service_id)
        entry.list(
            [
                Listed(CONSUMER, ("192.168.0.0/20",)),
                Listed(OSAKA, ("172.16.0.0/21", "172.16.8.0/21")),
                Listed(SEATTLE, ("192.168.64.0/24",), regions=(REGION, ELSEWHERE)),
                Listed(NAGOYA, ("192.168.80.0/24",), access="none"),
            ]
        )
        if alias != "api":
            entry.list([Listed(PROVIDER, ("10.40.0.0/16",))])
        draft.services[service_id] = entry
    return draft
