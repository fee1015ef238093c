import pytest
from rich.console import Console

from console.screens.outline import Heading, Marked, Note, Part, in_markdown, on_screen

OUTLINE: list[Part] = [
    Heading("web"),
    Marked("+", "one", "because"),
    Marked("~", "two"),
    Heading("in an account", 2),
    Marked("-", "three"),
    Note("a sentence"),
    Heading("the end"),
]
MARKDOWN = """\
### web

```diff
+ one  # because
  ~ two
```

#### in an account

```diff
- three
```

a sentence

### the end
"""


def test_markdown_has_headings_and_blocks_of_a_diff() -> None:
    assert in_markdown(OUTLINE) == MARKDOWN


@pytest.mark.parametrize("end", range(1, len(OUTLINE)))
def test_every_block_that_is_opened_is_closed(end: int) -> None:
    assert in_markdown(OUTLINE[:end]).count("```") % 2 == 0


def test_nothing_on_a_screen_is_told_by_colour_alone() -> None:
    console = Console(width=60, no_color=True, force_terminal=True)
    with console.capture() as capture:
        console.print(on_screen(OUTLINE))
    for text in ("+ one", "~ two", "- three", "a sentence", "the end"):
        assert text in capture.get()


def test_text_in_brackets_is_no_markup() -> None:
    console = Console(width=60, no_color=True)
    with console.capture() as capture:
        console.print(on_screen([Marked("+", "services.web.consumers[0]")]))
    assert "services.web.consumers[0]" in capture.get()
