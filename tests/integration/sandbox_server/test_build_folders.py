import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.build_folders import own_folder

ROOT = Path(__file__).parents[3]
BUILDS = """
import sys
from pathlib import Path
from sandbox.build_folders import own_folder
print(own_folder(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(work: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Run a process that makes a folder, fills it, and lives until its input ends."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", BUILDS, work],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        (folder / "template.yaml").touch()
        yield process, folder


def test_a_folder_goes_with_the_process_that_it_was_made_for(tmp_path: Path) -> None:
    with another_process(tmp_path) as (_, folder):
        assert folder.is_dir()
    assert not folder.exists()


def test_what_a_killed_process_has_left_is_removed_by_the_next(tmp_path: Path) -> None:
    with another_process(tmp_path) as (process, folder):
        process.kill()
    assert folder.is_dir()
    own = own_folder(tmp_path)
    assert list(tmp_path.iterdir()) == [own]


def test_what_a_living_process_uses_is_left_alone(tmp_path: Path) -> None:
    earlier = own_folder(tmp_path)
    with another_process(tmp_path) as (_, folder):
        own = own_folder(tmp_path)
        assert {*tmp_path.iterdir()} == {earlier, folder, own}
        assert (folder / "template.yaml").exists()
