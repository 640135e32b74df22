"""The PDFs below a folder, and whatever there cannot be looked at: nothing is taken for missing in silence.

Folders that are linked in are followed, each real folder once: a link never leads round in circles, or into a
folder that holds the one being looked at.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.book_file import kind_of
from extractors.names import safe_name

Stamp = tuple[int, int, int, int]
"""(inode, size, mtime, ctime): equal stamps mean that the file has not been written to in between."""


@dataclass(frozen=True, slots=True)
class BookFile:
    """A regular file named *.pdf."""

    name: str
    """Path below the folder, with forward slashes, as text (`extractors.names.safe_name`)."""
    path: Path
    """As the operating system names it."""
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Found:
    """What there is below a folder. Names are paths below it; "" is the folder itself."""

    files: tuple[BookFile, ...]
    """Sorted by name."""
    skipped: tuple[tuple[str, str], ...] = ()
    """(name, why) of what can be no book: a pipe, a device, a link into a folder that is read anyway."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """(name, why) of folders, files and links that could not be looked at, and may be or hold books."""
    empty: tuple[str, ...] = ()
    """Folders with nothing in them: the place of a disk that is not mounted looks like that."""


def find_books(folder: Path) -> Found:
    """Every *.pdf below `folder`, whatever its case; hidden files and folders are left out."""
    search = _Search(folder)
    search.run()
    return Found(
        tuple(sorted(search.files, key=lambda file: file.name)),
        tuple(sorted(search.skipped)),
        tuple(sorted(search.unreadable)),
        tuple(sorted(search.empty)),
    )


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file as it was when `status` was taken."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def why(error: OSError) -> str:
    """The cause in the system's words, without a path."""
    return error.strerror or str(error)


class _Search:
    def __init__(self, folder: Path) -> None:
        self.files: list[BookFile] = []
        self.skipped: list[tuple[str, str]] = []
        self.unreadable: list[tuple[str, str]] = []
        self.empty: list[str] = []
        # Real folders before links, so that a book is named by where it is, not by who links to it.
        self._folders = [(folder, "")]
        self._links: deque[tuple[Path, str]] = deque()
        self._read = dict.fromkeys(_identities_above(folder), "a folder that holds this one")

    def run(self) -> None:
        while self._folders or self._links:
            self._read_folder(*(self._folders.pop() if self._folders else self._links.popleft()))

    def _read_folder(self, path: Path, name: str) -> None:
        try:
            status = path.stat()
            identity = (status.st_dev, status.st_ino)
            if identity in self._read:
                self.skipped.append((name, f"a link to {self._read[identity]}"))
                return
            with os.scandir(path) as listing:
                entries = sorted(
                    (entry for entry in listing if not entry.name.startswith(".")),
                    key=lambda entry: safe_name(entry.name),
                )
        except OSError as error:
            self.unreadable.append((name, why(error)))
            return
        self._read[identity] = name or "the folder itself"
        if not entries:
            self.empty.append(name)
        folders: list[tuple[Path, str]] = []
        for entry in entries:
            below = f"{name}/{safe_name(entry.name)}" if name else safe_name(entry.name)
            folders += self._look_at(entry, below)
        self._folders += reversed(folders)

    def _look_at(self, entry: os.DirEntry[str], name: str) -> Iterator[tuple[Path, str]]:
        """Notes a file; yields a folder that is no link."""
        path = Path(entry.path)
        try:
            status = entry.stat()
        except FileNotFoundError as error:
            if entry.is_symlink():
                self.unreadable.append((name, f"a link to what is not there: {why(error)}"))
            return  # else removed since the folder was listed
        except OSError as error:
            self.unreadable.append((name, why(error)))
            return
        if stat.S_ISDIR(status.st_mode):
            if entry.is_symlink():
                self._links.append((path, name))
            else:
                yield path, name
        elif name.lower().endswith(".pdf"):
            if kind := kind_of(status):
                self.skipped.append((name, f"{kind}, no file"))
            else:
                self.files.append(BookFile(name, path, stamp_of(status)))


def _identities_above(folder: Path) -> Iterator[tuple[int, int]]:
    for parent in Path(os.path.realpath(folder)).parents:
        try:
            status = parent.stat()
        except OSError:
            continue  # nothing that can be reached can lead there either
        yield status.st_dev, status.st_ino
