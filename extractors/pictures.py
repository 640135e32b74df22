"""The pictures of one page: its crops and its preview, written as files. Runs in a worker."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray

from extractors.crops import cut, preview
from extractors.damage import page_damage
from extractors.document import open_document
from extractors.geometry import Box
from extractors.page_units import load_page
from extractors.pairing.roles import Colour, Look
from extractors.settings import ExtractSettings, Limits

RING = 0.05
"""Width of the border ring looked at, as a share of the picture's sides."""
SMALL = 96
"""Pixels on the longer side of the copy on which a picture's look is measured."""
GREY_CHROMA = 18
"""Difference between a pixel's largest and smallest channel below which it is grey."""


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


def look_of(pixels: NDArray[np.uint8]) -> Look:
    """The look of a picture (H x W x 3, RGB, or H x W)."""
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
    scale = SMALL / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    rows, columns = pixels.shape[:2]
    ring = np.ones((rows, columns), bool)
    wide = max(1, round(RING * min(rows, columns)))
    ring[wide : rows - wide, wide : columns - wide] = False
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    spread = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    return Look(_median(lab[ring]), _median(lab.reshape(-1, 3)), float((spread <= GREY_CHROMA).mean()))


def _median(colours: NDArray[np.uint8]) -> Colour:
    a, b, c = np.median(colours, axis=0)
    return float(a), float(b), float(c)
