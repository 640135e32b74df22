"""Damaged pages: what the PDF library raises on them, and impossible sizes, are failures of the page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import pymupdf
from pymupdf import mupdf

from extractors.errors import DamagedPageError

SMALLEST_SIDE = 1.0
"""Points. A smaller page comes of a damaged box: nothing fits on it, and its area divides by next to zero."""
LARGEST_SIDE = 1e6
"""Points, some 350 m: no page is so large, and MuPDF computes in single precision."""
REMEDY = "get another copy of the book, or export it again from its source."

LIBRARY_ERRORS = (mupdf.FzErrorBase, RuntimeError, ValueError)
"""What the PDF library raises on damaged files; the last two may be ours, which `is_damage` tells."""


@contextmanager
def page_damage(page: int) -> Iterator[None]:
    """Turns what the PDF library raises inside the block into a DamagedPageError of `page` (1-based)."""
    try:
        yield
    except LIBRARY_ERRORS as error:
        if not is_damage(error):
            raise
        raise DamagedPageError(f"page {page}: is damaged ({_said(error)}); {REMEDY}") from error


def sound_page(document: pymupdf.Document, number: int) -> pymupdf.Page:
    """Page `number` (1-based). Raises DamagedPageError for one without an object or a size."""
    try:
        page = document.load_page(number - 1)
    except (*LIBRARY_ERRORS, IndexError) as error:
        raise DamagedPageError(
            f"page {number}: is missing from the file or damaged ({_said(error)}); {REMEDY}"
        ) from error
    width, height = page.rect.width, page.rect.height
    if not all(math.isfinite(side) and SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (width, height)):
        raise DamagedPageError(
            f"page {number}: its size of {width:g} x {height:g} points is damaged; {REMEDY}"
        )
    return page


def is_damage(error: BaseException) -> bool:
    """Whether the PDF library raised the error: then the file is at fault, not our code."""
    if isinstance(error, mupdf.FzErrorBase):
        return True
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = trace.tb_frame.f_globals.get("__name__", "") if trace is not None else ""
    return bool(module.split(".")[0] == pymupdf.__name__)


def _said(error: Exception) -> str:
    """What the library says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
