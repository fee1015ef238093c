"""The models of AWS services that an artifact carries: botocore's own, trimmed to what is called.

botocore has one model of each service, and parses the whole of it for the first client: EC2's has
seven hundred operations, of which the functions call twenty. What is kept is kept as it is, with
all that it leads to, so that requests and answers are the same; documentation and what nobody asks
for is left out. `endpoints.json`, which is parsed for the first client of whatever service, is
trimmed to the same services.

The models are those of the botocore that is locked here. The code that reads them is the one that
Lambda's runtime brings, which may be older or newer. That rests on the format, whose version stands
in the files' names (botocore/loaders.py: `service-2`, `paginators-1`) and to which keys have only
ever been added. What is not here, botocore finds in its own data: `privatelink.gateways.clients`.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

from botocore import xform_name
from botocore.loaders import Loader

from artifact.gateways import Calls, calls_of, sources_of

FOLDER: Final = "service_models"
ORIGIN: Final = "botocore"

_SERVICE: Final = "service-2"
_PAGINATORS: Final = "paginators-1"
_ENDPOINT_RULES: Final = "endpoint-rule-set-1"
_ENDPOINTS: Final = "endpoints"
_DOCUMENTATION: Final = "documentation"
_NAMED: Final = {"members", "operations", "shapes"}
"""What has names of AWS for keys; one of them may be called documentation."""
_ABOUT: Final = {"LICENSE.txt", "METADATA", "NOTICE", "WHEEL"}
"""What is carried of the distribution's own files; its licence asks for itself and the notice."""

type Model = Mapping[str, Any]


def write_service_models(folder: Path) -> None:
    """Write what the gateways in an artifact's folder need of botocore's data, beside them."""
    called = calls_of(sources_of(folder))
    if called:
        for name, content in service_models(called).items():
            _write(folder / FOLDER / name, json.dumps(content, separators=(",", ":")))
        _say_where_from(folder / FOLDER)


def service_models(called: Calls) -> Mapping[str, Model]:
    """Return the trimmed data by the names of its files."""
    # Only what botocore brings, and nothing that the builder may have in ~/.aws/models.
    loader = Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    files, prefixes = dict[str, Model](), set[str]()
    for service, methods in sorted(called.items()):
        version = loader.determine_latest_version(service, _SERVICE)
        model = loader.load_service_model(service, _SERVICE)
        pages = loader.load_service_model(service, _PAGINATORS)
        rules = loader.load_service_model(service, _ENDPOINT_RULES)
        names = {name for name in model["operations"] if xform_name(name) in methods}
        if len(names) < len(methods):
            raise LookupError(f"{service} has not all of {sorted(methods)}")
        prefixes.add(model["metadata"]["endpointPrefix"])
        files[f"{service}/{version}/{_SERVICE}.json"] = _trimmed(model, names)
        files[f"{service}/{version}/{_PAGINATORS}.json"] = {
            "pagination": _chosen(pages["pagination"], names)
        }
        files[f"{service}/{version}/{_ENDPOINT_RULES}.json"] = rules
    files[f"{_ENDPOINTS}.json"] = _endpoints(loader.load_data(_ENDPOINTS), prefixes)
    return files


def _trimmed(model: Model, names: Collection[str]) -> Model:
    operations = _chosen(model["operations"], names)
    reached, left = set[str](), [*_mentioned(operations)]
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += _mentioned(model["shapes"][name])
    kept: Model = _undocumented(
        {**model, "operations": operations, "shapes": _chosen(model["shapes"], reached)}
    )
    return kept


def _endpoints(endpoints: Model, prefixes: Collection[str]) -> Model:
    return {
        **endpoints,
        "partitions": [
            {**partition, "services": _chosen(partition["services"], prefixes)}
            for partition in endpoints["partitions"]
        ],
    }


def _chosen(named: Model, names: Collection[str]) -> Model:
    return {name: named[name] for name in named if name in names}


def _mentioned(part: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a JSON document
    """Yield the names of the shapes that a part of a model refers to."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _mentioned(value)
    elif isinstance(part, list):
        for item in part:
            yield from _mentioned(item)


def _undocumented(part: Any, *, named: bool = False) -> Any:  # noqa: ANN401 - any part of a JSON document
    if isinstance(part, Mapping):
        return {
            key: _undocumented(value, named=not named and key in _NAMED)
            for key, value in part.items()
            if named or key != _DOCUMENTATION
        }
    return [_undocumented(item) for item in part] if isinstance(part, list) else part


def _say_where_from(models: Path) -> None:
    origin = distribution(ORIGIN)
    for file in origin.files or ():
        if file.name in _ABOUT:
            _write(models / file.parts[0] / file.name, file.read_text(encoding="utf-8"))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
