"""What of a published version a person can look at: its pairs, what was left over, pages that failed.

All of it is held in memory, so that the next item is shown without a look at the disk.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from dataset_cards.assembly import BOOK_DIGITS
from dataset_cards.audit import HIGH
from dataset_cards.files import read_json_lines
from dataset_cards.pages import PageView, read_pages
from dataset_cards.reading import Row, crop_path, iter_rows
from dataset_cards.review.freed_captions import BY_PEOPLE, NO_TEXT, OF_NONE
from dataset_cards.review.record import LEFT, State, read_reviewed
from dataset_cards.verify import read_manifest
from extractors.geometry import Box

ItemType = Literal["pair", "figure", "caption", "failure", "page"]
Why = Literal["doubtful", "unmatched", "failed", "counts", "crop", "sure"]
"""Why an item is looked at, in the order of the queue."""
WHYS: tuple[Why, ...] = ("doubtful", "unmatched", "failed", "counts", "crop", "sure")

HELD = ("accepted", "edited", "added")
"""States in reviewed.jsonl of decisions that show in the version's pairs."""
_COLUMNS = (
    *("pair_id", "book_sha256", "page", "page_label", "bbox", "group", "image_phash", "split", "kind"),
    *("number", "title", "caption", "caption_page", "caption_bbox", "description", "description_page"),
    *(
        "medium",
        "subject",
        "description_bbox",
        "description_source",
        "text_source",
        "rule",
        "confidence",
        "width",
        "height",
    ),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at."""

    id: str
    """The pair_id, or a name that is unique within the version."""
    type: ItemType
    why: Why
    book: str
    """sha256."""
    page: int
    row: Row
    """The pair's columns, the line of unmatched.jsonl, or the failure."""
    hints: tuple[str, ...] = ()
    """Names of what stands out in its crop (statistics.json)."""
    read: Mapping[str, Any] = field(default_factory=dict)
    """What the program read in the columns that the version has from a person."""
    state: State | None = None
    """What the version made of what a person decided about it."""
    corrections: tuple[str, ...] = ()
    """The ids of these decisions."""

    @property
    def reviewed(self) -> bool:
        """Whether the version holds what a person decided about it."""
        return self.state in HELD

    @property
    def gone(self) -> bool:
        """Whether a person took it out of the version; it is in no queue."""
        return self.state in LEFT

    @property
    def bbox(self) -> Box | None:
        """The figure or caption, in points; None for a whole page."""
        box = self.row.get("bbox")
        return None if box is None else (box[0], box[1], box[2], box[3])

    @property
    def picture(self) -> str:
        """Path of its crop inside the version; "" where it has none."""
        return crop_path(self.row["split"], self.id) if self.type == "pair" else self.row.get("image", "")


@dataclass(frozen=True, slots=True)
class ShownBook:
    """A book of the version."""

    sha256: str
    title: str
    file_name: str
    pages: int


class VersionItems:
    """The items of one version, by id, in the order of the queue, and by page."""

    def __init__(self, version_dir: Path) -> None:
        """Read the version. Raises DamagedWorkspaceError when a file of it cannot be read."""
        manifest = read_manifest(version_dir)
        self.path = version_dir
        self.dataset = str(manifest["dataset"])
        self.version = str(manifest["version"])
        self.digest = str(manifest["digest"])
        rows = read_json_lines(version_dir / "books.jsonl")
        reviewed = read_reviewed(version_dir)
        self.applied = frozenset(
            correction for line in reviewed if line["state"] in HELD for correction in line["corrections"]
        )
        """Ids of corrections whose outcome is what the version shows."""
        self.books = tuple(ShownBook(r["sha256"], r["title"], r["file_name"], r["pages"]) for r in rows)
        self.views: Mapping[tuple[str, int], PageView] = read_pages(version_dir)
        pairs = list(_pairs(version_dir, {line["pair_id"]: line for line in reviewed if line["pair_id"]}))
        leftovers = list(_leftovers(version_dir))
        items = [*pairs, *leftovers, *_failures(rows)]
        gone = tuple(_gone(reviewed))
        items += _uneven_pages(pairs, leftovers, gone)
        self._places = {book.sha256: number for number, book in enumerate(self.books)}
        self.queue = tuple(sorted(items, key=self._turn))
        self.by_id = {item.id: item for item in self.queue}
        self._on_page: dict[tuple[str, int], list[Item]] = defaultdict(list)
        self.gone = gone
        """Figures that people took out of the version."""
        for item in (*self.queue, *self.gone):
            for page in _pages_of(item):
                self._on_page[item.book, page].append(item)

    def on_page(self, book: str, page: int) -> list[Item]:
        """The items whose figure, caption or description stands on the page, in reading order."""
        return sorted(self._on_page.get((book, page), ()), key=lambda i: (i.page, i.bbox or (), i.id))

    def book(self, sha256: str) -> ShownBook:
        """The book of this hash. Raises KeyError."""
        return self.books[self._places[sha256]]

    def _turn(self, item: Item) -> tuple[Any, ...]:
        by_confidence = item.row["confidence"] if item.type == "pair" and item.why != "crop" else 0.0
        return (
            *(WHYS.index(item.why), by_confidence),
            *(self._places.get(item.book, 0), item.page, item.bbox or (), item.id),
        )


def _pairs(version_dir: Path, reviewed: Mapping[str, Row]) -> Iterator[Item]:
    hints = _standing_out(version_dir)
    for row in iter_rows(version_dir, columns=_COLUMNS):
        own = hints.get(row["pair_id"], ())
        why: Why = "doubtful" if row["confidence"] < HIGH else "crop" if own else "sure"
        item = Item(row["pair_id"], "pair", why, row["book_sha256"], row["page"], row, tuple(own))
        if line := reviewed.get(row["pair_id"]):
            told = {"read": line["read"], "state": line["state"], "corrections": tuple(line["corrections"])}
            item = replace(item, **told)
        yield item


def _gone(reviewed: Iterable[Row]) -> Iterator[Item]:
    """The figures that people took out of the version, with their texts as they were read."""
    for number, line in enumerate(reviewed, start=1):
        if line["state"] in LEFT:
            kind: ItemType = "pair" if line["read"] else "figure"
            row = {"reason": "", "split": "", "bbox": line["bbox"], **line["read"]}
            name = line["pair_id"] or f"gone-{number}"
            given = (line["state"], tuple(line["corrections"]))
            yield Item(name, kind, "sure", line["book_sha256"], line["page"], row, (), {}, *given)


def _standing_out(version_dir: Path) -> Mapping[str, Sequence[str]]:
    """pair_id -> names of the lists of statistics.json that hold it; a version of old has no such file."""
    path = version_dir / "statistics.json"
    found: dict[str, list[str]] = defaultdict(list)
    if path.is_file():
        for outliers in json.loads(path.read_text("utf-8"))["outliers"]:
            for listed in outliers["listed"]:
                found[listed["pair_id"]].append(outliers["name"])
    return found


def _leftovers(version_dir: Path) -> Iterator[Item]:
    for number, row in enumerate(read_json_lines(version_dir / "unmatched.jsonl"), start=1):
        yield Item(f"unmatched-{number}", row["type"], "unmatched", row["book_sha256"], row["page"], row)


def _failures(books: Iterable[Row]) -> Iterator[Item]:
    for book in books:
        for failure in book["failures"]:
            sha256, page = book["sha256"], failure["page"]
            name = f"failed-{sha256[:BOOK_DIGITS]}-{page}-{failure['stage']}"
            yield Item(name, "failure", "failed", sha256, page, failure)


_Counts = Mapping[tuple[str, int], tuple[int, int]]
"""By book and page: how many figures and captions stand there, as far as both do."""


def _uneven_pages(pairs: Sequence[Item], leftovers: Sequence[Item], gone: Iterable[Item]) -> Iterator[Item]:
    """Pages with another number of figures than of captions, unless people alone made it so."""
    rest = [item for item in leftovers if item.row["reason"] not in (*BY_PEOPLE, NO_TEXT)]
    settled = [item for item in leftovers if item.row["reason"] == OF_NONE]
    as_read = [replace(item, row={**item.row, **item.read}) for item in pairs if item.state != "added"]
    read = _counts([*as_read, *rest, *settled, *gone])
    for (book, page), (figures, captions) in sorted(_counts([*pairs, *rest]).items()):
        before = read.get((book, page), (0, 0))
        if figures != captions and figures and captions and before[0] != before[1]:
            counts = {"figures": figures, "captions": captions}
            yield Item(f"page-{book[:BOOK_DIGITS]}-{page}", "page", "counts", book, page, counts)


def _counts(items: Iterable[Item]) -> _Counts:
    figures: dict[tuple[str, int], int] = defaultdict(int)
    captions: dict[tuple[str, int], set[Any]] = defaultdict(set)
    for item in items:
        place = item.book, item.page
        if item.type == "caption":
            captions[place].add(item.id)
        elif item.type == "figure":
            figures[place] += 1
        elif item.row.get("caption_bbox") and item.row.get("caption_page") in (None, item.page):
            figures[place] += 1
            captions[place].add(tuple(item.row["caption_bbox"]))
    return {place: (figures[place], len(captions[place])) for place in {*figures, *captions}}


def _pages_of(item: Item) -> set[int]:
    pages = (item.page, item.row.get("caption_page"), item.row.get("description_page"))
    return {page for page in pages if page}
