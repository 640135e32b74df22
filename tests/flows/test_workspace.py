from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from extractors.durable import file_sha256
from extractors.errors import UsageError
from flows.workspace import Workspace
from tests.flows.test_book_files import failing


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "books").mkdir()
    return Workspace.open(tmp_path)


def test_a_folder_without_books_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mkdir -p"):
        Workspace.open(tmp_path)


def test_the_same_content_twice_is_one_book(workspace: Workspace) -> None:
    (workspace.books / "b.pdf").write_bytes(b"one")
    (workspace.books / "a.pdf").write_bytes(b"one")
    shelf = workspace.shelf()
    assert [book.name for book in shelf.books] == ["a.pdf"]
    assert shelf.duplicates == (("b.pdf", "a.pdf"),)


def test_a_changed_file_is_hashed_again(workspace: Workspace) -> None:
    path = workspace.books / "a.pdf"
    path.write_bytes(b"first")
    before = workspace.shelf().books[0].sha256
    path.write_bytes(b"other")  # the same size
    after = workspace.shelf().books[0].sha256
    assert before != after == file_sha256(path)


def test_a_broken_index_is_made_again(workspace: Workspace) -> None:
    (workspace.books / "a.pdf").write_bytes(b"first")
    first = workspace.shelf()
    (workspace.extracted / "shelf.json").write_text("{", encoding="utf-8")
    assert workspace.shelf() == first


def test_a_file_that_cannot_be_read_is_named(workspace: Workspace) -> None:
    (workspace.books / "a.pdf").symlink_to(workspace.books / "gone.pdf")
    (workspace.books / "b.pdf").write_bytes(b"one")
    shelf = workspace.shelf()
    assert [book.name for book in shelf.books] == ["b.pdf"]
    assert shelf.unreadable == (("a.pdf", "a link to what is not there: No such file or directory"),)


def test_only_the_books_named_are_taken(workspace: Workspace) -> None:
    for name in ("a.pdf", "b.pdf"):
        (workspace.books / name).write_bytes(name.encode())
    shelf = workspace.shelf({"b.pdf"})
    assert [book.name for book in shelf.books] == ["b.pdf"]
    assert shelf.waiting == ("a.pdf",)


def unseen(workspace: Workspace, only: set[str] | None = None) -> dict[str, str]:
    """Names of the books whose last reading counts, with the reason."""
    return {book.name: book.unseen for book in workspace.shelf(only).books if book.unseen}


def put(workspace: Workspace, *names: str) -> list[Path]:
    paths = [workspace.books / name for name in names]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(path.name.encode())
    return paths


def test_a_folder_that_cannot_be_read_keeps_its_books(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(workspace, "a.pdf", "nas/b.pdf")
    before = workspace.shelf()
    for _ in range(2):  # remembered, however often one looks
        with monkeypatch.context() as patch:
            failing(patch, "scandir", workspace.books / "nas", errno.EIO)
            during = workspace.shelf()
        assert [book.sha256 for book in during.books] == [book.sha256 for book in before.books]
        assert [book.unseen for book in during.books] == ["", "Input/output error"]
        assert during.unreadable == (("nas", "Input/output error"),)
    assert workspace.shelf() == before


def test_a_share_that_is_not_mounted_keeps_its_books(workspace: Workspace) -> None:
    (book,) = put(workspace, "nas/b.pdf")
    put(workspace, "a.pdf")
    workspace.shelf()
    book.unlink()
    assert list(unseen(workspace)) == ["nas/b.pdf"]
    assert "not mounted" in unseen(workspace)["nas/b.pdf"]
    book.parent.rmdir()  # the folder goes too: removed on purpose
    assert [book.name for book in workspace.shelf().books] == ["a.pdf"]


def test_all_of_books_may_be_one_share(workspace: Workspace) -> None:
    (book,) = put(workspace, "b.pdf")
    workspace.shelf()
    book.unlink()
    assert list(unseen(workspace)) == ["b.pdf"]


def test_a_linked_share_that_is_gone_keeps_its_books(workspace: Workspace, tmp_path: Path) -> None:
    nas = tmp_path / "nas"
    nas.mkdir()
    (nas / "b.pdf").write_bytes(b"b")
    (workspace.books / "nas").symlink_to(nas)
    before = workspace.shelf()
    assert [book.name for book in before.books] == ["nas/b.pdf"]
    nas.rename(tmp_path / "away")
    assert list(unseen(workspace)) == ["nas/b.pdf"]
    (tmp_path / "away").rename(nas)
    assert workspace.shelf() == before


def test_a_book_that_is_deleted_or_moved_is_gone(workspace: Workspace) -> None:
    first, second, _ = put(workspace, "new/a.pdf", "new/b.pdf", "c.pdf")
    workspace.shelf()
    first.unlink()
    assert [book.name for book in workspace.shelf().books] == ["c.pdf", "new/b.pdf"]
    second.rename(workspace.books / "b.pdf")
    assert [book.name for book in workspace.shelf().books] == ["b.pdf", "c.pdf"]
    assert unseen(workspace) == {}


def test_a_file_that_cannot_be_read_any_more_keeps_its_reading(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = put(workspace, "a.pdf")
    before = workspace.shelf().books[0].sha256
    path.touch()  # a new time stamp: it must be hashed again
    with monkeypatch.context() as patch:
        failing(patch, "open", path, errno.EIO)
        (book,) = workspace.shelf().books
    assert book.sha256 == before
    assert "Input/output error" in book.unseen


def test_a_book_that_is_being_written_keeps_its_last_reading(workspace: Workspace) -> None:
    put(workspace, "a.pdf", "b.pdf")
    workspace.shelf()
    put(workspace, "c.pdf")
    shelf = workspace.shelf({"b.pdf"})
    assert {book.name: book.unseen for book in shelf.books} == {"a.pdf": "it is being written", "b.pdf": ""}
    assert shelf.waiting == ("c.pdf",)


def test_pipes_and_devices_are_skipped_at_once(workspace: Workspace) -> None:
    put(workspace, "a.pdf")
    os.mkfifo(workspace.books / "pipe.pdf")
    shelf = workspace.shelf()
    assert [book.name for book in shelf.books] == ["a.pdf"]
    assert shelf.skipped == (("pipe.pdf", "a named pipe, no file"),)


def test_a_missing_shelf_of_a_used_workspace_is_no_new_workspace(workspace: Workspace) -> None:
    workspace.datasets.mkdir()
    workspace.books.rmdir()
    with pytest.raises(UsageError, match="mounted"):
        Workspace.open(workspace.root)


def test_the_lock_sweeps_what_a_crash_left(workspace: Workspace) -> None:
    workspace.scratch.mkdir()
    (workspace.scratch / "half").write_bytes(b"")
    with workspace.locked():
        assert not workspace.scratch.exists()
