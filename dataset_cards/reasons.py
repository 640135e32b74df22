"""Why a pair came, left or changed between two versions: told from what each version records of its books."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataset_cards.assembly import Assembly
from dataset_cards.files import read_json_lines
from dataset_cards.tables import book_rows

Row = Mapping[str, Any]

REASONS = {
    "new book": "新书",
    "removed book": "书已移除",
    "renamed book": "书已改名",
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

_REFINED = {"description", "description_source", "description_raw", "description_en"}
# What a reviewer may set right.
_REVIEWED = {*_REFINED, "review", "kind", "number", "title", "caption"}


@dataclass(frozen=True)
class Background:
    """What a version tells of its books and of the pairs it left out."""

    books: Mapping[str, Row]
    """sha256 -> the line of books.jsonl."""
    dropped: Mapping[str, str]
    """pair_id of a pair left out -> reason."""
    columns: Set[str]
    """Names of the columns its pairs have."""


def read_background(version_dir: Path, columns: Set[str]) -> Background:
    """The background of a published version; older ones hold no dropped.jsonl."""
    path = version_dir / "dropped.jsonl"
    dropped = read_json_lines(path) if path.is_file() else []
    return Background(
        {row["sha256"]: row for row in read_json_lines(version_dir / "books.jsonl")},
        {row["pair_id"]: row["reason"] for row in dropped},
        columns,
    )


def background_of(assembly: Assembly, columns: Set[str]) -> Background:
    """The background of the version that is being written."""
    return Background(
        {row["sha256"]: row for row in book_rows(assembly)},
        {item.pair.pair_id: item.reason for item in assembly.dropped},
        columns,
    )


def why_added(row: Row, before: Background, after: Background) -> str:
    """Why a pair is there that was not; `row` is its row in the later version."""
    if row["book_sha256"] not in before.books:
        return "new book"
    if row["pair_id"] in before.dropped:
        return "kept again"
    return _by_book(row["book_sha256"], before, after)


def why_removed(row: Row, before: Background, after: Background) -> str:
    """Why a pair is gone; `row` is its row in the earlier version."""
    if row["book_sha256"] not in after.books:
        return "removed book"
    if row["pair_id"] in after.dropped:
        return "dropped"
    return _by_book(row["book_sha256"], before, after)


def why_changed(
    old: Row, new: Row, names: Set[str], before: Background, after: Background
) -> tuple[str, ...]:
    """Why a pair is not as it was in the columns `names`; one reason or several, ordered as `REASONS`."""
    reasons: set[str] = set()
    rest = set(names)

    def explain(reason: str, columns: Set[str]) -> None:
        if rest & columns:
            reasons.add(reason)
            rest.difference_update(columns)

    explain("moved split", {"split"})
    explain("new column", after.columns - before.columns)
    explain("renamed book", {"book_title"})
    if "review" in rest or "reviewed" in (old["description_source"], new["description_source"]):
        explain("review", _REVIEWED)
    if "refined" in (old["description_source"], new["description_source"]):
        explain("refinement", _REFINED)
    if rest:
        reasons.add(_by_book(new["book_sha256"], before, after))
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


def _by_book(book: str, before: Background, after: Background) -> str:
    """What became of a whole book that both versions hold."""
    old, new = before.books.get(book), after.books.get(book)
    if old is None or new is None:
        return "not recorded"
    if rule_changes(old, new):
        return "changed rule"
    if (old["failures"], old["text_sources"]) != (new["failures"], new["text_sources"]):
        return "read again"
    return "not recorded"
