"""The build end to end, on tiny books and Prefect's test server."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType

from dataset_cards.verify import read_current
from extractors.errors import BAD_INPUT, ENCRYPTED, OK, PARTIAL, BusyError, DamagedWorkspaceError, UsageError
from flows.lock import workspace_lock
from flows.rebuild import build_workspace
from flows.status import read_status
from flows.verify import verify_workspace
from tests.flows.tiny_books import draw_book, encrypt_book, quick_settings

SETTINGS = quick_settings()
has_dask = importlib.util.find_spec("prefect_dask") is not None

pytestmark = pytest.mark.usefixtures("prefect_server")


def files(folder: Path) -> dict[str, str]:
    """sha256 of every file below `folder`."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def current(root: Path) -> Path:
    """The folder of the current version."""
    return read_current(root / "datasets" / "tiny")


def splits(version: Path) -> dict[str, str]:
    """pair_id -> split, from the published table."""
    found = {}
    for path in sorted(version.glob("data/*.parquet")):
        table = pq.read_table(path, columns=["pair_id", "split"]).to_pydict()
        found |= dict(zip(table["pair_id"], table["split"], strict=True))
    return found


def extracted_books(root: Path) -> set[str]:
    return {path.parent.name for path in (root / "extracted").glob("*/pairs-*.json")}


def test_a_first_build_publishes(root: Path) -> None:
    (run,) = read_status(root, SETTINGS).runs
    assert run.outcome == "published"
    assert current(root).name == "v0001"
    assert len(splits(current(root))) == 4
    assert verify_workspace(root).problems == ()


def test_nothing_new_publishes_nothing(root: Path) -> None:
    before = files(root / "datasets")
    report = build_workspace(root, SETTINGS)
    assert (report.state, report.version, report.exit_code) == ("nothing-new", "v0001", OK)
    assert files(root / "datasets") == before
    assert len(list((root / "runs").iterdir())) == 1  # no run: nothing was done


def test_only_a_new_book_is_extracted_and_no_old_pair_moves(root: Path) -> None:
    before = files(current(root))
    manifests = {path: path.stat().st_mtime_ns for path in (root / "extracted").glob("*/*.json")}
    draw_book(root / "books" / "new" / "book3.pdf", seed=3)
    report = build_workspace(root, SETTINGS)
    assert (report.state, report.version) == ("published", "v0002")
    assert report.counts is not None
    assert (report.counts["added"], report.counts["removed"], report.counts["changed"]) == (2, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in manifests} == manifests
    assert len(extracted_books(root)) == 3
    old = current(root).with_name("v0001")
    assert files(old) == before
    assert splits(old).items() <= splits(current(root)).items()
    assert verify_workspace(root).problems == ()


def test_a_book_taken_away_leaves_the_next_version_and_may_come_back(root: Path) -> None:
    first = splits(current(root))
    book = root / "books" / "book2.pdf"
    book.rename(root / "book2.pdf")
    second = build_workspace(root, SETTINGS)
    assert second.version == "v0002"
    assert second.counts is not None
    assert second.counts["removed"] == 2
    assert splits(current(root)).items() <= first.items()
    (root / "book2.pdf").rename(book)
    assert build_workspace(root, SETTINGS).version == "v0003"
    assert splits(current(root)) == first


def test_a_bad_book_is_listed_and_stops_nothing(root: Path) -> None:
    encrypt_book(draw_book(root / "books" / "locked.pdf", seed=5))
    (root / "books" / "letter.pdf").write_bytes(b"Dear colleagues, the book follows.")
    shutil.copy(root / "books" / "book1.pdf", root / "books" / "copy.pdf")
    report = build_workspace(root, SETTINGS)
    # The version holds the same books as before, so there is none to publish.
    assert (report.state, report.exit_code) == ("nothing-new", PARTIAL)
    bad = {book.name: book.reason for book in report.books if book.state == "failed"}
    assert bad == {"letter.pdf": "not-a-pdf", "locked.pdf": "encrypted"}
    assert report.duplicates == (("copy.pdf", "book1.pdf"),)

    again = build_workspace(root, SETTINGS)
    assert (again.state, again.exit_code) == ("nothing-new", PARTIAL)

    status = read_status(root, SETTINGS)
    assert {book.name: book.reason for book in status.books if book.state == "failed"} == bad
    assert len(status.runs) == 2  # the third build had nothing to do
    events = [json.dumps(event, ensure_ascii=False) for event in status.runs[0].events]
    assert any("letter.pdf" in event and "not-a-pdf" in event for event in events)


@pytest.mark.parametrize(
    ("number", "attempts", "state"), [(errno.EIO, 2, "published"), (errno.ENOSPC, 1, "no-pairs")]
)
def test_a_passing_fault_of_the_disk_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, attempts: int, state: str
) -> None:
    """The first object that is written fails once."""
    draw_book(tmp_path / "books" / "a.pdf")
    real = os.fsync
    tried: list[str] = []

    def fsync(descriptor: int) -> None:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if "/objects/" in path and os.path.isfile(path):
            tried.append(path)
            if len(tried) == 1:
                raise OSError(number, os.strerror(number), path)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    report = build_workspace(tmp_path, SETTINGS)
    assert report.state == state
    assert min(len(tried), 2) == attempts


def test_runs_of_prefect_say_workspace_version_and_failures(tmp_path: Path) -> None:
    root = tmp_path / "seide"
    draw_book(root / "books" / "a.pdf")
    encrypt_book(draw_book(root / "books" / "a|<b>.pdf", seed=2))
    assert build_workspace(root, SETTINGS).exit_code == PARTIAL
    (root / "books" / "a|<b>.pdf").unlink()
    assert build_workspace(root, quick_settings("dataset.pretty_name=织绣")).exit_code == OK
    with get_client(sync_client=True) as client:
        runs = {run.name: run for run in client.read_flow_runs() if "seide" in run.name}
        tables = {artifact.key: str(artifact.data) for artifact in client.read_artifacts()}
    first, second = runs["build seide v0001"], runs["build seide v0002"]
    assert first.state is not None
    assert (first.state.type, first.state.name) == (StateType.FAILED, "Partial")
    assert "1 book with failures: a|<b>.pdf" in str(first.state.message)
    assert first.tags == ["partial"]
    assert second.state is not None
    assert second.state.name == "Completed"
    assert second.tags == []
    assert "<b>" not in tables["build-seide"]
    assert "a.pdf | done | 2 | 2 | 0 |" in tables["build-seide"]


def test_when_every_book_fails_nothing_is_published(tmp_path: Path) -> None:
    encrypt_book(draw_book(tmp_path / "books" / "locked.pdf"))
    report = build_workspace(tmp_path, SETTINGS)
    assert (report.state, report.exit_code, report.path) == ("no-pairs", ENCRYPTED, None)
    (tmp_path / "books" / "empty.pdf").write_bytes(b"")
    report = build_workspace(tmp_path, SETTINGS)
    assert (report.state, report.exit_code) == ("no-pairs", BAD_INPUT)


def test_an_empty_shelf_and_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="books/"):
        build_workspace(tmp_path, SETTINGS)
    (tmp_path / "books").mkdir()
    assert build_workspace(tmp_path, SETTINGS).state == "no-books"


def test_one_builder_at_a_time(root: Path) -> None:
    with workspace_lock(root), pytest.raises(BusyError):
        build_workspace(root, SETTINGS)


def test_settings_that_change_pairs_make_a_new_version_others_do_not(root: Path) -> None:
    assert build_workspace(root, quick_settings("build.concurrency=2")).state == "nothing-new"
    assert build_workspace(root, quick_settings("dataset.pretty_name=织绣")).version == "v0002"


@pytest.mark.parametrize(
    "overrides",
    [
        ("extract.workers=2", "build.concurrency=2"),
        ("build.runner=processes", "build.concurrency=2"),
        pytest.param(
            ("build.runner=dask", "build.concurrency=2"),
            marks=pytest.mark.skipif(not has_dask, reason="prefect-dask is not installed (extra: dask)"),
        ),
    ],
    ids=["two workers", "processes", "dask"],
)
def test_every_runner_and_worker_count_makes_the_same_bytes(
    root: Path, tmp_path: Path, overrides: tuple[str, ...]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(root / "books", other / "books")
    (other / "books" / "letter.pdf").write_bytes(b"Dear colleagues")
    report = build_workspace(other, quick_settings(*overrides))
    assert (report.state, report.exit_code) == ("published", PARTIAL)
    assert files(root / "datasets") == files(other / "datasets")
    assert extracted_books(root) == extracted_books(other)
    assert set(files(root / "objects")) <= set(files(other / "objects"))


def test_verify_names_what_is_damaged(root: Path) -> None:
    crop = sorted((root / "objects").glob("??/*"))[0]
    crop.chmod(0o644)
    crop.write_bytes(crop.read_bytes()[:-1])
    card = current(root) / "README.md"
    card.chmod(0o644)
    card.write_text("changed", encoding="utf-8")
    problems = verify_workspace(root).problems
    assert any(crop.name in problem for problem in problems)
    assert any("README.md" in problem for problem in problems)


def test_a_damaged_current_version_is_not_built_upon(root: Path) -> None:
    shutil.rmtree(current(root))
    with pytest.raises(DamagedWorkspaceError, match="v0001"):
        build_workspace(root, SETTINGS)
