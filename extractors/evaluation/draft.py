"""Labels drafted for a person to correct: what Tuwen itself sees on some pages, and these pages drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from extractors.book import open_sandbox, pair_book, read_book
from extractors.document import open_document, render
from extractors.durable import replace_text
from extractors.errors import BookError, UsageError
from extractors.evaluation.labels import META, NEGATIVES, TRUTH
from extractors.evaluation.scoring import INSIDE
from extractors.geometry import Box, cover, rounded
from extractors.layout.book_layout import PageLayout, lay_out
from extractors.names import shown_name
from extractors.overlay import COLOURS, DPI, SCALE
from extractors.records import BookContent, BookResult, Pair
from extractors.settings import ExtractSettings

DECORATIONS = ("repeated", "near-invisible", "seal")
"""Of what was left out on a page, what a program might yet take for a figure."""
_DIGITS = 1
"""Boxes are drafted to a tenth of a point, which is finer than a hand can set them."""

JsonRow = dict[str, Any]


def draft_labels(pdf: Path, pages: Sequence[int], out: Path, settings: ExtractSettings) -> list[Path]:
    """Write the three label files of `pdf` for `pages`, and a PNG of each, into `out`; returns their paths.

    The whole book is read, since its conventions decide what a page means. Labels that are already there are
    never overwritten. Raises UsageError for them and for pages the book does not have, BookError for a page
    that could not be read, and what `read_book` raises.
    """
    book = shown_name(pdf.stem)
    targets = [out / f"{book}{ending}" for ending in (TRUTH, NEGATIVES, META)]
    there = [path for path in targets if path.exists()]
    if there:
        raise UsageError(f"{there[0]} is there already: move the labels away, or name another --out")
    with open_sandbox(settings) as sandbox, TemporaryDirectory() as scratch:
        content = read_book(pdf, settings, sandbox=sandbox)
        _check_pages(pdf, pages, content)
        result = pair_book(content, pdf, Path(scratch), settings, sandbox=sandbox)
    seen = {layout.page: layout for layout in lay_out(content) if layout.page in set(pages)}
    figures = _figure_rows(book, result, list(seen))
    negatives = [row for layout in seen.values() for row in _negative_rows(layout)]
    for path, rows in zip(targets, (figures, negatives), strict=False):
        replace_text(path, "".join(_line(row) for row in rows))
    pictures, sizes = _draw_pages(pdf, list(seen), figures, negatives, out, settings)
    scanned = sum(layout.content.is_scan for layout in seen.values()) * 2 > len(seen)
    meta = {"labelled_pages": list(seen), "page_sizes": sizes, "layout": "", "scan": scanned}
    replace_text(targets[2], _line(meta))
    return [*targets, *pictures]


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _check_pages(pdf: Path, pages: Sequence[int], content: BookContent) -> None:
    beyond = [page for page in pages if page > content.page_count]
    if beyond:
        raise UsageError(f"{pdf.name} has pages 1 to {content.page_count}; there is no page {beyond[0]}")
    failed = next((failure for failure in content.failures if failure.page in set(pages)), None)
    if failed is not None:
        raise BookError(pdf, f"page {failed.page} could not be read ({failed.reason}): {failed.detail}")


def _figure_rows(book: str, result: BookResult, pages: Sequence[int]) -> list[JsonRow]:
    """The figures on these pages from top to bottom, those without text too."""
    placed: list[tuple[int, Box, Pair | None]] = [(pair.page, pair.bbox, pair) for pair in result.pairs]
    placed += [(row.page, row.bbox, None) for row in result.unmatched if row.type == "figure"]
    placed.sort(key=lambda found: (found[0], found[1][1], found[1][0]))
    rows: list[JsonRow] = []
    for number in pages:
        here = [(box, pair) for page, box, pair in placed if page == number]
        rows += [_figure_row(f"{book}-{number}-{n}", number, box, pair) for n, (box, pair) in enumerate(here)]
    return rows


def _figure_row(fid: str, page: int, box: Box, pair: Pair | None) -> JsonRow:
    told = pair is not None and pair.description_source != "caption"
    return {
        "fid": fid,
        "page": page,
        "bbox": list(rounded(box, _DIGITS)),
        "kind": pair.kind if pair else "other",
        "medium": pair.medium if pair else "photograph",
        "subject": pair.subject if pair else "other",
        "caption": pair.caption if pair else "",
        "title": pair.title if pair else "",
        "number": pair.number if pair else "",
        "group": pair.group if pair else "",
        "description": pair.description if pair and told else "",
        "accept": {},
        "optional": pair is None,
        "checked": False,
    }


def _negative_rows(layout: PageLayout) -> list[JsonRow]:
    """Tables (but no grids of pictures), and decoration that was left out on purpose."""
    pictures = [figure.bbox for figure in layout.figures]
    tables = [t for t in layout.content.tables if not any(cover(box, t) >= INSIDE for box in pictures)]
    found = [(box, "table") for box in tables]
    found += [(drop.bbox, drop.reason) for drop in layout.dropped if drop.reason in DECORATIONS]
    return [
        {"page": layout.page, "bbox": list(rounded(box, _DIGITS)), "kind": kind, "ignore": False}
        for box, kind in sorted(found)
    ]


def _draw_pages(
    pdf: Path,
    pages: Sequence[int],
    figures: Sequence[JsonRow],
    negatives: Sequence[JsonRow],
    out: Path,
    settings: ExtractSettings,
) -> tuple[list[Path], list[list[float]]]:
    """PNGs of the pages with the boxes and their names drawn in; and the size in points of every page."""
    document, book = open_document(pdf, settings.limits), shown_name(pdf.stem)
    try:
        sizes = [[round(page.rect.width, 2), round(page.rect.height, 2)] for page in document]
        drawn = []
        for number in pages:
            picture = Image.fromarray(render(document[number - 1], DPI, settings.limits))
            pen = ImageDraw.Draw(picture)
            for row in (row for row in negatives if row["page"] == number):
                _rectangle(pen, row["bbox"], "table", row["kind"])
            for row in (row for row in figures if row["page"] == number):
                _rectangle(pen, row["bbox"], "figure", row["fid"].removeprefix(f"{book}-"))
            drawn.append(out / f"{book}-page{number}.png")
            picture.save(drawn[-1], "PNG")
    finally:
        document.close()
    return drawn, sizes


def _rectangle(pen: ImageDraw.ImageDraw, box: Sequence[float], what: str, name: str) -> None:
    x0, y0, x1, y1 = (value * SCALE for value in box)
    pen.rectangle((x0, y0, x1, y1), outline=COLOURS[what], width=3)
    font = ImageFont.load_default(16)
    left, top, right, bottom = pen.textbbox((x0 + 6, y0 + 6), name, font=font)
    pen.rectangle((left - 4, top - 3, right + 4, bottom + 3), fill="white", outline=COLOURS[what])
    pen.text((x0 + 6, y0 + 6), name, fill=COLOURS[what], font=font)
