"""Tells what is done step by step, with the time that each step takes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console


class StepFailedError(Exception):
    """Something is not as the story says."""


@dataclass
class Story:
    """Prints one line a step, with the time that it took; keeps them for the table at the end."""

    console: Console
    steps: list[tuple[str, float]] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """How long the story has been going on, in seconds."""
        return time.monotonic() - self.begun

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Do one step: its line appears when it is done."""
        begun = time.monotonic()
        try:
            with self.console.status(text):
                yield
        except Exception:
            self.console.print(f"  [red]✗[/] {text}")
            raise
        elapsed = time.monotonic() - begun
        self.steps.append((text, elapsed))
        self.console.print(f"  [green]✓[/] {text} [dim]{elapsed:.1f} s[/]")

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        self.console.print(f"\n[bold]{title}[/]")

    def say(self, text: str) -> None:
        """Show what somebody sees."""
        self.console.print(f"    {text}", highlight=False, soft_wrap=True)


def told(tell: Callable[[Story], None]) -> int:
    """Tell a story on the terminal; return the exit status, 1 if it does not hold."""
    console = Console()
    try:
        tell(Story(console))
    except Exception:  # noqa: BLE001 - whatever it is, the story does not hold
        console.print_exception(max_frames=4)
        return 1
    return 0


def check(*, that: bool, what: str) -> None:
    """Raise StepFailedError unless something holds."""
    if not that:
        raise StepFailedError(what)
