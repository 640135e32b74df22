from __future__ import annotations

from pathlib import Path

import pytest

from flows.stage_keys import StageKeys, stage_keys
from flows.stages import StageManifest, finished, load_result, run_pages, run_pairs
from flows.workspace import Book, Workspace
from tests.extractors.figures.layout_models import model_folder
from tests.flows.tiny_books import draw_book, encrypt_book, quick_settings

SETTINGS = quick_settings()


@pytest.fixture
def workspace(root: Path) -> Workspace:
    """Two books, extracted."""
    return Workspace.open(root)


def first_book(workspace: Workspace) -> Book:
    return workspace.shelf().books[0]


def book_at(workspace: Workspace, path: Path) -> Book:
    (book,) = (book for book in workspace.shelf().books if book.path == path)
    return book


def run_both(workspace: Workspace, book: Book, *, retry_failed: bool = False) -> StageManifest:
    keys = stage_keys(SETTINGS.extract)
    pages = run_pages(workspace, book, SETTINGS.extract, keys, retry_failed=retry_failed)
    if pages.failure:
        return pages
    return run_pairs(workspace, book, SETTINGS.extract, keys, pages)


def written(folder: Path) -> dict[str, int]:
    """When each file below `folder` was last written: tells what was made anew."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*.json")}


@pytest.mark.parametrize(
    ("override", "pages_change", "pairs_change"),
    [
        ("extract.workers=2", False, False),
        ("build.concurrency=2", False, False),
        ("extract.crop_dpi=450", False, True),
        ("extract.preview_dpi=100", False, True),
        ("extract.costs={distance=2.5}", False, True),
        ("extract.limits.max_pages=7", True, True),
        ("extract.ocr.engine=rapid", True, True),
    ],
)
def test_a_key_changes_with_what_the_stage_depends_on(
    override: str, pages_change: bool, pairs_change: bool
) -> None:
    before, after = stage_keys(SETTINGS.extract), stage_keys(quick_settings(override).extract)
    assert (before.pages != after.pages) is pages_change
    assert (before.pairs != after.pairs) is pairs_change


def test_a_stage_runs_once(workspace: Workspace) -> None:
    book = first_book(workspace)
    stamps = written(workspace.extracted)
    made = run_both(workspace, book)
    assert made == finished(workspace, book, stage_keys(SETTINGS.extract))
    assert written(workspace.extracted) == stamps
    assert len(load_result(workspace, made).pairs) == 2


def test_a_renamed_book_is_not_read_again_but_gets_its_title(workspace: Workspace) -> None:
    before = first_book(workspace)
    before.path.rename(before.path.with_name("织锦.pdf"))
    book = book_at(workspace, before.path.with_name("织锦.pdf"))
    pages = {path: path.stat().st_mtime_ns for path in workspace.extracted.glob("*/pages-*.json")}
    result = load_result(workspace, run_both(workspace, book))
    assert (result.title, result.pairs[0].book_title) == ("织锦", "织锦")
    assert {path: path.stat().st_mtime_ns for path in pages} == pages


def test_other_settings_are_not_finished(workspace: Workspace) -> None:
    other = stage_keys(quick_settings("extract.crop_dpi=450").extract)
    assert finished(workspace, first_book(workspace), other) is None


@pytest.mark.parametrize("damage", ["truncated", "missing", "changed"])
def test_a_damaged_object_is_found_and_made_again(workspace: Workspace, damage: str) -> None:
    book = first_book(workspace)
    made = run_both(workspace, book)
    crop = next(stored for stored in made.files if stored.path.startswith("images/"))
    path = workspace.objects.path(crop.sha256)
    path.chmod(0o644)
    if damage == "missing":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-9] if damage == "truncated" else data[:-1] + b"?")
    again = run_both(workspace, book)
    assert again == made
    assert all(workspace.objects.is_sound(stored) for stored in again.objects)


def test_a_manifest_that_cannot_be_read_counts_as_none(workspace: Workspace) -> None:
    book = first_book(workspace)
    made = run_both(workspace, book)
    for path in (workspace.extracted / book.sha256).glob("*.json"):
        path.write_text(path.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert finished(workspace, book, stage_keys(SETTINGS.extract)) is None
    assert run_both(workspace, book) == made


def test_a_failure_is_recorded_and_not_tried_again_until_asked(workspace: Workspace) -> None:
    path = encrypt_book(draw_book(workspace.books / "locked.pdf", seed=9))
    book = book_at(workspace, path)
    failed = run_both(workspace, book)
    assert failed.failure is not None
    assert failed.failure.reason == "encrypted"
    assert "locked.pdf" in failed.failure.message
    stamps = written(workspace.extracted)
    assert run_both(workspace, book) == failed
    assert written(workspace.extracted) == stamps
    assert run_both(workspace, book, retry_failed=True) == failed
    assert written(workspace.extracted) != stamps


def test_a_failed_book_that_changes_is_another_book(workspace: Workspace) -> None:
    path = workspace.books / "late.pdf"
    path.write_bytes(b"")
    assert run_both(workspace, book_at(workspace, path)).failure is not None
    draw_book(path, pages=1, seed=8)
    assert run_both(workspace, book_at(workspace, path)).failure is None


def test_a_layout_model_is_in_the_key_by_what_it_is_not_by_where(tmp_path: Path) -> None:
    def keys(folder: Path) -> StageKeys:
        return stage_keys(quick_settings(f"extract.layout_model_dir={folder}").extract)

    here, there = model_folder(tmp_path / "here"), model_folder(tmp_path / "there")
    other = model_folder(tmp_path / "other", [(4, 0.5, 0, 0, 900, 900)])
    assert keys(here) == keys(there)
    assert keys(here).pages not in (keys(other).pages, stage_keys(SETTINGS.extract).pages)


def test_a_finder_of_ones_own_is_in_the_key_by_what_it_is_not_by_where(tmp_path: Path) -> None:
    def keys(name: str, data: bytes) -> StageKeys:
        (tmp_path / name).write_bytes(data)
        return stage_keys(quick_settings(f"extract.finder_model={tmp_path / name}").extract)

    assert keys("here.onnx", b"weights") == keys("there.onnx", b"weights")
    assert keys("here.onnx", b"weights").pages not in (
        keys("here.onnx", b"others").pages,
        stage_keys(SETTINGS.extract).pages,
    )
