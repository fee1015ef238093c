"""Draws the report's picture for the documentation: the golden page, as Chromium shows it."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.browser.chromium import chromium, find_chromium
from tests.console.draw import GOLDEN, PICTURES, WORDS

_PAGES: Final = Path(__file__).parents[2] / "console" / "pages"
PICTURE: Final = PICTURES / "report.png"


def main() -> int:
    """Draw the picture, if there is a Chromium."""
    executable = find_chromium()
    if executable is None:
        sys.stderr.write(f"{PICTURE.name} is left as it is: there is no Chromium\n")
        return 0
    text = (GOLDEN / "report.html").read_text(encoding="utf-8")
    for word, value in WORDS.items():
        text = re.sub(word, value, text)
    with TemporaryDirectory() as folder, chromium(executable) as browser:
        file = Path(folder, "report.html")
        file.write_text(text, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        page.goto(file.as_uri())
        # The golden page is without its looks, and what they had for a digest.
        page.add_style_tag(path=_PAGES / "report.css")
        page.add_script_tag(path=_PAGES / "report.js")
        page.screenshot(path=PICTURE, full_page=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
