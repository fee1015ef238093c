"""Linux network namespaces: places with networks of their own, joined by cables."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

_TOOLS: Final = ("ip", "nft", "curl", "sysctl")


class LabError(Exception):
    """The network does not do what it is told."""


class Plug(NamedTuple):
    """An end of a cable: a network interface of a place, with its address and prefix length."""

    place: str
    interface: str
    address: str = ""


@dataclass(frozen=True)
class Namespaces:
    """The places, whose names on this machine begin with a prefix."""

    prefix: str

    def inside(self, place: str, *command: str) -> list[str]:
        """Return the command that runs another one in a place."""
        return ["ip", "netns", "exec", f"{self.prefix}-{place}", *command]

    def run(self, place: str, *command: str) -> None:
        """Run a command in a place, or raise LabError."""
        _run(*self.inside(place, *command))

    def load(self, place: str, ruleset: str) -> None:
        """Have nftables do all that a text says, or nothing of it: then raise LabError."""
        _run(*self.inside(place, "nft", "-f", "-"), told=ruleset)

    def join(self, one: Plug, other: Plug) -> None:
        """Lay a cable between two places."""
        here, there = (f"{self.prefix}-{plug.place}" for plug in (one, other))
        ends = (one.interface, "netns", here, "type", "veth", "peer", other.interface)
        _run("ip", "link", "add", *ends, "netns", there)
        for place, interface, address in (one, other):
            if address:
                self.run(place, "ip", "address", "add", address, "dev", interface)
            self.run(place, "ip", "link", "set", interface, "up")


@contextmanager
def namespaces(*places: str) -> Iterator[Namespaces]:
    """Have places for the length of the block; what is in them goes with them."""
    made = Namespaces(f"lab-{os.getpid()}")
    with ExitStack() as stack:
        for place in places:
            _run("ip", "netns", "add", f"{made.prefix}-{place}")
            stack.callback(_run, "ip", "netns", "del", f"{made.prefix}-{place}")
            made.run(place, "ip", "link", "set", "lo", "up")
        yield made


def what_is_missing() -> str:
    """Say why this machine can have no lab, or return an empty text: it can."""
    if not sys.platform.startswith("linux"):
        return "The lab is made of network namespaces, which Linux alone has."
    if os.geteuid() != 0:
        return "The lab needs root, who may make network namespaces."
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        return f"The lab needs {', '.join(missing)}: apt-get install curl iproute2 nftables procps"
    try:
        with namespaces("probe") as probe:
            probe.load("probe", "table ip lab {}\n")
    except LabError as error:
        return f"This machine lets nobody make network namespaces: {error}"
    return ""


def _run(*command: str, told: str | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, input=told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LabError(f"{' '.join(command)}: {done.stderr.strip()}")
