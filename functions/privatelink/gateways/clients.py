"""Makes the clients that call AWS: all of them are made here.

botocore has the models of four hundred services, and parses all of EC2's for a client that calls a
handful of its operations. The artifact therefore carries, in `service_models/`, the models of the
services that the functions use, trimmed to the operations that the gateways call
(artifact/service_models.py). Where there are none, as in a checkout, botocore uses its own.
"""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, override

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from privatelink.gateways.calls import CLIENT_CONFIG

_SERVICE_MODELS: Final = Path(__file__).parents[2] / "service_models"
_making: Final = Lock()
"""Sessions do not let several threads make clients at once.

https://docs.aws.amazon.com/boto3/latest/guide/session.html#multithreading-or-multiprocessing-with-sessions
"""


class TrimmedLoader(Loader):
    """Finds the data of a folder, and only what is not there in botocore's own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(extra_search_paths=[str(folder)])
        self._folder = str(folder)
        self._trimmed = Loader([str(folder)], include_default_search_paths=False)

    @override
    def list_available_services(self, type_name: str) -> list[str]:
        """Return the services of the folder: botocore would open four hundred folders more."""
        return self._trimmed.list_available_services(type_name) or super().list_available_services(
            type_name
        )

    @override
    def is_builtin_path(self, path: str) -> bool:
        """Return whether data is botocore's own: then endpoints are resolved by its rules alone."""
        return path.startswith(self._folder) or super().is_builtin_path(path)


@cache
def session() -> botocore.session.Session:
    """Return the session that all clients are of, which is botocore's own.

    boto3 adds nothing to a client that is called here, and takes as long to import as Powertools.
    """
    made = botocore.session.Session()
    if _SERVICE_MODELS.is_dir():
        made.register_component("data_loader", TrimmedLoader(_SERVICE_MODELS))
    return made


def client(service: str, *, config: Config = CLIENT_CONFIG, **settings: str) -> Any:  # noqa: ANN401 - clients are made at run time
    """Return a client of a service, with `settings` such as a Region or keys."""
    with _making:
        make_client: Any = (
            session().create_client
        )  # the stubs know the clients of literal names only
        return make_client(service, config=config, **settings)
