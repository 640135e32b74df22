"""The workspace on disk: where everything lies, and which books are on its shelf.

docs/workspace.md shows the layout. Nothing here runs a stage; see `flows.stages`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from extractors.durable import file_sha256
from extractors.errors import UsageError
from flows.lock import workspace_lock
from flows.objects import ObjectStore
from flows.shelf_index import SHELF_INDEX, read_index, write_index

Stamp = tuple[int, int, int, int]
"""(inode, size, mtime, ctime): equal stamps mean that the file has not been written to in between."""


@dataclass(frozen=True, slots=True)
class Book:
    """A PDF of the shelf."""

    sha256: str
    name: str
    """Path below books/, with forward slashes."""
    path: Path


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies in books/."""

    books: tuple[Book, ...]
    """Sorted by name, each content once."""
    duplicates: tuple[tuple[str, str], ...] = ()
    """(name, name of the book with the same content)."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """(name, why the file could not be read)."""


class Workspace:
    """The folders of one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.books = self.root / "books"
        self.settings_file = self.root / "tuwen.toml"
        self.books_file = self.root / "books.toml"
        self.objects = ObjectStore(self.root / "objects")
        self.extracted = self.root / "extracted"
        self.refined = self.root / "refined"
        self.datasets = self.root / "datasets"
        self.exports = self.root / "exports"
        self.runs = self.root / "runs"
        self.scratch = self.root / ".tmp"

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """The workspace at `root`. Raises UsageError when there is none."""
        workspace = cls(root)
        if not workspace.books.is_dir():
            raise UsageError(
                f"{root} is no workspace: it has no folder books/. "
                f"Make one with `mkdir -p {workspace.books}` and put PDFs in it"
            )
        return workspace

    @classmethod
    def open_published(cls, root: Path) -> Workspace:
        """The workspace at `root`; datasets/ alone will do, as on a machine that only trains.

        Raises UsageError when there is neither.
        """
        workspace = cls(root)
        return workspace if workspace.datasets.is_dir() else cls.open(root)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only builder, and start clean of what a crashed one left. Raises BusyError."""
        with workspace_lock(self.root):
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.objects.sweep()
            yield

    def shelf(self, only: Collection[str] | None = None) -> Shelf:
        """Hash and list the books, or those named in `only`. A file unchanged since is not hashed again."""
        known = read_index(self._index_file)
        index: dict[str, list[object]] = {}
        books: dict[str, Book] = {}
        duplicates, unreadable = [], []
        for path in find_pdfs(self.books):
            name = path.relative_to(self.books).as_posix()
            if only is not None and name not in only:
                continue
            try:
                stamp = list(file_stamp(path))
                entry = known.get(name)
                sha256 = str(entry[-1]) if entry and entry[:-1] == stamp else file_sha256(path)
            except OSError as error:
                unreadable.append((name, error.strerror or str(error)))
                continue
            index[name] = [*stamp, sha256]
            if sha256 in books:
                duplicates.append((name, books[sha256].name))
            else:
                books[sha256] = Book(sha256, name, path)
        if index != known:
            write_index(self._index_file, index)
        return Shelf(tuple(books.values()), tuple(duplicates), tuple(unreadable))

    @property
    def _index_file(self) -> Path:
        return self.extracted / SHELF_INDEX


def find_pdfs(folder: Path) -> list[Path]:
    """Every *.pdf below `folder`, whatever its case, sorted; hidden files and folders are left out."""
    found = []
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(top, name) for name in files if name.lower().endswith(".pdf") and not name.startswith(".")
        ]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def file_stamp(path: Path) -> Stamp:
    """The stamp of the file as it is now."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
