"""Labelled sample books in the layouts of heritage publishing, for tests, the demo and fitting."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from extractors.sample_books.layouts import (
    bilingual_catalogue,
    caption_lists,
    excavation_report,
    facing_captions,
    grids,
    journal_papers,
    margin_captions,
    mural_plates,
    object_catalogue,
    silk_catalogue,
    vertical_traditional,
)
from extractors.sample_books.page_writer import Volume
from extractors.sample_books.scans import STYLES, scan_copy

LAYOUTS: dict[str, Callable[[Volume], None]] = {
    "silk_catalogue": silk_catalogue.draw,
    "mural_plates": mural_plates.draw,
    "excavation_report": excavation_report.draw,
    "vertical_traditional": vertical_traditional.draw,
    "facing_captions": facing_captions.draw,
    "grids": grids.draw,
    "bilingual_catalogue": bilingual_catalogue.draw,
    "journal_papers": journal_papers.draw,
    "object_catalogue": object_catalogue.draw,
    "caption_lists": caption_lists.draw,
    "margin_captions": margin_captions.draw,
}
"""Born-digital layouts by slug."""
SCANS: dict[str, tuple[str, str]] = {
    "silk_catalogue_scan": ("silk_catalogue", "yellowed"),
    "mural_plates_scan": ("mural_plates", "dark-bed"),
    "excavation_report_scan": ("excavation_report", "one-bit"),
    "vertical_traditional_scan": ("vertical_traditional", "spreads"),
    "bilingual_catalogue_scan": ("bilingual_catalogue", "poor-ocr"),
    "object_catalogue_scan": ("object_catalogue", "yellowed"),
}
"""Scanned copies: the layout they copy and the style of the scan."""
_TRADITIONAL = ("vertical_traditional",)
"""Layouts that are always in traditional characters; a quarter of the others is too."""
_PAGE_SIZES = ((420, 595), (482, 680), (510, 660), (540, 720), (595, 842))
"""Width and height in points: A5, small and large quarto, square-ish, A4."""
DEMO_BOOKS = (
    "silk_catalogue",
    "mural_plates",
    "excavation_report",
    "vertical_traditional",
    "bilingual_catalogue",
    "silk_catalogue_scan",
)
_DEMO_SCAN_PAGES = 6
"""Reading a scanned page takes seconds, and the demo has minutes."""


def draw_books(out: Path, seed: int, layouts: Sequence[str] | None = None) -> list[Path]:
    """Write one labelled book for each of `layouts` (default: all) into `out`; equal seeds give equal bytes.

    A scan needs its original, which is written too. Beside each PDF go `.truth.jsonl`, `.negatives.jsonl` and
    `.meta.json`. Raises ValueError for a layout that does not exist.
    """
    return _draw(out, out, seed, list(layouts or [*LAYOUTS, *SCANS]), scan_pages=None)


def demo_books(out: Path, seed: int) -> list[Path]:
    """Write the books of the demo: PDFs into `out`/books, their labels into `out`/truth."""
    return _draw(out / "books", out / "truth", seed, list(DEMO_BOOKS), scan_pages=_DEMO_SCAN_PAGES)


def _draw(books: Path, labels: Path, seed: int, wanted: list[str], scan_pages: int | None) -> list[Path]:
    unknown = sorted(set(wanted) - {*LAYOUTS, *SCANS})
    if unknown:
        raise ValueError(f"no layout {', '.join(unknown)}; there are {', '.join([*LAYOUTS, *SCANS])}")
    books.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    paths = []
    for layout in dict.fromkeys(SCANS[name][0] if name in SCANS else name for name in wanted):
        volume = _volume(layout, seed)
        LAYOUTS[layout](volume)
        original = volume.save(books, labels)
        paths.append(original)
        for name in (n for n in wanted if n in SCANS and SCANS[n][0] == layout):
            copy, style = books / f"{name}.pdf", STYLES[SCANS[name][1]]
            paths.append(scan_copy(original, volume.truth, copy, style, seed, labels, scan_pages))
    return paths


def _volume(layout: str, seed: int) -> Volume:
    """An empty book in the format and script that this seed gives this layout."""
    r = random.Random(f"{seed}/{layout}/format")
    width, height = r.choice(_PAGE_SIZES)
    traditional = layout in _TRADITIONAL or r.random() < 0.25
    return Volume(layout, layout, seed, width, height, traditional)
