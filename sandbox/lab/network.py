"""The network of the lab while it is up: its servers, and what its security group lets in."""

import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from sandbox.lab.namespaces import LabError, Namespaces, namespaces
from sandbox.lab.topology import PLACES, PORTS, build
from sandbox.waiting import wait_until

_ROOT: Final = Path(__file__).parents[2]
_SERVERS: Final = ("workload", "web", "decoy")
_SECONDS: Final = "1.5"
"""What curl waits; a packet that passes needs a thousandth of it."""
_TIMED_OUT: Final = 28
"""https://curl.se/docs/manpage.html, EXIT CODES"""


class Rule(NamedTuple):
    """What a security group lets in."""

    cidr: str
    protocol: str
    port: int


class Answer(NamedTuple):
    """Who has answered a request, and whom the server has seen asking."""

    server: str
    client: str


@dataclass(frozen=True)
class Network:
    """The topology with a web server in each place that has somebody to answer."""

    places: Namespaces

    def admit(self, addresses: Collection[str], rules: Collection[Rule]) -> None:
        """Let through what is for these addresses and meets one of these rules, and nothing else.

        What is under way goes on, as with security groups, while its address is one of these.
        """
        elements = [f"{rule.cidr} . {rule.protocol} . {rule.port}" for rule in rules]
        self.places.load("endpoint", _set("addresses", addresses) + _set("ingress", elements))

    def ask(
        self, address: str, port: int = 80, *, place: str = "workload", source: str | None = None
    ) -> Answer | None:
        """Ask for a page with curl; return None if it times out.

        Raises LabError if anything else happens, as a connection that is refused.
        """
        options = ["--interface", source] if source else []
        url = f"http://{address}:{port}/"
        command = ["curl", "--silent", "--show-error", "--max-time", _SECONDS, *options, url]
        done = subprocess.run(  # noqa: S603 - our own arguments
            self.places.inside(place, *command), capture_output=True, text=True, check=False
        )
        if done.returncode == _TIMED_OUT:
            return None
        if done.returncode:
            raise LabError(done.stderr.strip())
        return Answer(*done.stdout.split())


@contextmanager
def network() -> Iterator[Network]:
    """Have the network up for the length of the block; `what_is_missing` says if that cannot be."""
    with ExitStack() as stack:
        places = stack.enter_context(namespaces(*PLACES))
        build(places)
        up = Network(places)
        for place in _SERVERS:
            stack.enter_context(_serving(up, place))
        yield up


@contextmanager
def _serving(network: Network, place: str) -> Iterator[None]:
    """Have a server in a place answer with its name and with whom it sees."""
    command = [sys.executable, "-m", "sandbox.lab.answering", place, *map(str, PORTS)]
    server = subprocess.Popen(  # noqa: S603 - our own module
        network.places.inside(place, *command), cwd=_ROOT, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: _answers(network, place), what=f"the server of the place {place}")
        yield
    finally:
        server.kill()
        server.wait()


def _answers(network: Network, place: str) -> bool:
    try:
        return all(network.ask("127.0.0.1", port, place=place) for port in PORTS)
    except LabError:
        return False


def _set(name: str, elements: Collection[str]) -> str:
    """Return the commands that put elements in the place of those of a set."""
    added = f"add element ip lab {name} {{ {', '.join(sorted(set(elements)))} }}\n"
    return f"flush set ip lab {name}\n" + (added if elements else "")
