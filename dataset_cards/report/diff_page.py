"""The difference of two versions as one HTML file: pictures and texts of old and new, side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

from jinja2 import Environment

from dataset_cards.changes import Changes, reason_counts
from dataset_cards.diff import Diff, PairChange
from dataset_cards.reasons import REASONS, Row
from dataset_cards.report.design import base_style
from dataset_cards.report.thumbnails import crop_file, thumbnail

# Pairs of each book shown with their pictures, of each sort: enough to judge a change by. All are counted.
SHOWN_PER_BOOK = 60
# Of all books together: a page of 2,000 pairs has about 30 MB.
SHOWN = 2000
THUMBNAIL = 240
# Characters of a text compared letter by letter; longer ones are shown one after the other.
_LONG = 600
_SORTS = {"added": "新增 Added", "removed": "移除 Removed", "changed": "改动 Changed"}
# Bytes of a picture differ whenever any of these does; one of them tells.
_PICTURE = {"image_sha256", "image_phash", "width", "height"}
_TEXTS = {"title", "caption", "description", "description_en", "description_raw"}

Part = tuple[str, str]
"""("", text), ("del", text) or ("ins", text)."""


class ShownPairs:
    """The pairs of a difference that the page shows: the first of each book and sort."""

    def __init__(self) -> None:
        self._books: dict[str, dict[str, list[PairChange]]] = defaultdict(lambda: defaultdict(list))
        self._counts: Counter[tuple[str, str]] = Counter()
        self._total = 0

    def see(self, changes: Iterable[PairChange]) -> Iterator[PairChange]:
        """Pass the pairs on, keeping those to be shown."""
        for change in changes:
            book = change.row["book_sha256"]
            kept = self._books[book][change.sort]
            self._counts[book, change.sort] += 1
            if len(kept) < SHOWN_PER_BOOK and self._total < SHOWN:
                kept.append(change)
                self._total += 1
            yield change

    def of_book(self, book: str) -> Iterator[tuple[str, list[PairChange], int]]:
        """(sort, pairs shown, pairs in all), for the sorts the book has."""
        for sort in _SORTS:
            if self._counts[book, sort]:
                yield sort, self._books[book][sort], self._counts[book, sort]


def write_diff_page(diff: Diff, changes: Changes, shown: ShownPairs, file: TextIO) -> None:
    """Write the page; it loads nothing, and texts of books stand in it as text."""
    source = files(__package__).joinpath("diff.html.j2").read_text("utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    parts = page.stream(
        base=base_style(),
        old=diff.old_dir.name,
        new=diff.new_dir.name,
        changes=changes,
        sorts=_SORTS,
        reason_counts=reason_counts,
        books=(
            (book, [(sort, _cards(diff, pairs), total) for sort, pairs, total in shown.of_book(sha256)])
            for sha256, book in changes.books.items()
        ),
    )
    parts.enable_buffering(64)
    for part in parts:
        file.write(part)


def _cards(diff: Diff, pairs: Iterable[PairChange]) -> Iterator[dict[str, Any]]:
    for change in pairs:
        row = change.row
        yield {
            "id": change.pair_id,
            "page": row["page"],
            "kind": row["kind"],
            "split": row["split"],
            "title": row["title"] or row["caption"] or row["number"],
            "why": [f"{REASONS[why]} {why}" for why in change.why],
            "pictures": _pictures(diff, change),
            "text": row["description"],
            "columns": [
                (name, _parts(change.old, row, name)) for name in change.columns if name not in _PICTURE
            ],
        }


def _pictures(diff: Diff, change: PairChange) -> list[tuple[str, str]]:
    """(label, data URI): the picture, or old and new where they differ."""
    sides: list[tuple[str, Path, Row | None]] = [
        (diff.old_dir.name, diff.old_dir, change.old),
        (diff.new_dir.name, diff.new_dir, change.new),
    ]
    if change.sort == "changed" and not _PICTURE & set(change.columns):
        sides = sides[1:]
    return [
        (name, thumbnail(crop_file(path, row), THUMBNAIL)) for name, path, row in sides if row is not None
    ]


def _parts(old: Row | None, new: Row, name: str) -> list[Part]:
    """A changed value as text, with what was taken out and put in marked."""
    before, after = _text((old or {}).get(name)), _text(new[name])
    if not before or not after or max(len(before), len(after)) > _LONG or name not in _TEXTS:
        return [part for part in (("del", before), ("ins", after)) if part[1]]
    parts: list[Part] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("", before[i:j]))
        else:
            parts += [part for part in (("del", before[i:j]), ("ins", after[k:m])) if part[1]]
    return parts


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{number:g}" for number in value)
    return "" if value is None else str(value)
