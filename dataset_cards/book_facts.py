"""Which entry of books.toml speaks of which book: by its name, its content, or a name or content it had
earlier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rapidfuzz import process

from dataset_cards.cleaning import clean_text
from dataset_cards.identity.past_books import PastBooks
from dataset_cards.rights import FILE_NAME, BookFacts, BookList

# A name is worth proposing from this likeness on (rapidfuzz, 0-100).
_ALIKE = 60


@dataclass(frozen=True, slots=True)
class ShelfBook:
    """A book as it is on the shelf."""

    names: tuple[str, ...]
    """Below books/, with forward slashes: of every file with this content, the one it is called by first."""
    sha256: str


@dataclass(frozen=True)
class Described:
    """What books.toml says of the books of a shelf."""

    facts: Mapping[str, BookFacts]
    """By sha256; books of which it says nothing are not listed."""
    hints: Sequence[str]
    """One line for each entry that calls a book by an earlier name, or that names no book of the shelf."""

    def has_rights(self, sha256: str) -> bool:
        """Whether the rights of a book are stated."""
        return sha256 in self.facts and self.facts[sha256].rights is not None


def describe(known: BookList, shelf: Sequence[ShelfBook], past: PastBooks) -> Described:
    """Find for each book of `shelf` its entry.

    An entry that names a book as it is now goes to that book. Others go to the book that was called so, or
    had that content, in an earlier version, the newest first: a book that was renamed keeps its rights, and
    so does one that was saved again. Raises UsageError for a book that is listed both by its name and its
    sha256.
    """
    facts: dict[str, BookFacts] = {}
    used: list[BookFacts] = []
    for book in shelf:
        entries = [known.find(name, book.sha256) for name in book.names]
        used += [entry for entry in entries if entry is not None]
        first = next((entry for entry in entries if entry is not None), None)
        if first is not None:
            facts[book.sha256] = first
    spare = [entry for entry in known.facts if entry not in used]
    hints: dict[int, str] = {}
    for book in shelf:
        entry = None if book.sha256 in facts else _earlier(spare, past, book.sha256)
        if entry is not None:
            facts[book.sha256] = entry
            name = entry.file or f"the book with sha256 {entry.sha256}"
            now = book.names[0]
            hints[id(entry)] = f'{FILE_NAME} describes {name}, which is now {now}: write file = "{now}"'
    names = sorted(name for book in shelf for name in book.names)
    return Described(facts, [hints.get(id(entry)) or _stranger(entry, names) for entry in spare])


def _earlier(spare: Sequence[BookFacts], past: PastBooks, sha256: str) -> BookFacts | None:
    """The entry that calls the book as an earlier version did."""
    # A version records names without folders: one that two entries share tells neither.
    shared = Counter(_base(entry) for entry in spare)
    for book in past.earlier(sha256):
        for entry in spare:
            same_name = _base(entry) == book.file_name and shared[book.file_name] == 1
            if entry.sha256 == book.sha256 or (entry.file and same_name):
                return entry
    return None


def _base(entry: BookFacts) -> str:
    return clean_text(PurePosixPath(entry.file).name) if entry.file else ""


def _stranger(entry: BookFacts, names: Sequence[str]) -> str:
    near = process.extractOne(entry.file or "", names, score_cutoff=_ALIKE)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{FILE_NAME} describes {entry.file or entry.sha256}, which is not in books/{hint}"
