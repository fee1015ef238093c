"""The pictures in docs/ show what the console says."""

import pytest

from tests.console.draw import PICTURES, SCREENS, draw


@pytest.mark.parametrize("name", SCREENS)
def test_a_picture_is_what_would_be_drawn(name: str) -> None:
    assert (PICTURES / f"{name}.svg").read_text() == draw(name), "run 'make screens'"


@pytest.mark.parametrize("name", SCREENS)
def test_a_picture_fetches_nothing_from_elsewhere(name: str) -> None:
    picture = (PICTURES / f"{name}.svg").read_text()
    assert "url(http" not in picture
    assert "<image" not in picture


def test_there_are_no_pictures_of_what_is_not_drawn() -> None:
    assert {path.stem for path in PICTURES.glob("*.svg")} == set(SCREENS)
