"""Why a pair came, left or changed between two versions: told from what each version records of its books."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dataset_cards.assembly import Assembly
from dataset_cards.files import read_json_lines
from dataset_cards.identity.past_books import PastBooks, read_past_books
from dataset_cards.review.record import read_reviewed
from dataset_cards.tables import book_rows
from dataset_cards.union import Union

Row = Mapping[str, Any]

REASONS = {
    "new book": "新书",
    "removed book": "书已移除",
    "renamed book": "书已改名",
    "re-saved book": "书已另存",
    "changed rule": "规则改变",
    "read again": "重新读取",
    "refinement": "文字整理",
    "review": "人工审定",
    "dropped": "因重复而略去",
    "kept again": "不再略去",
    "new column": "新增的列",
    "moved split": "划分移动（不应发生）",
    "not recorded": "没有记录",
}
"""Every reason with its Chinese name."""

_REVIEW = {"review", "description_source", "description_raw"}
"""Columns that say that a person decided; reviewed.jsonl names the others that they set."""
_REFINED = {"description", "description_source", "description_raw", "description_en"}
# What a person may set right: where the state of review is another, these are as the person set them.
_REVIEWED = {*_REVIEW, "description", "description_en", "kind", "number", "title", "caption"}
# What another file of the same book may show otherwise, though it is read by the same rules.
_BY_FILE = {
    *("book_sha256", "page", "page_label", "bbox", "caption_page", "caption_bbox", "parent_bbox"),
    *("description_page", "description_bbox"),
    *("image_sha256", "image_phash", "width", "height"),
}


@dataclass(frozen=True)
class Background:
    """What a version tells of its books and of the pairs it left out."""

    books: Mapping[str, Row]
    """sha256 -> the line of books.jsonl."""
    dropped: Mapping[str, str]
    """pair_id of a pair left out -> reason."""
    columns: Set[str]
    """Names of the columns its pairs have."""
    past: PastBooks = field(default_factory=PastBooks)
    """The earlier names and contents of its books."""
    reviewed: Mapping[str, Row] = field(default_factory=dict)
    """pair_id -> the line of reviewed.jsonl, where a person decided."""

    def state(self, pair_id: str) -> str:
        """What a person's decision made of a pair; "" where there is none that applies."""
        state = str(self.reviewed.get(pair_id, {}).get("state", ""))
        return "" if state == "not applied" else state


def read_background(version_dir: Path, columns: Set[str]) -> Background:
    """The background of a published version; older ones hold no dropped.jsonl."""
    path = version_dir / "dropped.jsonl"
    dropped = read_json_lines(path) if path.is_file() else []
    return Background(
        {row["sha256"]: row for row in read_json_lines(version_dir / "books.jsonl")},
        {row["pair_id"]: row["reason"] for row in dropped},
        columns,
        read_past_books(version_dir),
        {row["pair_id"]: row for row in read_reviewed(version_dir) if row["pair_id"]},
    )


def background_of(assembly: Assembly, columns: Set[str], past: PastBooks) -> Background:
    """The background of the version that is being written."""
    return Background(
        {row["sha256"]: row for row in book_rows(assembly)},
        {item.pair.pair_id: item.reason for item in assembly.dropped},
        columns,
        past,
        {item.pair_id: item.row() for item in assembly.reviewed if item.pair_id},
    )


class Between:
    """What lies between two versions: what each tells, and which of their books are the same."""

    def __init__(self, before: Background, after: Background) -> None:
        self.before, self.after = before, after
        self._same = Union()
        for book in (*before.past.books, *after.past.books):
            for heir in book.continued_by:
                self._same.join(book.sha256, heir)
        self._was = {self._same.root(book): book for book in sorted(before.books)}
        self._now = {self._same.root(book): book for book in sorted(after.books)}

    def was(self, sha256: str) -> str | None:
        """The sha256 that a book of the later version had in the earlier one; None when it was not there."""
        return sha256 if sha256 in self.before.books else self._was.get(self._same.root(sha256))

    def now(self, sha256: str) -> str | None:
        """The sha256 that a book of the earlier version has in the later one; None when it is not there."""
        return sha256 if sha256 in self.after.books else self._now.get(self._same.root(sha256))

    def decided(self, pair_id: str) -> bool:
        """Whether a person's decision on the pair is another than it was."""
        return self.before.state(pair_id) != self.after.state(pair_id)

    def set_by_people(self, pair_id: str) -> Set[str]:
        """The columns of a pair that a person decided on, before or after."""
        lines = (self.before.reviewed.get(pair_id), self.after.reviewed.get(pair_id))
        columns = {name for line in lines if line for name in line["columns"]}
        return columns | _REVIEW if any(lines) else columns

    def rules(self, sha256: str) -> tuple[str, ...]:
        """What made the pairs of a book, where it differs: "extract.crop_dpi 300 → 450"."""
        old = self.before.books.get(self.was(sha256) or "")
        new = self.after.books.get(self.now(sha256) or "")
        return rule_changes(old, new) if old and new else ()


def why_added(row: Row, between: Between) -> str:
    """Why a pair is there that was not; `row` is its row in the later version."""
    if between.was(row["book_sha256"]) is None:
        return "new book"
    if row["pair_id"] in between.before.dropped:
        return "kept again"
    if between.decided(row["pair_id"]):
        return "review"
    return _by_book(between.was(row["book_sha256"]), row["book_sha256"], between)


def why_removed(row: Row, between: Between) -> str:
    """Why a pair is gone; `row` is its row in the earlier version."""
    if between.now(row["book_sha256"]) is None:
        return "removed book"
    if row["pair_id"] in between.after.dropped:
        return "dropped"
    if between.decided(row["pair_id"]):
        return "review"
    return _by_book(row["book_sha256"], between.now(row["book_sha256"]), between)


def why_changed(old: Row, new: Row, names: Set[str], between: Between) -> tuple[str, ...]:
    """Why a pair is not as it was in the columns `names`; one reason or several, ordered as `REASONS`."""
    reasons: set[str] = set()
    rest = set(names)

    def explain(reason: str, columns: Set[str]) -> None:
        if rest & columns:
            reasons.add(reason)
            rest.difference_update(columns)

    explain("moved split", {"split"})
    explain("new column", between.after.columns - between.before.columns)
    explain("renamed book", {"book_title"})
    if old["book_sha256"] != new["book_sha256"]:
        explain("re-saved book", _BY_FILE)
    explain("review", between.set_by_people(new["pair_id"]))
    sources = (old["description_source"], new["description_source"])
    if "review" in names or ("description_source" in names and "reviewed" in sources):
        explain("review", _REVIEWED)
    if "refined" in (old["description_source"], new["description_source"]):
        explain("refinement", _REFINED)
    if rest:
        reasons.add(_by_book(old["book_sha256"], new["book_sha256"], between))
    return tuple(reason for reason in REASONS if reason in reasons)


def rule_changes(old: Row, new: Row) -> tuple[str, ...]:
    """What made a book's pairs, where it differs: "extract.crop_dpi 300 → 450"; rows of books.jsonl."""
    was, now = old.get("made_by") or {}, new.get("made_by") or {}
    if not was or not now:
        return ()
    return tuple(
        f"{name} {was.get(name, '–')} → {now.get(name, '–')}"
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    )


def _by_book(was: str | None, now: str | None, between: Between) -> str:
    """What became of a whole book that both versions hold, by its sha256 in each."""
    old, new = between.before.books.get(was or ""), between.after.books.get(now or "")
    if old is None or new is None:
        return "not recorded"
    if rule_changes(old, new):
        return "changed rule"
    if was != now:
        return "re-saved book"
    if (old["failures"], old["text_sources"]) != (new["failures"], new["text_sources"]):
        return "read again"
    return "not recorded"
