"""The AWS clients that the functions get: each made once, and all of them on one wire.

boto3 makes a client of EC2 in ten milliseconds or more, and a convergence makes several, for each
of a thousand consumers. Here a client of a service and Region is made once, and what it is asked
for on behalf of an account goes through a copy of it that knows the account.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import boto3

from sandbox.accounts import PROVIDER, REGION
from sandbox.in_process.wire import Wire
from sandbox.privatelink.clients import in_process_session

_KEY: Final = "ASIA"
"""Before the account id, in the access keys that AssumeRole gives out here."""


@dataclass
class Clients:
    """Takes the place of the functions' session, and of boto3's, as far as these are used."""

    wire: Wire = field(default_factory=Wire)
    _made: dict[tuple[str, str], Any] = field(default_factory=dict)
    _acting: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(
        self,
        service: str,
        region_name: str = REGION,
        config: object = None,
        aws_access_key_id: str = "",
        **_: object,
    ) -> Any:  # noqa: ANN401 - any client of boto3
        """Return the client of a service for whoever the access key says, or for the provider.

        How it retries is up to the `config` of who asks first for the service.
        """
        account_id = aws_access_key_id.removeprefix(_KEY) or PROVIDER
        key = (service, region_name, account_id)
        if key not in self._acting:
            self._acting[key] = self._for_account(account_id, self._client(*key[:2], config))
        return self._acting[key]

    create_client = client

    @property
    def made(self) -> Iterable[Any]:
        """The clients that have been made, one of each service and Region."""
        return self._made.values()

    def _client(self, service: str, region: str, config: object) -> Any:  # noqa: ANN401 - any client of boto3
        key = (service, region)
        if key not in self._made:
            session: Any = _session()  # the stubs know each service by a literal
            self._made[key] = session.client(service, region_name=region, config=config)
            self.wire.connect(self._made[key])
        return self._made[key]

    def _for_account(self, account_id: str, client: Any) -> Any:  # noqa: ANN401 - any client of boto3
        # copy() asks a client that knows nothing yet for how it is copied.
        acting = object.__new__(type(client))
        vars(acting).update(vars(client))

        def make_api_call(operation: str, params: object) -> Any:  # noqa: ANN401 - any answer
            self.wire.act_for(account_id)
            return client._make_api_call(operation, params)  # noqa: SLF001 - what all methods of a client come to

        acting._make_api_call = make_api_call
        return acting


CLIENTS: Final = Clients()


def access_key(account_id: str) -> str:
    """Return the access key of a role in an account."""
    return f"{_KEY}{account_id}"


@cache
def _session() -> boto3.Session:
    return in_process_session(account_id=PROVIDER, region=REGION)
