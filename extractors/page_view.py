"""A page of a book drawn as a picture to look at. Runs in a worker."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from pathlib import Path

import pymupdf
from PIL import Image

from extractors.damage import page_damage
from extractors.document import open_document, render
from extractors.durable import replace_bytes
from extractors.page_units import load_page
from extractors.settings import Limits

QUALITY = 86
"""Of the JPEG: small print stays clean, and a page of 2,000 pixels takes some 400 KB."""


@dataclass(frozen=True, slots=True)
class PageViewJob:
    """Which page to draw, how large, and where the picture goes."""

    path: Path
    page: int
    """1-based."""
    longest: int
    """Pixels of its longer side."""
    file: Path
    """Replaced as one step."""
    limits: Limits


@dataclass(frozen=True, slots=True)
class PageSize:
    """Width and height of a page in points, as displayed."""

    width: float
    height: float


@functools.lru_cache(maxsize=2)
def _opened(path: Path, limits: Limits) -> pymupdf.Document:
    return open_document(path, limits)


def page_size(job: PageViewJob) -> PageSize:
    """The size of the page. Raises BookError, PageError."""
    with page_damage(job.page):
        page, unit = load_page(_opened(job.path, job.limits), job.page)
        return PageSize(round(page.rect.width * unit, 2), round(page.rect.height * unit, 2))


def draw_page(job: PageViewJob) -> PageSize:
    """Draw the page as a JPEG to `job.file`. Raises BookError, PageError, OSError."""
    with page_damage(job.page):
        page, unit = load_page(_opened(job.path, job.limits), job.page)
        dpi = 72 * job.longest / max(page.rect.width, page.rect.height)
        stream = io.BytesIO()
        Image.fromarray(render(page, dpi, job.limits)).save(stream, "JPEG", quality=QUALITY)
    replace_bytes(job.file, stream.getvalue())
    return PageSize(round(page.rect.width * unit, 2), round(page.rect.height * unit, 2))
