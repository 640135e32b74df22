"""Whether the next version would lose a book that nobody took away.

A file that is gone from books/ was removed on purpose. A published book was not when its file is there and
cannot be read, or when it may be where nobody can look: then the version is held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dataset_cards.cleaning import clean_text
from dataset_cards.files import read_json_lines
from dataset_cards.verify import has_current, read_current
from flows.outcomes import Outcome
from flows.workspace import Shelf


def out_of_sight(folder: Path, shelf: Shelf) -> tuple[str, ...]:
    """The places that could not be looked at, where books of the current version in `folder` are missing."""
    here = {book.sha256 for book in shelf.books}
    if not _published(folder).keys() - here:
        return ()
    return (*(name or "books/" for name, _ in shelf.unreadable), *shelf.waiting)


def lost_books(folder: Path, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """The books on the shelf without a result, where the current version in `folder` had one.

    A file that was replaced by one that cannot be read counts as well.
    """
    results = {outcome.book.sha256 for outcome in outcomes if outcome.result is not None}
    missing = {sha256: name for sha256, name in _published(folder).items() if sha256 not in results}
    return tuple(
        outcome.book.name
        for outcome in outcomes
        if missing and outcome.result is None and _may_be_one(outcome, missing)
    )


def _may_be_one(outcome: Outcome, missing: dict[str, str]) -> bool:
    """Whether the book is one of the `missing` (sha256 -> file name), or could be: it changes as we look."""
    book = outcome.book
    return outcome.is_open or book.sha256 in missing or clean_text(book.file_name) in missing.values()


def _published(folder: Path) -> dict[str, str]:
    """sha256 -> file name of the books with pairs in the current version; none before the first."""
    if not has_current(folder):
        return {}
    rows = read_json_lines(read_current(folder) / "books.jsonl")
    return {row["sha256"]: row["file_name"] for row in rows if row["pairs"]}
