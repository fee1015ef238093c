"""The trimmed service models against botocore's own: the same requests and answers."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.loaders import Loader
from botocore.model import Shape
from botocore.regions import EndpointResolver

from artifact.gateways import calls_of, sources_of
from artifact.service_models import service_models
from privatelink.gateways.clients import TrimmedLoader

ROOT: Final = Path(__file__).parents[3]
CALLED: Final = calls_of(sources_of(ROOT / "functions"))
CALLS: Final = sorted((service, method) for service in CALLED for method in CALLED[service])
REGION: Final = "ap-northeast-1"
DEEPEST: Final = 6
_PLAIN: Final = {"timestamp": datetime(2026, 11, 22, tzinfo=UTC), "blob": b"x", "boolean": True}


def plain_loader() -> Loader:
    return Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service_models")
    for name, content in service_models(CALLED).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    return folder


@pytest.fixture(scope="module")
def trimmed(folder: Path) -> Loader:
    return TrimmedLoader(folder)


@pytest.fixture(scope="module")
def whole() -> Loader:
    return plain_loader()


class Clients:
    """Makes clients with a loader, and notes what they are about to send."""

    def __init__(self, loader: Loader) -> None:
        self.session = botocore.session.Session()
        self.session.register_component("data_loader", loader)
        self.sent: dict[str, Any] = {}
        self.client = cache(self._client)

    def _client(self, service: str) -> Any:  # noqa: ANN401 - botocore's clients are made at run time
        make_client: Any = self.session.create_client  # the stubs know services by literals
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        client = make_client(service, REGION, **keys)
        client.meta.events.register("before-call", self._note)
        return client

    def _note(self, params: Mapping[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]]:
        varying = {"User-Agent", "amz-sdk-invocation-id"}
        self.sent = {name: params[name] for name in ("url", "method", "body", "query_string")}
        self.sent["headers"] = {
            name: value for name, value in params["headers"].items() if name not in varying
        }
        return AWSResponse("https://aws", 200, HTTPHeaders(), None), {}


@pytest.fixture(scope="module")
def clients(trimmed: Loader, whole: Loader) -> tuple[Clients, Clients]:
    return Clients(trimmed), Clients(whole)


def sample(shape: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any shape, and any value
    """Return a value of a shape in which every member is set, as far down as it goes."""
    least = shape.metadata.get("min", 1)
    deeper = depth + 1
    match shape.type_name:
        case "structure":
            members = shape.members.items() if depth < DEEPEST else ()
            values = [(name, sample(each, deeper)) for name, each in members]
            value: Any = dict(values[:1] if shape.is_tagged_union else values)
        case "list":
            value = [sample(shape.member, deeper)] * least if depth < DEEPEST else []
        case "map":
            value = {sample(shape.key): sample(shape.value, deeper)} if depth < DEEPEST else {}
        case "string":
            value = shape.enum[0] if shape.enum else "x" * least
        case other:
            value = _PLAIN.get(other, least)
    return value


def outline(shape: Shape | None, seen: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - a tree
    """Return all that serializers and parsers ask of a shape and of what it leads to."""
    if shape is None:
        return None
    told: dict[str, Any] = {
        "name": shape.name,
        "type": shape.type_name,
        "serialization": dict(shape.serialization),
        "metadata": dict(shape.metadata),
    }
    if shape.name not in seen:
        told["parts"] = [(name, outline(each, (*seen, shape.name))) for name, each in parts(shape)]
    return told


def parts(shape: Any) -> Iterator[tuple[str, Shape]]:  # noqa: ANN401 - any shape
    match shape.type_name:
        case "structure":
            yield from shape.members.items()
        case "list":
            yield "member", shape.member
        case "map":
            yield "key", shape.key
            yield "value", shape.value


@pytest.mark.parametrize(("service", "method"), CALLS)
def test_an_operation_is_requested_as_with_the_whole_model(
    service: str, method: str, clients: tuple[Clients, Clients]
) -> None:
    sent = []
    for each in clients:
        client = each.client(service)
        model = client.meta.service_model
        operation = model.operation_model(client.meta.method_to_api_mapping[method])
        getattr(client, method)(**sample(operation.input_shape))
        sent.append(each.sent)
    assert sent[0] == sent[1]
    assert sent[0]["body"] or sent[0]["query_string"]


@pytest.mark.parametrize(("service", "method"), CALLS)
def test_an_operation_has_the_shapes_of_the_whole_model(
    service: str, method: str, clients: tuple[Clients, Clients]
) -> None:
    outlines = []
    for each in clients:
        client = each.client(service)
        model = client.meta.service_model
        operation = model.operation_model(client.meta.method_to_api_mapping[method])
        shapes = (operation.input_shape, operation.output_shape, *operation.error_shapes)
        outlines.append((operation.http, operation.metadata, [*map(outline, shapes)]))
    assert outlines[0] == outlines[1]


@pytest.mark.parametrize(("service", "method"), CALLS)
def test_an_operation_has_the_pages_of_the_whole_model(
    service: str, method: str, clients: tuple[Clients, Clients], trimmed: Loader, whole: Loader
) -> None:
    name = clients[0].client(service).meta.method_to_api_mapping[method]
    pages = [
        loader.load_service_model(service, "paginators-1")["pagination"].get(name)
        for loader in (trimmed, whole)
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("service", sorted(CALLED))
def test_a_client_can_do_what_is_called_and_nothing_else(
    service: str, clients: tuple[Clients, Clients]
) -> None:
    assert clients[0].client(service).meta.method_to_api_mapping.keys() == CALLED[service]


def test_services_have_the_endpoints_that_they_have(trimmed: Loader, whole: Loader) -> None:
    ours, theirs = (EndpointResolver(each.load_data("endpoints")) for each in (trimmed, whole))
    prefixes = {
        whole.load_service_model(service, "service-2")["metadata"]["endpointPrefix"]
        for service in CALLED
    }
    regions = {
        region
        for partition in whole.load_data("endpoints")["partitions"]
        for region in partition["regions"]
    }
    for region in (*sorted(regions), "eu-future-1"):
        assert ours.get_partition_for_region(region) == theirs.get_partition_for_region(region)
        for prefix in sorted(prefixes):
            expected = theirs.construct_endpoint(prefix, region)
            assert ours.construct_endpoint(prefix, region) == expected, (prefix, region)


def test_what_is_not_trimmed_is_botocores_own(trimmed: Loader, whole: Loader) -> None:
    assert trimmed.load_data("_retry") == whole.load_data("_retry")
    assert trimmed.list_available_services("service-2") == sorted(CALLED)
    assert trimmed.list_available_services("waiters-2") == whole.list_available_services(
        "waiters-2"
    )


def test_an_operation_that_botocore_does_not_know_stops_the_build() -> None:
    with pytest.raises(LookupError, match="describe_nothing"):
        service_models({"ec2": frozenset({"describe_vpcs", "describe_nothing"})})


def test_documentation_goes_and_what_is_called_so_stays() -> None:
    (model,) = (
        content
        for name, content in service_models({"apigateway": frozenset({"get_stages"})}).items()
        if name.endswith("service-2.json")
    )
    assert "documentationVersion" in model["shapes"]["Stage"]["members"]
    assert '"documentation":' not in json.dumps(model)
