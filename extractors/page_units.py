"""The unit a page is read in. A scan may say one point a pixel: its page is then larger than any book's.

Such a page is made as large as a page of a book before it is read (PDF calls this UserUnit), so that sizes in
points, resolutions and costs mean the same on every page; what is found is given in the page's own points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from typing import TypeVar

import pymupdf

from extractors.damage import sound_page
from extractors.geometry import Box, rounded
from extractors.records import Dropped, Pair, Unmatched

SMALLEST, LARGEST = 340.0, 1300.0
"""Longer sides of book pages and spreads, in points (12 and 46 cm); what is beyond them is measured in other
units, unless its type is of a usual size."""
PORTRAIT, LANDSCAPE = 842.0, 1191.0
"""The longer side such a page is given: that of A4, or of a spread of two."""
SPREAD = 1.15
"""A page stored this many times as wide as high is a spread; one that is only turned is none."""
TYPE_SIZES = (5.0, 24.0)
"""Usual sizes of type (points) ..."""
CHARACTERS = 30
"""... measured on at least this many characters: a stamp or a page number may be of any size."""

_KNOWN = "TuwenUnit"
"""Where the unit of a page is noted in the opened file, which is never written."""

Row = TypeVar("Row", Pair, Unmatched, Dropped)


def load_page(document: pymupdf.Document, number: int) -> tuple[pymupdf.Page, float]:
    """Page `number` (1-based) in its unit, and how many points of the page one unit is.

    Raises DamagedPageError.
    """
    page = sound_page(document, number)
    xref = document.page_xref(number - 1)
    known = _number(document, xref, _KNOWN)
    if known is not None:
        return page, known
    unit = round(unit_of(page), 6)
    document.xref_set_key(xref, _KNOWN, f"{unit:.6f}")
    if unit != 1.0:
        own = _number(document, xref, "UserUnit") or 1.0
        document.xref_set_key(xref, "UserUnit", f"{own / unit:.9f}")
        page = document.reload_page(page)
    return page, unit


def _number(document: pymupdf.Document, xref: int, key: str) -> float | None:
    """A number above 0 of a PDF object, None where there is none."""
    kind, value = document.xref_get_key(xref, key)
    return float(value) if kind in ("int", "real", "float") and float(value) > 0 else None


def unit_of(page: pymupdf.Page) -> float:
    """Points of `page` that make one unit; 1 for a page of a book's size, or with type of a usual size."""
    width, height = page.rect.width, page.rect.height
    longer = max(width, height)
    if SMALLEST <= longer <= LARGEST or longer <= 0:
        return 1.0
    sizes = [
        span["size"]
        for block in page.get_text("dict")["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
        for _ in span["text"].strip()
    ]
    if len(sizes) >= CHARACTERS and TYPE_SIZES[0] <= median(sizes) <= TYPE_SIZES[1]:
        return 1.0
    stored = (height, width) if page.rotation in (90, 270) else (width, height)
    return float(longer / (LANDSCAPE if stored[0] > SPREAD * stored[1] else PORTRAIT))


def displayed_rotation(page: pymupdf.Page) -> pymupdf.Matrix | None:
    """From the page as stored to the page as displayed, in its unit; None for one that is not turned."""
    if not page.rotation:
        return None
    turn = page.rotation_matrix
    shift = {
        90: (page.rect.width, 0.0),
        180: (page.rect.width, page.rect.height),
        270: (0.0, page.rect.height),
    }
    return pymupdf.Matrix(turn.a, turn.b, turn.c, turn.d, *shift[page.rotation])


def in_points(row: Row, units: Mapping[int, float]) -> Row:
    """`row` with its boxes in points of their pages; `units` has the pages that are read in another unit."""
    if not units:
        return row
    bbox = _scaled(row.bbox, units.get(row.page, 1.0))
    if not isinstance(row, Pair):
        return replace(row, bbox=bbox)
    caption, parent, told = row.caption_bbox, row.parent_bbox, row.description_bbox
    return replace(
        row,
        bbox=bbox,
        caption_bbox=_scaled(caption, units.get(row.caption_page or row.page, 1.0)) if caption else None,
        parent_bbox=_scaled(parent, units.get(row.page, 1.0)) if parent else None,
        description_bbox=_scaled(told, units.get(row.description_page or row.page, 1.0)) if told else None,
    )


def _scaled(box: Box, unit: float) -> Box:
    return rounded((box[0] * unit, box[1] * unit, box[2] * unit, box[3] * unit))
