"""The page that `privatelink report` writes: one file, which asks nothing of any other.

Its policy (CSP) lets run and apply what stands in it, and nothing else. Whatever consumers have
written is escaped, and shown without characters that would forge lines or directions.
"""

import base64
import hashlib
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from console.documents.report import Report
from console.pages import kept
from console.pages.drawing import TARGETS, drawings, is_over
from console.plain import plain
from console.screens.times import age, when

_KINDS: Final = {"available": "good", "pending": "waiting", "pendingacceptance": "waiting"}
_HEALTH: Final = {"healthy": "good", "initial": "waiting"}
_MARKS: Final = {"+": "added", "-": "removed", "~": "changed"}


def page(report: Report) -> str:
    """Return a report as HTML."""
    names = {s.service_id: s.alias or s.service_id for s in report.status.services}
    aliases = {(c.service_id, c.account_id): c.alias for c in report.status.consumers}
    style, script = _asset("report.css"), _asset("report.js")
    return _ENVIRONMENT.get_template("report.html.jinja").render(
        report=report,
        status=report.status,
        drawings=tuple(drawings(report)),
        targets_max=TARGETS,
        live=[each for each in report.status.endpoints if not is_over(each)],
        names=names,
        aliases=aliases,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}",
        kept=Markup(kept.element(report)),  # noqa: S704 - has no < but those of its tags
    )


def _asset(name: str) -> str:
    return files("console.pages").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the source of a policy that matches an inline element.

    https://www.w3.org/TR/CSP3/#match-element-to-source-list
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _state_kind(state: str) -> str:
    return _KINDS.get(state.casefold(), "off")


def _health_kind(state: str) -> str:
    return _HEALTH.get(state, "bad" if state.startswith("unhealthy") else "off")


def _edit_kind(edit: str) -> str:
    return _MARKS.get(edit[:1], "changed")


def _shown(value: object) -> object:
    return plain(value) if type(value) is str else value


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("console", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_shown,
)
_ENVIRONMENT.filters |= {
    "when": when,
    "age": age,
    "state_kind": _state_kind,
    "health_kind": _health_kind,
    "edit_kind": _edit_kind,
}
