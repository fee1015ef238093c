"""What MkDocs does beside: the README is the first page, and what pages link to is there.

Pages link to files of this repository as they lie in it, so that links work where the repository is
read. On the site those outside docs/ stand under `source/`, and a folder is a list of its files.
"""

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_ROOT: Final = Path(__file__).parents[1]
_DOCS: Final = "docs"
_LINK: Final = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
_ELSEWHERE: Final = ("http://", "https://", "mailto:")
_README: Final = "README.md"
_FIRST: Final = "index.md"
_LIST: Final = "index.md"
_SOURCE: Final = "source/"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the README, and whatever it and the pages link to."""
    files.append(File.generated(config, _FIRST, content=(_ROOT / _README).read_text()))
    looked_at: set[str] = set()
    # What is added may be a page, which links on.
    while pages := {page.src_uri for page in files.documentation_pages()} - looked_at:
        looked_at |= pages
        for uri in pages:
            for target in _targets(_path(uri)):
                _add(target, files, config)
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:  # noqa: ANN401 - MkDocs's own
    """Have links lead to where their targets stand on the site."""
    uri = page.file.src_uri
    path = _path(uri)
    if not (_ROOT / path).is_file():  # the list of a folder
        return markdown

    def lead(link: re.Match[str]) -> str:
        begin, target, anchor, end = link.groups()
        if target.startswith(_ELSEWHERE):
            return link[0]
        to = relpath(_on_site(_in_repository(path, target)), str(PurePosixPath(uri).parent))
        return f"{begin}{to}{anchor or ''}{end}"

    return _LINK.sub(lead, markdown)


def _path(uri: str) -> str:
    """Return where a page of the site lies in the repository."""
    if uri == _FIRST:
        return _README
    within = uri.removeprefix(_SOURCE)
    return within if within != uri else f"{_DOCS}/{uri}"


def _targets(path: str) -> set[str]:
    """Return the files and folders of the repository that a page links to."""
    if not (_ROOT / path).is_file():
        return set()
    return {
        _in_repository(path, link[2])
        for link in _LINK.finditer((_ROOT / path).read_text())
        if not link[2].startswith(_ELSEWHERE)
    }


def _in_repository(path: str, target: str) -> str:
    return normpath(str(PurePosixPath(path).parent / target))


def _on_site(target: str) -> str:
    """Return where a file or folder of the repository stands on the site."""
    within = target.removeprefix(f"{_DOCS}/")
    place = _FIRST if target == _README else within if within != target else f"{_SOURCE}{target}"
    return f"{place}/{_LIST}" if (_ROOT / target).is_dir() else place


def _add(target: str, files: Files, config: MkDocsConfig) -> None:
    """Add a target that is outside docs/, or a folder; what does not exist MkDocs warns of."""
    place, found = _on_site(target), _ROOT / target
    if files.get_file_from_path(place) is not None or not found.exists():
        return
    content = _listed(found, target) if found.is_dir() else found.read_bytes()
    files.append(File.generated(config, place, content=content))
    if found.is_dir() and not target.startswith(f"{_DOCS}/"):
        for file in sorted(found.iterdir()):
            if file.is_file():
                _add(f"{target}/{file.name}", files, config)


def _listed(folder: Path, target: str) -> str:
    """Return a page that lists the files of a folder; a page there is called by its title."""
    rows = [
        f"- [{_title(file)}]({file.name})"
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.startswith("_")
    ]
    return "\n".join([f"# {target}", "", *rows, ""])


def _title(file: Path) -> str:
    if file.suffix != ".md":
        return file.name
    return file.read_text().partition("\n")[0].lstrip("# ")
