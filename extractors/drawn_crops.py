"""Crops at boxes that a person drew on the pages of a book."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from extractors.book_pages import open_sandbox, page_failure
from extractors.crops import cut
from extractors.damage import page_damage
from extractors.document import open_document
from extractors.errors import DamagedPageError
from extractors.geometry import Box, area, intersect
from extractors.page_units import load_page
from extractors.settings import ExtractSettings, Limits
from extractors.worker_messages import JobFailure


@dataclass(frozen=True, slots=True)
class DrawnCrop:
    """A lossless crop as written, its size in pixels, its perceptual hash (16 hexadecimal digits)."""

    file: Path
    width: int
    height: int
    phash: str


@dataclass(frozen=True, slots=True)
class _Job:
    path: Path
    page: int
    bbox: Box
    file: Path
    settings: ExtractSettings


def cut_drawn(
    pdf: Path, places: Sequence[tuple[int, Box]], folder: Path, settings: ExtractSettings
) -> Mapping[tuple[int, Box], DrawnCrop | str]:
    """The crops at (page, box) of `pdf`, page 1-based, box in points; a text says why there is none.

    Raises BookError for a file that cannot be opened, OSError when `folder` cannot be written.
    """
    jobs = [_Job(pdf, *place, folder / f"{number}.png", settings) for number, place in enumerate(places)]
    with open_sandbox(settings) as sandbox:
        outcomes = list(sandbox.run(_cut, jobs))
    return {
        place: _why(place[0], outcome) if isinstance(outcome, JobFailure) else outcome
        for place, outcome in zip(places, outcomes, strict=True)
    }


def _why(page: int, failure: JobFailure) -> str:
    return f"its picture could not be cut: {page_failure(page, 'pictures', failure).detail}"


@functools.lru_cache(maxsize=1)
def _opened(path: Path, limits: Limits) -> pymupdf.Document:
    return open_document(path, limits)


def _cut(job: _Job) -> DrawnCrop:
    """Runs in a worker. Raises PageTooLargeError, DamagedPageError."""
    with page_damage(job.page):
        page, unit = load_page(_opened(job.path, job.settings.limits), job.page)
        x0, y0, x1, y1 = job.bbox
        box = (x0 / unit, y0 / unit, x1 / unit, y1 / unit)
        if not area(intersect(box, tuple(page.rect))):
            raise DamagedPageError(f"page {job.page}: the box {list(job.bbox)} lies outside it")
        crop = cut(page, box, job.settings.crop_dpi, job.settings.limits)
        job.file.write_bytes(crop.png)
        return DrawnCrop(job.file, crop.width, crop.height, crop.phash)
