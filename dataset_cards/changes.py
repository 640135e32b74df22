"""What a version changed against the one before it, and what must be remembered of pairs that left.

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
from dataset_cards.files import read_json_lines
from dataset_cards.reading import data_files, iter_rows
from dataset_cards.reasons import (
    REASONS,
    Background,
    Row,
    background_of,
    read_background,
    rule_changes,
    why_added,
    why_changed,
    why_removed,
)
from dataset_cards.schema import TEXT_COLUMNS, to_row
from dataset_cards.splits import SPLITS
from dataset_cards.verify import check_files

REMOVED_FILE = "removed.jsonl"
_REMEMBERED = ("pair_id", "split", "book_sha256", "book_title")
_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Previous:
    """What the version before holds, briefly, and the pairs that earlier versions held."""

    path: Path | None
    held: Mapping[str, tuple[str, bytes]]
    """pair_id -> (split, digest of its row)."""
    book_hashes: frozenset[str]
    """sha256 of every book that the version before or an earlier one holds a pair of."""
    removed: Mapping[str, Row]
    background: Background

    @property
    def name(self) -> str | None:
        """Of the version; None when there is none yet."""
        return self.path.name if self.path else None

    def splits(self) -> dict[str, str]:
        """The split of every pair ever published; a pair that comes back finds its place kept."""
        gone = {pair_id: row["split"] for pair_id, row in self.removed.items()}
        return gone | {pair_id: split for pair_id, (split, _) in self.held.items()}


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
    """sha256 -> what changed; books in which nothing changed are not listed."""
    gone: tuple[Row, ...] = ()
    """Of each pair that left: its id, split and book."""

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

    Raises DamagedWorkspaceError when a file that is read is not what was published.
    """
    if version_dir is None:
        return Previous(None, {}, frozenset(), {}, Background({}, {}, frozenset()))
    tables = [path.relative_to(version_dir).as_posix() for path in _tables(version_dir)]
    optional = [name for name in ("dropped.jsonl",) if (version_dir / name).is_file()]
    # A flipped bit here could move a pair from test to train: bytes are checked before they are believed.
    check_files(version_dir, [*tables, REMOVED_FILE, "books.jsonl", *optional])
    removed = {row["pair_id"]: row for row in read_json_lines(version_dir / REMOVED_FILE)}
    books = {row["book_sha256"] for row in removed.values()}
    held = {}
    for row in iter_rows(version_dir):
        held[row["pair_id"]] = (row["split"], row_digest(row))
        books.add(row["book_sha256"])
    background = read_background(version_dir, columns_of(version_dir))
    return Previous(version_dir, held, frozenset(books), removed, background)


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


def compare(assembly: Assembly, previous: Previous) -> Changes:
    """Count added, removed and changed pairs by book and reason."""
    tally = Tally(previous.background, background_of(assembly, frozenset(TEXT_COLUMNS)))
    changed = {}
    now = set()
    for item in assembly.pairs:
        pair_id = item.pair.pair_id
        now.add(pair_id)
        if pair_id not in previous.held:
            tally.add(to_row(item.pair, item.split))
        elif previous.held[pair_id][1] != row_digest(to_row(item.pair, item.split)):
            changed[pair_id] = item
    gone = []
    for row in iter_rows(previous.path) if previous.path and (changed or previous.held.keys() - now) else ():
        if row["pair_id"] not in now:
            gone.append({name: row[name] for name in _REMEMBERED})
            tally.remove(row)
        elif row["pair_id"] in changed:
            item = changed[row["pair_id"]]
            tally.change(row, to_row(item.pair, item.split))
    return Changes(previous.name, tally.books(), tuple(gone))


class Tally:
    """Counts changes by book and reason, one pair at a time."""

    def __init__(self, before: Background, after: Background) -> None:
        self.before, self.after = before, after
        self._books: dict[str, BookChanges] = {}

    def add(self, row: Row) -> str:
        """Count a pair that came; the reason."""
        why = why_added(row, self.before, self.after)
        self._book(row).added[why] += 1
        return why

    def remove(self, row: Row) -> str:
        """Count a pair that left; the reason."""
        why = why_removed(row, self.before, self.after)
        self._book(row).removed[why] += 1
        return why

    def change(self, old: Row, new: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Count a pair that is not as it was; the columns and the reasons."""
        columns = changed_columns(old, new)
        why = why_changed(old, new, frozenset(columns), self.before, self.after)
        book = self._book(new)
        book.changed_pairs += 1
        book.changed.update(why)
        book.columns.update(columns)
        return columns, why

    def books(self) -> dict[str, BookChanges]:
        """What was counted, by title."""
        return dict(sorted(self._books.items(), key=lambda item: (item[1].title, item[0])))

    def _book(self, row: Row) -> BookChanges:
        sha256 = row["book_sha256"]
        if sha256 not in self._books:
            old, new = self.before.books.get(sha256), self.after.books.get(sha256)
            rules = rule_changes(old, new) if old and new else ()
            self._books[sha256] = BookChanges(row["book_title"], rules=rules)
        return self._books[sha256]


def removed_rows(previous: Previous, changes: Changes, assembly: Assembly) -> list[Row]:
    """Every pair of earlier versions that this one does not hold, with the split it keeps."""
    now = {item.pair.pair_id for item in assembly.pairs}
    gone = {**previous.removed, **{row["pair_id"]: row for row in changes.gone}}
    return [
        {name: row[name] for name in _REMEMBERED}
        for pair_id, row in sorted(gone.items())
        if pair_id not in now
    ]


def changes_text(version: str, changes: Changes) -> str:
    """CHANGES.md: a line for each book with the reasons, in Chinese with English beside it."""
    before = changes.previous
    since = f"与 {before} 相比 · since {before}" if before else "首个版本 · first version"
    lines = [f"# {version}", "", since, ""]
    if changes.books:
        lines += [
            "| 书 Book | 新增 added | 移除 removed | 改动 changed | 缘由 why |",
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
        lines += ["", f"规则改变 Changed rules: {named}", "", *(f"- {markdown_cell(rule)}" for rule in rules)]
    return lines


def _tables(version_dir: Path) -> list[Path]:
    return [path for split in SPLITS for path in data_files(version_dir, split)]


def _comparable(value: Any) -> Any:
    """Numbers as floats, tuples as lists: 60 in a pair is 60.0 once it was read from Parquet."""
    if isinstance(value, (int, float)):
        return float(value)
    return [float(number) for number in value] if isinstance(value, (list, tuple)) else value
