"""Looks for known vulnerabilities in what is locked: first what is deployed, then all tools.

    python -m security.advisories

Where the advisory service cannot be reached, nothing is said about vulnerabilities, and nothing
fails. ADVISORY_SERVICE names another service than OSV's that speaks its protocol
(https://google.github.io/osv.dev/api/).
"""

import http
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_UV: Final = Path(sys.executable).parent / "uv"
_OSV: Final = "https://api.osv.dev"
_SECONDS: Final = 15

_AUDITS: Final[Mapping[str, tuple[str, ...]]] = {
    "what is deployed": ("--project", str(_ROOT), "--only-group", "functions"),
    "the console, the sandbox and the tools": ("--project", str(_ROOT)),
    "the static checks": ("--project", str(_ROOT / "security" / "checks")),
}


def audit(service: str) -> int:
    """Return how many of the audits found something or could not be finished."""
    silence = _silence_of(service)
    if silence:
        print(f"Not audited: the advisory service {service} cannot be reached ({silence}).")  # noqa: T201 - a command
        return 0
    failures = 0
    for what, arguments in _AUDITS.items():
        print(f"Known vulnerabilities of {what}:", flush=True)  # noqa: T201 - as above
        failures += _audit(service, arguments) != 0
    return failures


def _audit(service: str, arguments: tuple[str, ...]) -> int:
    command = [str(_UV), "audit", "--frozen", "--preview-features", "audit-command", *arguments]
    run = subprocess.run([*command, "--service-url", service], check=False)  # noqa: S603 - our own arguments
    return run.returncode


def _silence_of(service: str) -> str:
    """Return why a service does not answer, or nothing if it does: it is asked about no package."""
    question = urllib.request.Request(  # noqa: S310 - our own URL, or the one that the caller names
        f"{service}/v1/querybatch",
        data=b'{"queries": []}',
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(question, timeout=_SECONDS):  # noqa: S310 - as above
            return ""
    except urllib.error.HTTPError as refusal:
        unwell = refusal.code >= http.HTTPStatus.INTERNAL_SERVER_ERROR
        return f"HTTP {refusal.code}" if unwell else ""
    except OSError as failure:
        return str(getattr(failure, "reason", failure))


if __name__ == "__main__":
    sys.exit(min(audit(os.environ.get("ADVISORY_SERVICE", _OSV)), 1))
