"""The workspace on disk: where everything lies, and which books are on its shelf.

docs/workspace.md shows the layout. Nothing here runs a stage; see `flows.stages`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from dataset_cards.review.corrections import CORRECTIONS_FILE
from extractors.book_file import book_sha256
from extractors.durable import sweep
from extractors.errors import FileAccessError, UsageError
from extractors.names import system_name
from extractors.printable import printable
from flows.book_files import BookFile, find_books, stamp_of, why
from flows.lock import workspace_lock
from flows.objects import ObjectStore
from flows.shelf_index import SHELF_INDEX, read_index, write_index


@dataclass(frozen=True, slots=True)
class Book:
    """A PDF of the shelf."""

    sha256: str
    name: str
    """Path below books/, with forward slashes, as text (`extractors.names.safe_name`)."""
    location: str
    """Its path with %XX for all but ASCII: text, also where the name is not UTF-8, for Prefect to store."""
    unseen: str = ""
    """Why the file could not be looked at now, "" when it could: `sha256` is then of its last reading."""
    also: tuple[str, ...] = ()
    """Names of other files with the same content."""

    @property
    def shown_name(self) -> str:
        """The name for a log, which may be shown on a terminal."""
        return printable(self.name)

    @classmethod
    def at(cls, path: Path, sha256: str, name: str, unseen: str = "") -> Book:
        """The book whose file the operating system calls `path`."""
        return cls(sha256, name, quote_from_bytes(os.fsencode(path)), unseen)

    @property
    def path(self) -> Path:
        """As the operating system names it."""
        return Path(os.fsdecode(unquote_to_bytes(self.location)))

    @property
    def file_name(self) -> str:
        """The name without its folder."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is in books/."""

    books: tuple[Book, ...]
    """Sorted by name, each content once."""
    duplicates: tuple[tuple[str, str], ...] = ()
    """(name, name of the book with the same content)."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """(name, why) of folders that could not be looked at, and of files and links never read before."""
    skipped: tuple[tuple[str, str], ...] = ()
    """(name, why) of what can be no book."""
    waiting: tuple[str, ...] = ()
    """Files left out because they were not asked for and were never read before."""


class Workspace:
    """The folders of one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.books = self.root / "books"
        self.models = self.root / "models"
        self.benchmarks = self.root / "benchmarks"
        self.settings_file = self.root / "tuwen.toml"
        self.books_file = self.root / "books.toml"
        self.corrections = self.root / CORRECTIONS_FILE
        self.objects = ObjectStore(self.root / "objects")
        self.extracted = self.root / "extracted"
        self.refined = self.root / "refined"
        self.datasets = self.root / "datasets"
        self.exports = self.root / "exports"
        self.runs = self.root / "runs"
        self.scratch = self.root / ".tmp"
        self.cache = self.root / ".cache"

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """The workspace at `root`. Raises UsageError when there is none."""
        workspace = cls(root)
        if not workspace.books.is_dir():
            if workspace.datasets.is_dir():
                raise UsageError(f"{workspace.books} is missing; is its disk not mounted? Nothing was built")
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
            sweep(self.extracted)
            for folder in self.datasets.glob("*"):
                sweep(folder, below=False)  # a version holds none
            yield

    def shelf(self, only: Collection[str] | None = None) -> Shelf:
        """Hash and list the books, or those named in `only`. A file unchanged since is not hashed again.

        A book that was read before and cannot be looked at now, or is not in `only`, keeps its last hash and
        says so in `unseen`. So does one whose folder cannot be read or has become empty, as when its disk is
        not mounted. A file that is gone from a folder which still holds something was removed on purpose.
        """
        found = find_books(self.books)
        known = read_index(self._index_file)
        index: dict[str, list[object]] = {}
        books, waiting = [], []
        unseen = dict(found.unreadable)
        for file in found.files:
            if only is not None and file.name not in only:
                if file.name in known:
                    unseen[file.name] = "it is being written"
                else:
                    waiting.append(file.name)
                continue
            entry = known.get(file.name)
            try:
                same = entry and entry[:-1] == list(file.stamp)
                sha256 = str(entry[-1]) if entry and same else _sha256_at(file)
            except OSError as error:
                unseen[file.name] = why(error)
                continue
            index[file.name] = [*file.stamp, sha256]
            books.append(Book.at(file.path, sha256, file.name))
        unseen |= dict.fromkeys(found.empty, "its folder is empty; is a disk not mounted?")
        paths = {file.name: file.path for file in found.files}
        for name in sorted(known.keys() - index.keys()):
            if cause := _cause(name, unseen):
                index[name] = known[name]
                path = paths.get(name, self.books / system_name(name))
                books.append(Book.at(path, str(known[name][-1]), name, cause))
        if index != known:
            write_index(self._index_file, index)
        last_read = {book.name for book in books if book.unseen}
        unreadable = [
            (name, cause)
            for name, cause in sorted(unseen.items())
            if name not in last_read and name not in found.empty
        ]
        return Shelf(*_each_once(books), tuple(unreadable), found.skipped, tuple(waiting))

    @property
    def _index_file(self) -> Path:
        return self.extracted / SHELF_INDEX


def _cause(name: str, unseen: Mapping[str, str]) -> str:
    """Why the file `name`, or the nearest folder above it, cannot be looked at; "" when it is simply gone."""
    while name not in unseen:
        if not name:
            return ""
        name = name.rpartition("/")[0]
    return unseen[name]


def _sha256_at(file: BookFile) -> str:
    """The hash of the file as it was found. Raises OSError, also when it is written to meanwhile."""
    try:
        sha256 = book_sha256(file.path)
    except FileAccessError as error:
        raise OSError(error.message) from error
    if stamp_of(file.path.stat()) != file.stamp:
        raise OSError("it was written to while it was read")
    return sha256


def _each_once(books: Sequence[Book]) -> tuple[tuple[Book, ...], tuple[tuple[str, str], ...]]:
    """The books sorted by name, each content once, and (name, same as) of the others.

    A book that cannot be looked at and is found under another name was moved: it is in neither list.
    """
    once: dict[str, Book] = {}
    duplicates = []
    for book in sorted(books, key=lambda book: (bool(book.unseen), book.name)):
        if book.sha256 not in once:
            once[book.sha256] = book
        elif not book.unseen:
            first = once[book.sha256]
            duplicates.append((book.name, first.name))
            once[book.sha256] = replace(first, also=(*first.also, book.name))
    return tuple(sorted(once.values(), key=lambda book: book.name)), tuple(duplicates)
