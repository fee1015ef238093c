"""`make audit` against a stand-in of the advisory service, on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, override

import pytest

ROOT = Path(__file__).parents[3]
ADVISORY = {
    "id": "PYSEC-2099-1",
    "modified": "2099-01-01T00:00:00Z",
    "summary": "An advisory of the tests' own",
    "affected": [{"package": {"name": "pyyaml", "ecosystem": "PyPI"}, "versions": ["6.0.3"]}],
}


@contextmanager
def advisory_service(*, affected: str = "", status: int = 200) -> Iterator[tuple[str, set[str]]]:
    """Run a service that knows of one affected package; give its URL and what it is asked about."""
    asked: set[str] = set()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            names = [
                each["package"]["name"] for each in json.loads(self.rfile.read(length))["queries"]
            ]
            asked.update(names)
            known = {"vulns": [{"id": ADVISORY["id"], "modified": ADVISORY["modified"]}]}
            self.answer({"results": [known if name == affected else {} for name in names]})

        def do_GET(self) -> None:
            self.answer(ADVISORY)

        def answer(self, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def audit(service: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "security.advisories"],
        cwd=ROOT,
        env={**os.environ, "ADVISORY_SERVICE": service, "UV_HTTP_RETRIES": "0"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_audit_without_a_finding_passes_and_asks_about_everything() -> None:
    with advisory_service() as (service, asked):
        answer = audit(service)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr.count("Found no known vulnerabilities") == 3
    assert asked > {"aws-lambda-powertools", "msgspec", "boto3", "pytest", "checkov"}


@pytest.mark.parametrize("package", ["pyyaml", "checkov"])
def test_an_audit_fails_on_a_finding_in_what_is_deployed_or_in_a_tool(package: str) -> None:
    with advisory_service(affected=package) as (service, _):
        answer = audit(service)
    assert answer.returncode == 1
    assert "PYSEC-2099-1" in answer.stdout
    assert f"{package} " in answer.stdout


def test_an_audit_that_reaches_nobody_says_so_and_fails_nothing() -> None:
    with advisory_service() as (service, _):
        pass
    answer = audit(service)
    assert answer.returncode == 0
    assert f"Not audited: the advisory service {service} cannot be reached" in answer.stdout


def test_a_service_that_is_unwell_counts_as_not_reached() -> None:
    with advisory_service(status=503) as (service, _):
        answer = audit(service)
    assert answer.returncode == 0
    assert "cannot be reached (HTTP 503)" in answer.stdout


def test_an_audit_that_is_refused_does_not_pass_for_one_without_a_finding() -> None:
    with advisory_service(status=403) as (service, _):
        answer = audit(service)
    assert answer.returncode == 1
