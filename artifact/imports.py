"""Which modules of an artifact are imported while its functions start, as the source says."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def imported(folder: Path, modules: Iterable[str]) -> frozenset[Path]:
    """Return the sources, in a folder, of modules and of all that they import when imported."""
    found, left = dict[str, Path](), [*modules]
    while left:
        name = left.pop()
        source = _source(folder, name)
        if source is not None and name not in found:
            found[name] = source
            package = name.rpartition(".")[0]
            tree = ast.parse(source.read_text(encoding="utf-8"))
            left += [package, *_imports(tree, name if source.stem == "__init__" else package)]
    return frozenset(found.values())


def _source(folder: Path, name: str) -> Path | None:
    """Return the source of a module or package; None: it is not of the folder."""
    path = folder / name.replace(".", "/")
    return next(filter(Path.is_file, (path / "__init__.py", path.with_suffix(".py"))), None)


def _imports(node: ast.AST, package: str) -> Iterator[str]:
    """Yield what may be the names of modules that are imported when the code of a module runs."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.FunctionDef() | ast.AsyncFunctionDef():
            return
        case ast.Import():
            yield from (each.name for each in node.names)
        case ast.ImportFrom():
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            origin = ".".join(filter(None, (above, node.module)))
            yield from (origin, *(f"{origin}.{each.name}" for each in node.names))
        case _:
            for each in ast.iter_child_nodes(node):
                yield from _imports(each, package)
