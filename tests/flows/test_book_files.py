"""What find_books finds below a folder, and what it says it could not look at."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractors.names import safe_name
from flows.book_files import Found, find_books


def names(found: Found) -> list[str]:
    return [file.name for file in found.files]


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(path.name.encode("utf-8", "surrogateescape"))
    return path


def failing(monkeypatch: pytest.MonkeyPatch, function: str, folder: Path, code: int) -> None:
    """`os.<function>` fails for `folder`, as when its share or disk does."""
    real: Callable[..., Any] = getattr(os, function)

    def fail(path: Any, *rest: Any, **named: Any) -> Any:
        if not isinstance(path, int) and os.fspath(path) == os.fspath(folder):
            raise OSError(code, os.strerror(code), os.fspath(path))
        return real(path, *rest, **named)

    monkeypatch.setattr(os, function, fail)


def test_pdfs_are_found_in_any_case_and_folder_sorted(tmp_path: Path) -> None:
    for name in ("敦煌/二.pdf", "b.PDF", "a.pdf", ".hidden.pdf", ".git/c.pdf", "notes.txt", "d.pdf.part"):
        put(tmp_path / name)
    assert find_books(tmp_path) == Found(find_books(tmp_path).files)
    assert names(find_books(tmp_path)) == ["a.pdf", "b.PDF", "敦煌/二.pdf"]


def test_names_that_are_not_utf8_are_found(tmp_path: Path) -> None:
    folder, file = "敦煌".encode("gbk"), "二.pdf".encode("gbk")
    path = put(Path(os.fsdecode(bytes(tmp_path) + b"/" + folder + b"/" + file)))
    (found,) = find_books(tmp_path).files
    assert found.name == f"{safe_name(os.fsdecode(folder))}/{safe_name(os.fsdecode(file))}"
    assert found.path == path
    found.name.encode("utf-8")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("below", ["nas", "nas/2020"])
def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, below: str
) -> None:
    put(tmp_path / "a.pdf")
    put(tmp_path / "nas" / "2020" / "b.pdf")
    failing(monkeypatch, "scandir", tmp_path / below, code)
    found = find_books(tmp_path)
    assert names(found) == ["a.pdf"]
    assert found.unreadable == ((below, os.strerror(code)),)


def test_the_folder_itself_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "scandir", tmp_path, errno.EIO)
    assert find_books(tmp_path).unreadable == (("", os.strerror(errno.EIO)),)
    assert find_books(tmp_path / "gone").unreadable == (("", os.strerror(errno.ENOENT)),)


def test_only_regular_files_are_books(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "null.pdf").symlink_to("/dev/null")
    (tmp_path / "folder.pdf").mkdir()
    put(tmp_path / "folder.pdf" / "real.pdf")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "s.pdf"))
    found = find_books(tmp_path)
    assert names(found) == ["folder.pdf/real.pdf"]
    assert found.skipped == (
        ("null.pdf", "a device, no file"),
        ("pipe.pdf", "a named pipe, no file"),
        ("s.pdf", "a socket, no file"),
    )
    assert found.unreadable == ()


def test_links_that_lead_nowhere_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").symlink_to("gone.pdf")
    (tmp_path / "loop.pdf").symlink_to("loop.pdf")
    (tmp_path / "nas").symlink_to("/mnt/not/mounted")
    found = find_books(tmp_path)
    assert [name for name, _ in found.unreadable] == ["a.pdf", "loop.pdf", "nas"]


def test_linked_folders_are_read_once_each_and_never_in_circles(tmp_path: Path) -> None:
    books, nas = tmp_path / "books", tmp_path / "nas"
    put(books / "own" / "a.pdf")
    put(nas / "deep" / "b.pdf")
    (books / "nas").symlink_to(nas)
    (books / "again").symlink_to(nas / "deep")
    (books / "mine").symlink_to(books / "own")
    (books / "up").symlink_to(tmp_path)
    (nas / "round").symlink_to(nas)
    (nas / "back").symlink_to(books)
    found = find_books(books)
    assert sorted(Path(name).name for name in names(found)) == ["a.pdf", "b.pdf"]
    assert "own/a.pdf" in names(found), "a real folder goes before a link to it"
    skipped = dict(found.skipped)
    assert "own" in skipped["mine"]
    assert "holds this one" in skipped["up"]
    assert "nas/round" in skipped
    assert "nas/back" in skipped


def test_a_linked_book_is_a_book(tmp_path: Path) -> None:
    target = put(tmp_path / "elsewhere" / "a.pdf")
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "link.pdf").symlink_to(target)
    assert names(find_books(tmp_path / "books")) == ["link.pdf"]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "nas").mkdir()
    put(tmp_path / "other" / ".DS_Store")
    put(tmp_path / "notes" / "read.txt")
    assert find_books(tmp_path).empty == ("nas", "other")


def test_folders_nested_as_deep_as_a_path_allows_are_read(tmp_path: Path) -> None:
    here, depth = os.getcwd(), 1500
    os.chdir(tmp_path)
    for _ in range(depth):
        os.mkdir("a")
        os.chdir("a")
    os.chdir(here)
    try:
        assert names(find_books(tmp_path)) == []
    finally:  # shutil.rmtree, and so pytest, cannot
        for level in range(depth, 0, -1):
            (tmp_path / "/".join(["a"] * level)).rmdir()
