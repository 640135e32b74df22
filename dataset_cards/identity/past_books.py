"""past_books.jsonl: under which file names, and with which bytes, earlier versions held a book.

A book that is renamed keeps its sha256; one that is saved again keeps its pictures, by which
`dataset_cards.identity.inherit` knows it. Both are recorded, so that what was said of a book by an earlier
name or sha256 still reaches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dataset_cards.files import read_json_lines

PAST_BOOKS_FILE = "past_books.jsonl"


@dataclass(frozen=True, slots=True, order=True)
class PastBook:
    """A book as a version held it."""

    sha256: str
    file_name: str
    """Without its folder."""
    title: str = ""
    continued_by: tuple[str, ...] = ()
    """sha256 of the books, saved again from this one, that took over its pairs."""


@dataclass(frozen=True)
class PastBooks:
    """The books of a version and all that earlier ones held; newest first for each content."""

    books: Sequence[PastBook] = ()

    @property
    def continued(self) -> set[str]:
        """sha256 of the books that live on in others."""
        return {book.sha256 for book in self.books if book.continued_by}

    def earlier(self, sha256: str) -> list[PastBook]:
        """The book with this content and those that it continues, as versions held them."""
        known = {sha256}
        while found := {b.sha256 for b in self.books if known.intersection(b.continued_by)} - known:
            known |= found
        return [book for book in self.books if book.sha256 in known]

    def after(self, present: Iterable[PastBook], continues: Mapping[str, Sequence[str]]) -> list[PastBook]:
        """What the next version, which holds `present`, records; `continues`: sha256 -> those it takes
        over."""
        now = {(book.sha256, book.file_name) for book in present}
        heirs: dict[str, set[str]] = {}
        for sha256, olds in continues.items():
            for old in olds:
                heirs.setdefault(old, set()).add(sha256)
        merged: dict[tuple[str, str], PastBook] = {}
        for book in self.books:
            known = merged.get((book.sha256, book.file_name), book)
            by = {*book.continued_by, *known.continued_by, *heirs.get(book.sha256, ())}
            merged[book.sha256, book.file_name] = PastBook(
                book.sha256, book.file_name, known.title, tuple(sorted(by))
            )
        return [book for key, book in merged.items() if key not in now]


def past_book_row(book: PastBook) -> dict[str, Any]:
    """A line of past_books.jsonl."""
    return asdict(book)


def read_past_books(version_dir: Path) -> PastBooks:
    """The books of a published version, then those that earlier ones held; older versions know only their
    own."""
    rows = read_json_lines(version_dir / "books.jsonl")
    books = [PastBook(row["sha256"], row["file_name"], row["title"]) for row in rows]
    path = version_dir / PAST_BOOKS_FILE
    past = read_json_lines(path) if path.is_file() else []
    return PastBooks(
        [*books, *(PastBook(**{**row, "continued_by": tuple(row["continued_by"])}) for row in past)]
    )
