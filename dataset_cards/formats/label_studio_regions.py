"""What of a version stands on a page, as regions of Label Studio: figures and captions with their texts.

A region is several results with one id: a rectangle with a label, and a text area for each text. Boxes are in
percent of the page's picture. A relation leads from a figure to its caption.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from dataset_cards.files import read_json_lines
from dataset_cards.pages import PageView, read_pages
from dataset_cards.reading import Row
from extractors.geometry import Box
from extractors.records import Kind

CAPTION = "caption"
"""Label of a text; figures are labelled with their kind."""
LABELS = (*get_args(Kind), CAPTION)
TEXTS = ("title", "number", "description")
"""Text areas of a figure; a caption has its text in `text`."""
COLUMNS = (
    *("pair_id", "book_sha256", "book_title", "page", "bbox", "kind", "title", "number", "description"),
    *("caption", "caption_page", "caption_bbox", "confidence", "image_phash"),
)
_DIGITS = 4
"""A ten-thousandth of a percent is far below a pixel."""


@dataclass(frozen=True, slots=True)
class Region:
    """A figure or a caption on a page."""

    id: str
    """pair_id, or a name that is unique on the page."""
    label: str
    bbox: Box
    """In points."""
    texts: Mapping[str, str]
    """By text area, those that are not empty."""
    captions: tuple[str, ...] = ()
    """Ids of the captions of a figure that stand on its page."""
    pair_id: str | None = None
    """None for what is no pair."""
    score: float | None = None
    phash: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a version with all its regions."""

    book: str
    """sha256."""
    title: str
    page: int
    view: PageView
    regions: tuple[Region, ...]


Pages = Mapping[tuple[str, int], Page]


def pages_of(version_dir: Path, rows: Sequence[Row], *, left_over: bool) -> Pages:
    """The pages with a figure or caption of `rows` (`COLUMNS`), and where `left_over` with an unmatched one,
    in the order of the books; those whose size is not known are missing."""
    found: dict[tuple[str, int], list[Region]] = defaultdict(list)
    captions: dict[tuple[str, int], dict[tuple[Box, str], str]] = defaultdict(dict)
    for row in rows:
        here = row["book_sha256"], row["page"]
        place = row["book_sha256"], row["caption_page"] or row["page"]
        linked: tuple[str, ...] = ()
        if row["caption_bbox"]:
            # Figures may share a caption.
            key = (_box(row["caption_bbox"]), row["caption"])
            name = captions[place].setdefault(key, f"caption-of-{row['pair_id']}")
            linked = (name,) if place == here else ()
        found[here].append(_figure(row, linked))
    for place, texts in captions.items():
        found[place] += [Region(name, CAPTION, box, {"text": text}) for (box, text), name in texts.items()]
    for number, row in enumerate(read_json_lines(version_dir / "unmatched.jsonl") if left_over else ()):
        found[row["book_sha256"], row["page"]].append(_unmatched(row, number))
    return dict(_in_order(version_dir, found))


def _in_order(
    version_dir: Path, found: Mapping[tuple[str, int], list[Region]]
) -> Iterator[tuple[tuple[str, int], Page]]:
    views = read_pages(version_dir)
    books = {row["sha256"]: row["title"] for row in read_json_lines(version_dir / "books.jsonl")}
    order = {sha256: number for number, sha256 in enumerate(books)}
    for book, page in sorted(found, key=lambda place: (order[place[0]], place[1])):
        view = views.get((book, page))
        if view is not None and view.width and view.height:
            regions = sorted(found[book, page], key=lambda region: (region.bbox, region.id))
            yield (book, page), Page(book, books[book], page, view, tuple(regions))


def _figure(row: Row, captions: tuple[str, ...]) -> Region:
    texts = {name: row[name] for name in TEXTS if row[name]}
    return Region(
        row["pair_id"],
        row["kind"],
        _box(row["bbox"]),
        texts,
        captions,
        row["pair_id"],
        row["confidence"],
        row["image_phash"],
    )


def _unmatched(row: Row, number: int) -> Region:
    if row["type"] == "caption":
        return Region(f"unmatched-{number}", CAPTION, _box(row["bbox"]), {"text": row["text"]})
    return Region(f"unmatched-{number}", "other", _box(row["bbox"]), {})


def results_of(page: Page, width: int, height: int) -> Iterator[dict[str, Any]]:
    """The results of a prediction: what Label Studio shows on the page's picture of this size (pixels)."""
    for region in page.regions:
        box = _percent_box(region.bbox, page.view)
        shared = {
            "id": region.id,
            "to_name": "image",
            "original_width": width,
            "original_height": height,
            "image_rotation": 0,
        }
        score = {} if region.score is None else {"score": region.score}
        value = {**box, "rectanglelabels": [region.label]}
        yield {**shared, "from_name": "label", "type": "rectanglelabels", **score, "value": value}
        for name, text in region.texts.items():
            value = {**box, "text": [text]}
            yield {**shared, "from_name": name, "type": "textarea", "value": value}
    for region in page.regions:
        for caption in region.captions:
            yield {"type": "relation", "from_id": region.id, "to_id": caption, "direction": "right"}


def regions_in(results: Sequence[Mapping[str, Any]], width: float, height: float) -> dict[str, Region]:
    """The regions of an annotation by id, on a page of this size in points.

    Raises KeyError, TypeError or ValueError for results that the interface of an export cannot give.
    """
    boxes: dict[str, tuple[str, Box]] = {}
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    links: dict[str, list[str]] = defaultdict(list)
    for result in results:
        if result["type"] == "relation":
            links[result["from_id"]].append(result["to_id"])
            continue
        value = result["value"]
        if result["type"] == "rectanglelabels":
            (label,) = value["rectanglelabels"]
            x0, y0 = value["x"] / 100 * width, value["y"] / 100 * height
            x1, y1 = x0 + value["width"] / 100 * width, y0 + value["height"] / 100 * height
            boxes[result["id"]] = label, (round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))
        elif result["type"] == "textarea":
            texts[result["id"]][result["from_name"]] = "\n".join(value["text"])
    return {
        name: Region(name, label, box, dict(texts[name]), tuple(sorted(links[name])))
        for name, (label, box) in boxes.items()
    }


def _percent_box(bbox: Box, view: PageView) -> dict[str, float]:
    left, right = _percent(bbox[0], view.width), _percent(bbox[2], view.width)
    top, bottom = _percent(bbox[1], view.height), _percent(bbox[3], view.height)
    return {
        "x": left,
        "y": top,
        "width": round(right - left, _DIGITS),
        "height": round(bottom - top, _DIGITS),
        "rotation": 0,
    }


def _percent(place: float, whole: float) -> float:
    """A place on the page, in percent; a box that runs over the page's edge ends there."""
    return round(100 * min(max(place / whole, 0.0), 1.0), _DIGITS)


def _box(values: Sequence[float]) -> Box:
    x0, y0, x1, y1 = values
    return x0, y0, x1, y1
