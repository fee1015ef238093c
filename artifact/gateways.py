"""Which operations of AWS the functions call, as their source says.

A gateway names the type of its client, `ec2: "EC2Client"`, and calls it: `self._ec2.describe_vpcs`,
`self._ec2.get_paginator("describe_vpcs")`. The types are those of boto3's stubs, whose packages
bear the services' names.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

_STUBS: Final = "mypy_boto3_"
_PAGINATOR: Final = "get_paginator"
_NO_OPERATIONS: Final = {"meta"}

type Calls = Mapping[str, frozenset[str]]
"""The methods of clients that are called, by service: `{"ec2": {"describe_vpcs", ...}}`."""


class UnreadableCallError(Exception):
    """The source does not say which operation is called."""


def sources_of(folder: Path) -> Sequence[Path]:
    """Return the gateways of the functions in a folder."""
    return sorted(folder.glob("*/gateways/*.py"))


def calls_of(sources: Iterable[Path]) -> Calls:
    """Return what is called; raise UnreadableCallError of a client that nothing is called of."""
    called = dict[str, frozenset[str]]()
    for source in sources:
        nodes = list(ast.walk(ast.parse(source.read_text())))
        types = {name: service for node in nodes for name, service in _stubs(node)}
        called = dict.fromkeys(types.values(), frozenset[str]()) | called
        clients = _clients(nodes, types)
        for node in nodes:
            if isinstance(node, ast.Attribute) and (service := clients.get(_name(node.value))):
                called[service] |= set(_method(node, nodes))
    for service, methods in called.items():
        if not methods:
            raise UnreadableCallError(service)
    return called


def _stubs(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the clients' types that are imported, each with its service."""
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_STUBS):
        service = (node.module or "").partition(".")[0].removeprefix(_STUBS)
        yield from ((each.name, service) for each in node.names if each.name.endswith("Client"))


def _clients(nodes: Iterable[ast.AST], types: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables and attributes that are clients, each with its service."""
    clients = dict[str, str]()
    for node in nodes:
        for name, annotation in _annotated(node):
            for word in types.keys() & set(re.findall(r"\w+", annotation)):
                clients[name] = types[word]
    for node in nodes:
        if isinstance(node, ast.Assign) and (service := clients.get(_name(node.value))):
            clients |= dict.fromkeys(map(_name, node.targets), service)
    return clients


def _annotated(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield what has an annotation; of a function, which may be a property, what it returns."""
    match node:
        case ast.arg(arg=name, annotation=ast.expr() as annotation):
            yield name, ast.unparse(annotation)
        case ast.AnnAssign(target=target, annotation=annotation):
            yield _name(target), ast.unparse(annotation)
        case ast.FunctionDef(name=name, returns=ast.expr() as annotation):
            yield name, ast.unparse(annotation)


def _method(node: ast.Attribute, nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the method that an attribute of a client stands for, or whose pages it gets."""
    if node.attr == _PAGINATOR:
        (call,) = (each for each in nodes if isinstance(each, ast.Call) and each.func is node)
        match call.args:
            case [ast.Constant(value=str(operation))]:
                yield operation
            case _:
                raise UnreadableCallError(ast.unparse(call))
    elif node.attr not in _NO_OPERATIONS:
        yield node.attr


def _name(node: ast.expr) -> str:
    """Return the name of a variable, or of an attribute of `self`; of all else, nothing."""
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
    return ""
