"""List prices of AWS in us-east-1, in dollars, free tiers left out.

AWS's own pages load their prices with scripts, so that most were taken from pages that quote them.
Each names the page of AWS that says what counts, and where the number was read, or that it is from
memory: then it should be looked up before money depends on it.
"""

from dataclasses import dataclass
from typing import Final

_MILLION: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Price:
    """What so many units cost; `read` says where and when the number was found."""

    dollars: float
    units: int = 1
    unit: str
    page: str
    read: str

    @property
    def each(self) -> float:
        """Dollars for one unit."""
        return self.dollars / self.units


LAMBDA_REQUEST: Final = Price(
    dollars=0.20,
    units=_MILLION,
    unit="request of Lambda",
    page="https://aws.amazon.com/lambda/pricing/",
    read="cloudchipr.com/blog/aws-lambda-pricing, read on 2026-11-26",
)
LAMBDA_GB_SECOND: Final = Price(
    dollars=13.3334,
    units=_MILLION,
    unit="GB-second of Lambda on arm64",
    page="https://aws.amazon.com/lambda/pricing/",
    read="cloudchipr.com/blog/aws-lambda-pricing, read on 2026-11-26",
)
CUSTOM_EVENT: Final = Price(
    dollars=1.00,
    units=_MILLION,
    unit="custom event on EventBridge, for each 64 KB",
    page="https://aws.amazon.com/eventbridge/pricing/",
    read="cloudburn.io/blog/amazon-eventbridge-pricing of March 2026",
)
SCHEDULED_INVOCATION: Final = Price(
    dollars=1.00,
    units=_MILLION,
    unit="invocation by EventBridge Scheduler",
    page="https://aws.amazon.com/eventbridge/pricing/",
    read="cloudburn.io/blog/amazon-eventbridge-pricing of March 2026",
)
QUEUE_REQUEST: Final = Price(
    dollars=0.40,
    units=_MILLION,
    unit="request of SQS, for each 64 KB, an empty receive included",
    page="https://aws.amazon.com/sqs/pricing/",
    read="cloudburn.io/blog/amazon-sqs-pricing of March 2026",
)
NOTIFICATION: Final = Price(
    dollars=0.50,
    units=_MILLION,
    unit="message published to SNS; its delivery to Lambda is free",
    page="https://aws.amazon.com/sns/pricing/",
    read="factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols of June 2026",
)
READ_UNIT: Final = Price(
    dollars=0.125,
    units=_MILLION,
    unit="read request unit of DynamoDB on demand: 4 KB, strongly consistent",
    page="https://aws.amazon.com/dynamodb/pricing/on-demand/",
    read="airbyte.com/data-engineering-resources/dynamodb-pricing of July 2025",
)
WRITE_UNIT: Final = Price(
    dollars=0.625,
    units=_MILLION,
    unit="write request unit of DynamoDB on demand: 1 KB",
    page="https://aws.amazon.com/dynamodb/pricing/on-demand/",
    read="airbyte.com/data-engineering-resources/dynamodb-pricing of July 2025",
)
KEY_MONTH: Final = Price(
    dollars=1.00,
    unit="key of KMS a month",
    page="https://aws.amazon.com/kms/pricing/",
    read="that page, read on 2026-11-26; each of the first two rotations adds as much",
)
KEY_REQUEST: Final = Price(
    dollars=0.03,
    units=10_000,
    unit="request of KMS",
    page="https://aws.amazon.com/kms/pricing/",
    read="wring.co/blog/aws-kms-pricing-guide of March 2026",
)
LOGGED_GB: Final = Price(
    dollars=0.50,
    unit="GB ingested by CloudWatch Logs",
    page="https://aws.amazon.com/cloudwatch/pricing/",
    read="factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards"
    " of June 2026",
)
METRIC_MONTH: Final = Price(
    dollars=0.30,
    unit="custom metric of CloudWatch a month",
    page="https://aws.amazon.com/cloudwatch/pricing/",
    read="signoz.io/guides/cloudwatch-pricing of February 2026",
)
ALARM_MONTH: Final = Price(
    dollars=0.10,
    unit="alarm of CloudWatch a month",
    page="https://aws.amazon.com/cloudwatch/pricing/",
    read="from memory",
)
CONFIGURATION_REQUEST: Final = Price(
    dollars=0.20,
    units=_MILLION,
    unit="request for a configuration of AppConfig",
    page="https://aws.amazon.com/systems-manager/pricing/",
    read="from memory",
)
CONFIGURATION_RECEIVED: Final = Price(
    dollars=0.0008,
    unit="configuration received from AppConfig",
    page="https://aws.amazon.com/systems-manager/pricing/",
    read="from memory",
)

ALL: Final = (
    LAMBDA_REQUEST,
    LAMBDA_GB_SECOND,
    CUSTOM_EVENT,
    SCHEDULED_INVOCATION,
    QUEUE_REQUEST,
    NOTIFICATION,
    READ_UNIT,
    WRITE_UNIT,
    KEY_MONTH,
    KEY_REQUEST,
    LOGGED_GB,
    METRIC_MONTH,
    ALARM_MONTH,
    CONFIGURATION_REQUEST,
    CONFIGURATION_RECEIVED,
)
