"""What a version changed against the one before it.

The rows of the version before are read as a stream, twice: first for a digest of each, then for those that
left or changed. Two versions never lie in memory together.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dataset_cards.assembly import Assembly
from dataset_cards.cleaning import markdown_cell
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.identity.past_books import PastBooks
from dataset_cards.names import chinese, names
from dataset_cards.reading import data_files, iter_rows
from dataset_cards.reasons import (
    REASONS,
    Background,
    Between,
    Row,
    background_of,
    read_background,
    why_added,
    why_changed,
    why_removed,
)
from dataset_cards.schema import TEXT_COLUMNS, to_row
from dataset_cards.splits import SPLITS
from dataset_cards.verify import check_files

_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Previous:
    """What the version before holds, briefly."""

    path: Path | None
    held: Mapping[str, bytes]
    """pair_id -> digest of its row."""
    background: Background

    @property
    def name(self) -> str | None:
        """Of the version; None when there is none yet."""
        return self.path.name if self.path else None


@dataclass
class BookChanges:
    """What became of the pairs of one book: counts by reason."""

    title: str
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    """A pair that changed for two reasons counts for both."""
    changed_pairs: int = 0
    columns: Counter[str] = field(default_factory=Counter)
    """Changed pairs by column."""
    rules: tuple[str, ...] = ()
    """What made the pairs, where it differs."""


@dataclass(frozen=True)
class Changes:
    """Two versions compared."""

    previous: str | None
    books: Mapping[str, BookChanges]
    """sha256 -> what changed; books in which nothing changed are not listed. A book that was saved again
    counts as one, under its later sha256."""

    @property
    def added(self) -> int:
        """Pairs that only the later version holds."""
        return sum(book.added.total() for book in self.books.values())

    @property
    def removed(self) -> int:
        """Pairs that only the earlier version holds."""
        return sum(book.removed.total() for book in self.books.values())

    @property
    def changed(self) -> int:
        """Pairs that both hold, with other text, place, picture or split."""
        return sum(book.changed_pairs for book in self.books.values())


def read_previous(version_dir: Path | None) -> Previous:
    """What a published version holds; nothing when there is none yet.

    `read_history` has checked its tables. Raises DamagedWorkspaceError when another file that is read is not
    what was published.
    """
    if version_dir is None:
        return Previous(None, {}, Background({}, {}, frozenset()))
    if (version_dir / "dropped.jsonl").is_file():
        check_files(version_dir, ["dropped.jsonl"])
    held = {row["pair_id"]: row_digest(row) for row in iter_rows(version_dir)}
    return Previous(version_dir, held, read_background(version_dir, columns_of(version_dir)))


def columns_of(version_dir: Path) -> frozenset[str]:
    """Names of the columns that the tables of a published version have. Raises DamagedWorkspaceError."""
    path = data_files(version_dir, SPLITS[0])[0]
    try:
        return frozenset(pq.read_schema(path).names)
    except (OSError, ValueError) as error:
        raise DamagedWorkspaceError(f"{path} cannot be read ({error}); run tuwen verify") from error


def row_digest(row: Row) -> bytes:
    """Digest of the text columns of a row: equal for rows that `changed_columns` finds no difference in."""
    text = json.dumps([_comparable(row[name]) for name in TEXT_COLUMNS], ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()


def changed_columns(old: Row, new: Row) -> tuple[str, ...]:
    """Names of the columns in which two rows of one pair differ."""
    return tuple(name for name in TEXT_COLUMNS if _comparable(old[name]) != _comparable(new[name]))


def compare(assembly: Assembly, previous: Previous, past: PastBooks) -> Changes:
    """Count added, removed and changed pairs by book and reason; `past` are the earlier forms of the
    books."""
    tally = Tally(previous.background, background_of(assembly, frozenset(TEXT_COLUMNS), past))
    changed = {}
    now = set()
    for item in assembly.pairs:
        pair_id = item.pair.pair_id
        now.add(pair_id)
        if pair_id not in previous.held:
            tally.add(to_row(item.pair, item.split))
        elif previous.held[pair_id] != row_digest(to_row(item.pair, item.split)):
            changed[pair_id] = item
    for row in iter_rows(previous.path) if previous.path and (changed or previous.held.keys() - now) else ():
        if row["pair_id"] not in now:
            tally.remove(row)
        elif row["pair_id"] in changed:
            item = changed[row["pair_id"]]
            tally.change(row, to_row(item.pair, item.split))
    return Changes(previous.name, tally.books())


class Tally:
    """Counts changes by book and reason, one pair at a time."""

    def __init__(self, before: Background, after: Background) -> None:
        self._between = Between(before, after)
        self._books: dict[str, BookChanges] = {}

    def add(self, row: Row) -> str:
        """Count a pair that came; the reason."""
        why = why_added(row, self._between)
        self._book(row).added[why] += 1
        return why

    def remove(self, row: Row) -> str:
        """Count a pair that left; the reason."""
        why = why_removed(row, self._between)
        self._book(row).removed[why] += 1
        return why

    def change(self, old: Row, new: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Count a pair that is not as it was; the columns and the reasons."""
        columns = changed_columns(old, new)
        why = why_changed(old, new, frozenset(columns), self._between)
        book = self._book(new)
        book.changed_pairs += 1
        book.changed.update(why)
        book.columns.update(columns)
        return columns, why

    def books(self) -> dict[str, BookChanges]:
        """What was counted, by title."""
        return dict(sorted(self._books.items(), key=lambda item: (item[1].title, item[0])))

    def _book(self, row: Row) -> BookChanges:
        sha256 = self._between.now(row["book_sha256"]) or row["book_sha256"]
        if sha256 not in self._books:
            rules = self._between.rules(sha256)
            self._books[sha256] = BookChanges(row["book_title"], rules=rules)
        return self._books[sha256]


def changes_text(version: str, changes: Changes) -> str:
    """CHANGES.md: a line for each book with the reasons, in Chinese with English beside it."""
    before = changes.previous
    since = f"与 {before} 相比 · since {before}" if before else "首个版本 · first version"
    lines = [f"# {version}", "", since, ""]
    if changes.books:
        lines += [
            "| 书 Book | 新增 added | 移除 removed | 改动 changed | 原因 reason |",
            "|---|---:|---:|---:|---|",
            *(_book_line(book) for book in changes.books.values()),
        ]
    else:
        lines.append("图文对没有变化。No pair changed.")
    return "\n".join([*lines, *_rule_lines(changes)]) + "\n"


def reason_counts(book: BookChanges) -> str:
    """The reasons of one book with their counts, as text: 新书 new book 20."""
    counts = book.added + book.removed + book.changed
    return ", ".join(f"{REASONS[why]} {why} {counts[why]}" for why in REASONS if counts[why])


def _book_line(book: BookChanges) -> str:
    numbers = (book.added.total(), book.removed.total(), book.changed_pairs)
    return f"| {markdown_cell(book.title)} | {' | '.join(map(str, numbers))} | {reason_counts(book)} |"


def _rule_lines(changes: Changes) -> list[str]:
    """What the rules were and are, once for all books that share the difference."""
    books: dict[tuple[str, ...], list[str]] = {}
    for book in changes.books.values():
        if book.rules:
            books.setdefault(book.rules, []).append(book.title)
    lines = []
    for rules, titles in books.items():
        named = "、".join(markdown_cell(title) for title in titles)
        lines += ["", f"规则改变 Changed rules: {named}", "", *(f"- {_maker(rule)}" for rule in rules)]
    return lines


def _maker(rule: str) -> str:
    """What differs, with the Chinese for what made the pairs: 配对程序 program pairs 2 → 3."""
    known = next((name for name in names()["maker"] if rule.startswith(f"{name} ")), "")
    return markdown_cell(f"{chinese('maker', known)} {rule}" if known else rule)


def _comparable(value: Any) -> Any:
    """Numbers as floats, tuples as lists: 60 in a pair is 60.0 once it was read from Parquet."""
    if isinstance(value, (int, float)):
        return float(value)
    return [float(number) for number in value] if isinstance(value, (list, tuple)) else value
