"""The first thing that a stranger runs."""

import pytest

from sandbox import demo
from sandbox.story import Story, check

pytestmark = pytest.mark.e2e


def test_the_demo_tells_its_story_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main() == 0
    told = capsys.readouterr().out
    assert "it admits 192.168.0.0/20 on TCP 80, and nothing else" in told
    assert "account 444455556666 is not listed" in told
    assert "0 change anything" in told
    assert "10.0.3.181" in told


def test_the_demo_fails_if_a_step_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(_: Story) -> None:
        check(that=False, what="the published address is 10.0.3.9")

    monkeypatch.setattr(demo, "tell", tell)
    assert demo.main() == 1
    assert "the published address is 10.0.3.9" in capsys.readouterr().out
