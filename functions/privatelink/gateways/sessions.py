"""Sessions of the role that a service consumer gives us."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict

from privatelink.errors import AccessDeniedError, ConsumerDeniedError
from privatelink.gateways.accounts import ConsumerAccount
from privatelink.gateways.calls import CLIENT_CONFIG, translated_errors
from privatelink.gateways.clients import client
from privatelink.model import Consumer
from privatelink.session_policies import Purpose
from privatelink.settings import ConsumerSettings

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

_DURATION: Final = timedelta(minutes=15)
MARGIN: Final = timedelta(minutes=3)
"""A session is renewed when it ends sooner than a pass may take."""


type _Key = tuple[str, str, str]
"""Role, name and policy."""


class _Keys(TypedDict):
    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str


@dataclass(frozen=True, kw_only=True)
class ConsumerSessions:
    """Clients that act as the role in a consumer's account.

    The same role and external id are used in every account, the provider's own included, so that
    there is one way in. Each session is narrowed to its purpose, and named by it. Clients are made
    by `make_client`.
    """

    sts: "STSClient"
    role_name: str
    external_id: str
    make_client: Callable[..., Any] = client
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _credentials: "dict[_Key, CredentialsTypeDef]" = field(default_factory=dict)

    @classmethod
    def connect(cls, settings: ConsumerSettings) -> Self:
        """Make the client that assumes roles."""
        return cls(
            sts=client("sts"),
            role_name=settings.consumer_role_name,
            external_id=settings.consumer_external_id,
        )

    @contextmanager
    def entering(self, consumer: Consumer) -> "Iterator[None]":
        """Raise ConsumerDeniedError for whatever the account refuses within the block.

        The role may be gone, or another one of the same name: it is assumed anew next time.
        """
        try:
            yield
        except AccessDeniedError as denied:
            self._forget(lambda key, _: key[0] == self.role_arn(consumer))
            raise ConsumerDeniedError(
                self.role_arn(consumer), denied.operation, denied.message
            ) from denied

    def enter(self, consumer: Consumer, purpose: Purpose) -> ConsumerAccount:
        """Assume the consumer's role for a purpose, and return the account as it is seen then."""
        self._assume(consumer, purpose)
        return ConsumerAccount(
            ec2=lambda: self.ec2(consumer, purpose),
            ssm=lambda: self.ssm(consumer, purpose),
        )

    def ec2(self, consumer: Consumer, purpose: Purpose) -> "EC2Client":
        """Return an EC2 client that acts as the consumer's role."""
        client: EC2Client = self._client("ec2", consumer, purpose)
        return client

    def ssm(self, consumer: Consumer, purpose: Purpose) -> "SSMClient":
        """Return a Parameter Store client that acts as the consumer's role."""
        client: SSMClient = self._client("ssm", consumer, purpose)
        return client

    def role_arn(self, consumer: Consumer) -> str:
        """Return the ARN of the role in a consumer's account."""
        return f"arn:{self.sts.meta.partition}:iam::{consumer.account_id}:role/{self.role_name}"

    def _client(self, service: str, consumer: Consumer, purpose: Purpose) -> Any:  # noqa: ANN401 - any client
        return self.make_client(
            service,
            region_name=consumer.region,
            config=CLIENT_CONFIG,
            **self._assume(consumer, purpose),
        )

    def _assume(self, consumer: Consumer, purpose: Purpose) -> "_Keys":
        policy = purpose.policy(self.sts.meta.partition, consumer)
        key = (self.role_arn(consumer), purpose.name, policy)
        credentials = self._credentials.get(key)
        if credentials is None or credentials["Expiration"] - self.clock() < MARGIN:
            with translated_errors("AssumeRole"):
                credentials = self.sts.assume_role(
                    RoleArn=self.role_arn(consumer),
                    RoleSessionName=purpose.name,
                    Policy=policy,
                    ExternalId=self.external_id,
                    DurationSeconds=int(_DURATION.total_seconds()),
                )["Credentials"]
            # Most sessions that write are never asked for again.
            self._forget(lambda _, held: held["Expiration"] <= self.clock())
            self._credentials[key] = credentials
        return {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }

    def _forget(self, which: "Callable[[_Key, CredentialsTypeDef], bool]") -> None:
        # Several threads may add to it meanwhile.
        for key, held in list(self._credentials.items()):
            if which(key, held):
                self._credentials.pop(key, None)
