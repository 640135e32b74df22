from __future__ import annotations

from pathlib import Path

import pytest

from extractors.durable import file_sha256
from extractors.errors import UsageError
from flows.workspace import Workspace, find_pdfs


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "books").mkdir()
    return Workspace.open(tmp_path)


def test_a_folder_without_books_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mkdir -p"):
        Workspace.open(tmp_path)


def test_pdfs_are_found_in_any_case_and_folder_sorted(workspace: Workspace) -> None:
    for name in ("敦煌/二.pdf", "b.PDF", "a.pdf", ".hidden.pdf", ".git/c.pdf", "notes.txt", "d.pdf.part"):
        path = workspace.books / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    names = [path.relative_to(workspace.books).as_posix() for path in find_pdfs(workspace.books)]
    assert names == ["a.pdf", "b.PDF", "敦煌/二.pdf"]


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
    assert shelf.unreadable == (("a.pdf", "No such file or directory"),)


def test_only_the_books_named_are_taken(workspace: Workspace) -> None:
    for name in ("a.pdf", "b.pdf"):
        (workspace.books / name).write_bytes(name.encode())
    assert [book.name for book in workspace.shelf({"b.pdf"}).books] == ["b.pdf"]


def test_the_lock_sweeps_what_a_crash_left(workspace: Workspace) -> None:
    workspace.scratch.mkdir()
    (workspace.scratch / "half").write_bytes(b"")
    with workspace.locked():
        assert not workspace.scratch.exists()
