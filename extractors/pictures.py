"""The pictures of one page: its crops and its preview, written as files. Runs in a worker."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from extractors.crops import cut, preview
from extractors.damage import page_damage
from extractors.document import open_document
from extractors.geometry import Box
from extractors.look import Look, look_of
from extractors.page_units import load_page
from extractors.settings import ExtractSettings, Limits


@dataclass(frozen=True, slots=True)
class PictureJob:
    """What to cut from one page; `boxes` in points, `names` the files below `folder` without suffix."""

    path: Path
    page: int
    boxes: tuple[Box, ...]
    names: tuple[str, ...]
    preview_name: str
    folder: Path
    settings: ExtractSettings


@dataclass(frozen=True, slots=True)
class Picture:
    """One crop as written."""

    file: str
    width: int
    height: int
    sha256: str
    phash: str
    look: Look


@dataclass(frozen=True, slots=True)
class PagePictures:
    """All pictures of one page as written."""

    pictures: tuple[Picture, ...]
    preview: str
    size: tuple[float, float]
    """Width and height of the page in points."""


@functools.lru_cache(maxsize=1)
def _opened(path: Path, limits: Limits) -> pymupdf.Document:
    return open_document(path, limits)


def take_pictures(job: PictureJob) -> PagePictures:
    """Cut and write the crops of one page, and its preview.

    Raises PageTooLargeError, DamagedPageError, OSError.
    """
    with page_damage(job.page):
        return _take_pictures(job)


def _take_pictures(job: PictureJob) -> PagePictures:
    page, unit = load_page(_opened(job.path, job.settings.limits), job.page)
    pictures = []
    for box, name in zip(job.boxes, job.names, strict=True):
        crop = cut(page, box, job.settings.crop_dpi, job.settings.limits)
        file = f"images/{name}.png"
        (job.folder / file).write_bytes(crop.png)
        pictures.append(
            Picture(
                file,
                crop.width,
                crop.height,
                hashlib.sha256(crop.png).hexdigest(),
                crop.phash,
                look_of(crop.pixels),
            )
        )
    shown = f"previews/{job.preview_name}.jpg"
    (job.folder / shown).write_bytes(preview(page, job.settings.preview_dpi, job.settings.limits))
    return PagePictures(
        tuple(pictures), shown, (round(page.rect.width * unit, 2), round(page.rect.height * unit, 2))
    )
