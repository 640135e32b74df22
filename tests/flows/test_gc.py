"""gc: what it takes and what it leaves, also when it is stopped half-way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dataset_cards.verify import read_current, read_manifest
from extractors.errors import BusyError, DamagedWorkspaceError, UsageError
from flows.gc import Plan, collect, remove
from flows.lock import workspace_lock
from flows.rebuild import build_workspace
from flows.stage_keys import stage_keys
from flows.stages import StageManifest, run_pages, run_pairs
from flows.status import read_status
from flows.verify import verify_workspace
from flows.workspace import Workspace
from tests.flows.tiny_books import quick_settings

SETTINGS = quick_settings()
OTHER = quick_settings("extract.preview_dpi=100")


@pytest.fixture(scope="module")
def made(extracted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with previews under settings that are current no more, and leftovers of a crash."""
    root = tmp_path_factory.mktemp("gc") / "workspace"
    shutil.copytree(extracted, root)
    workspace = Workspace.open(root)
    keys = stage_keys(OTHER.extract)
    for book in workspace.shelf().books:
        run_pairs(workspace, book, OTHER.extract, keys, run_pages(workspace, book, OTHER.extract, keys))
    for name in ("objects/ab/.abc.1.part", ".tmp/pages/0001.jpg", "datasets/tiny/.v0009.partial/data/x"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"half")
    return root


@pytest.fixture
def with_older(made: Path, tmp_path: Path) -> Path:
    """A copy of that workspace, its shelf indexed again: the books have other inodes."""
    root = tmp_path / "workspace"
    shutil.copytree(made, root)
    Workspace.open(root).shelf()
    return root


def names(plan: Plan) -> dict[str, int]:
    return {removable.name: len(removable.paths) for removable in plan.classes if removable.paths}


def state(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".prefect" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_workspace_just_built_needs_everything(root: Path) -> None:
    assert names(collect(root, SETTINGS)) == {}


def test_the_dry_run_removes_nothing_and_names_every_class(with_older: Path) -> None:
    before = state(with_older)
    plan = collect(with_older, SETTINGS)
    assert names(plan) == {
        "superseded stage results": 2,
        "objects": 4,  # a preview of each page; crops and pairs are the same
        "leftovers of stopped runs": 3,
    }
    assert plan.objects.bytes == sum(path.stat().st_size for path in plan.objects.paths) > 0
    assert state(with_older) == before


def test_what_is_removed_is_what_was_shown_and_nothing_else(with_older: Path) -> None:
    before = state(with_older)
    shown = collect(with_older, SETTINGS)
    assert remove(with_older, SETTINGS) == shown
    after = state(with_older)
    gone = before.keys() - after.keys()
    assert all(after[name] == before[name] for name in after if name not in {".lock"})
    taken = {path.relative_to(with_older).as_posix() for part in shown.classes for path in part.paths}
    assert {name for name in gone if not any(name.startswith(path) for path in taken)} == set()
    assert verify_workspace(with_older).problems == ()
    assert read_status(with_older, SETTINGS).waiting == ()
    assert names(collect(with_older, SETTINGS)) == {}


def test_which_results_are_current_follows_the_settings(with_older: Path) -> None:
    assert collect(with_older, OTHER).manifests.paths != collect(with_older, SETTINGS).manifests.paths
    remove(with_older, OTHER)
    assert read_status(with_older, OTHER).waiting == ()
    # The version was made from the results that went: its own files stay.
    assert verify_workspace(with_older).problems == ()


def test_a_book_that_left_is_kept_unless_asked(root: Path) -> None:
    book = next((root / "books").iterdir())
    book.rename(root / "away.pdf")
    assert names(collect(root, SETTINGS)) == {}
    plan = remove(root, SETTINGS, absent=True)
    assert plan.absent.name in names(plan)
    assert len(list((root / "extracted").glob("*/"))) == 1
    (root / "away.pdf").rename(book)
    assert read_status(root, SETTINGS).waiting == (book.name,)
    assert verify_workspace(root).problems == ()


def test_an_empty_shelf_is_not_taken_for_a_wish(root: Path) -> None:
    (root / "books").rename(root / "unmounted")
    (root / "books").mkdir()
    with pytest.raises(UsageError, match="is empty"):
        remove(root, SETTINGS, absent=True)
    assert names(collect(root, SETTINGS)) == {}


def test_the_files_of_a_version_keep_their_objects(root: Path) -> None:
    version = read_current(root / "datasets" / "tiny")
    for folder in (root / "extracted").glob("*/"):
        shutil.rmtree(folder)
    plan = collect(root, SETTINGS)
    held = {entry["sha256"] for entry in read_manifest(version)["files"].values()}
    assert plan.objects.paths
    assert not held & {path.name for path in plan.objects.paths}


def test_a_damaged_version_stops_it(with_older: Path) -> None:
    manifest = read_current(with_older / "datasets" / "tiny") / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text("{}")
    with pytest.raises(DamagedWorkspaceError):
        remove(with_older, SETTINGS)


def test_a_manifest_that_cannot_be_read_goes(root: Path) -> None:
    path = next((root / "extracted").glob("*/pairs-*.json"))
    path.write_text("half")
    assert remove(root, SETTINGS).manifests.paths == (path,)


def test_it_waits_for_no_builder(with_older: Path) -> None:
    before = state(with_older)
    with workspace_lock(with_older), pytest.raises(BusyError):
        remove(with_older, SETTINGS)
    assert state(with_older).keys() - {".lock"} == before.keys() - {".lock"}


KILLED = """
import os, signal, sys
from pathlib import Path
from flows import gc
from tests.flows.tiny_books import quick_settings
left = int(sys.argv[2])
def counted(function):
    def run(*args, **kwargs):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return function(*args, **kwargs)
    return run
for name in ("unlink", "rmdir", "fsync"):
    setattr(os, name, counted(getattr(os, name)))
gc.remove(Path(sys.argv[1]), quick_settings())
"""


def sound(root: Path) -> None:
    """No manifest names what is gone, no version lacks a byte, and nothing needs to be made again."""
    assert verify_workspace(root).problems == ()
    assert read_status(root, SETTINGS).waiting == ()


class Stopped(BaseException):
    pass


def test_stopped_at_any_step_the_workspace_is_sound_and_the_rest_goes_later(
    with_older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, allowed = 0, sys.maxsize

    def counted(name: str) -> None:
        real = getattr(os, name)

        def run(*args: object, **kwargs: object) -> object:
            nonlocal calls
            if calls >= allowed:
                raise Stopped
            calls += 1
            return real(*args, **kwargs)

        monkeypatch.setattr(os, name, run)

    for name in ("unlink", "rmdir", "fsync"):
        counted(name)
    shutil.copytree(with_older, tmp_path / "whole", symlinks=True)
    remove(tmp_path / "whole", SETTINGS)
    steps, finished = calls, state(tmp_path / "whole").keys()
    assert steps > 10
    for step in range(steps):
        root = tmp_path / f"stopped-{step}"
        allowed = sys.maxsize
        shutil.copytree(with_older, root, symlinks=True)
        calls, allowed = 0, step
        with pytest.raises(Stopped):
            remove(root, SETTINGS)
        allowed = sys.maxsize
        sound(root)
        remove(root, SETTINGS)
        assert state(root).keys() == finished
        shutil.rmtree(root)


def test_killed_outright_it_leaves_a_sound_workspace(with_older: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", KILLED, str(with_older), "5"]
    assert subprocess.run(command, env=environment).returncode == -signal.SIGKILL
    sound(with_older)
    assert names(collect(with_older, SETTINGS))
    remove(with_older, SETTINGS)
    assert names(collect(with_older, SETTINGS)) == {}


def test_a_build_after_gc_makes_the_same_version(with_older: Path) -> None:
    remove(with_older, SETTINGS)
    assert build_workspace(with_older, SETTINGS).state == "nothing-new"
    assert isinstance(run_again(with_older), StageManifest)


def run_again(root: Path) -> StageManifest:
    """The previews that went, made once more: same bytes, same names."""
    workspace, keys = Workspace.open(root), stage_keys(OTHER.extract)
    book = workspace.shelf().books[0]
    return run_pairs(workspace, book, OTHER.extract, keys, run_pages(workspace, book, OTHER.extract, keys))
