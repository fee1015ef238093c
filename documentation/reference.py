"""Generates the reference pages: `python -m documentation.reference` writes them anew.

The allowlist's keys come from its JSON Schema, which is made from the types that read it; the
stacks' parameters come from the templates.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from samcli.yamlhelper import yaml_parse

ROOT: Final = Path(__file__).parents[1]
_FOLDER: Final = ROOT / "docs" / "reference"
_SCHEMA: Final = ROOT / "docs" / "allowlist.schema.json"
_ENTRIES: Final = {
    "Document": "The document",
    "ServiceEntry": "A service",
    "ConsumerEntry": "A consumer",
    "PortEntry": "A port",
}
_INTRODUCTION: Final = (
    "One YAML document of at most 2 MiB. Keys that are not known are mistakes. Editors complete and"
    " check it by [its schema](../allowlist.schema.json), which this page is made from, too;"
    " [allowlist.example.yaml](../../allowlist.example.yaml) has every key."
)
_STACKS: Final = {
    "template.yaml": "The provider's stack",
    "consumer/template.yaml": "The consumer's stack",
}

type Schema = Mapping[str, Any]


def pages() -> Mapping[Path, str]:
    """Return the text of every page that is generated."""
    return {_FOLDER / "allowlist.md": _allowlist(), _FOLDER / "parameters.md": _parameters()}


def _allowlist() -> str:
    definitions = json.loads(_SCHEMA.read_text())["$defs"]
    lines = [
        "# The allowlist",
        "",
        _INTRODUCTION,
    ]
    for name, title in _ENTRIES.items():
        definition = definitions[name]
        lines += ["", f"## {title}", "", definition["description"], ""]
        lines += ["| key | what it is | form | if absent |", "|---|---|---|---|"]
        required = definition.get("required", ())
        lines += [
            f"| `{key}` | {_cell(schema.get('description', ''))} | {_cell(_form(schema))}"
            f" | {_absent(schema, is_required=key in required)} |"
            for key, schema in definition["properties"].items()
        ]
    return "\n".join(lines) + "\n"


def _form(schema: Schema) -> str:
    """Say what a value has to be like: what a part of a schema describes is that."""
    match schema:
        case {"$ref": _}:
            form = f"[{_called(schema)}](#{_anchor(schema)})"
        case {"anyOf": forms}:
            form = " or ".join(_part(each) for each in forms if each.get("type") != "null")
        case {"enum": values}:
            form = " or ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": items}:
            form = f"a list: {_part(items)}"
        case {"type": "object", "propertyNames": names, "additionalProperties": values}:
            form = f"a mapping: {_part(names)}, to {_part(values)}"
        case {"type": "integer"}:
            form = f"a number{_within(schema)}"
        case {"type": "boolean"}:
            form = "`true` or `false`"
        case {"pattern": pattern}:
            form = f"`{pattern}`"
        case _:
            form = "a text"
    return form


def _part(schema: Schema) -> str:
    return str(schema.get("description")) if "description" in schema else _form(schema)


def _within(schema: Schema) -> str:
    bounds = (("from", schema.get("minimum")), ("to", schema.get("maximum")))
    return "".join(f" {word} {bound}" for word, bound in bounds if bound is not None)


def _called(schema: Schema) -> str:
    return _ENTRIES[schema["$ref"].rpartition("/")[2]].lower()


def _anchor(schema: Schema) -> str:
    return _called(schema).replace(" ", "-")


def _absent(schema: Schema, *, is_required: bool) -> str:
    if is_required:
        return "it has to be there"
    default = schema.get("default")
    return f"`{json.dumps(default)}`" if default not in (None, []) else ""


def _parameters() -> str:
    lines = ["# Parameters of the stacks", "", "Generated from the templates."]
    for path, title in _STACKS.items():
        lines += ["", f"## {title}", "", f"[{path}](../../{path})", ""]
        lines += ["| parameter | what it is | values | default |", "|---|---|---|---|"]
        parameters = yaml_parse((ROOT / path).read_text())["Parameters"]
        lines += [
            f"| `{name}` | {_cell(each['Description'])} | {_cell(', '.join(_values(each)))}"
            f" | {_default(each)} |"
            for name, each in parameters.items()
        ]
    return "\n".join(lines) + "\n"


def _values(parameter: Mapping[str, Any]) -> Iterator[str]:
    if "AllowedValues" in parameter:
        yield ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    elif "AllowedPattern" in parameter:
        yield f"`{parameter['AllowedPattern']}`"
    for word, least, most in (
        ("", "MinValue", "MaxValue"),
        (" characters", "MinLength", "MaxLength"),
    ):
        if least in parameter or most in parameter:
            yield f"{parameter.get(least, '')} to {parameter.get(most, '')}{word}"


def _default(parameter: Mapping[str, Any]) -> str:
    if "Default" not in parameter:
        return "none: it has to be given"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _cell(text: str) -> str:
    """Return a text as it stands in a table's cell."""
    return text.replace("|", "\\|")


def write() -> None:
    """Write the pages that are not as they would be generated."""
    for file, text in pages().items():
        if not file.exists() or file.read_text() != text:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
            sys.stdout.write(f"{file.relative_to(ROOT)} is written\n")


if __name__ == "__main__":
    write()
