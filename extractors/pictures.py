"""The pictures of one page: its crops and its preview, written as files. Runs in a worker."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pymupdf

from extractors.crops import cut, preview
from extractors.document import open_document
from extractors.entries import Look
from extractors.geometry import Box
from extractors.settings import ExtractSettings

RING = 0.08
"""Width of the border ring looked at, as a share of the picture's sides."""
EVEN = 26
"""Grey levels (of 255) around the ring's median colour that still count as one ground, weave and noise included."""
SMALL = 160
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
def _opened(path: Path, settings: ExtractSettings) -> pymupdf.Document:
    return open_document(path, settings.limits)


def take_pictures(job: PictureJob) -> PagePictures:
    """Cut and write the crops of one page, and its preview. Raises PageTooLargeError, OSError."""
    page = _opened(job.path, job.settings)[job.page - 1]
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
                _look(crop.png),
            )
        )
    shown = f"previews/{job.preview_name}.jpg"
    (job.folder / shown).write_bytes(preview(page, job.settings.preview_dpi, job.settings.limits))
    return PagePictures(tuple(pictures), shown, (round(page.rect.width, 2), round(page.rect.height, 2)))


def _look(png: bytes) -> Look:
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_REDUCED_COLOR_2)
    scale = SMALL / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    rows, columns = pixels.shape[:2]
    ring = np.ones((rows, columns), bool)
    dy, dx = max(1, round(RING * rows)), max(1, round(RING * columns))
    ring[dy : rows - dy, dx : columns - dx] = False
    border = pixels[ring].astype(np.int16)
    even = np.abs(border - np.median(border, axis=0)).max(axis=1) <= EVEN
    spread = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    return Look(plain_border=float(even.mean()), grey=float((spread <= GREY_CHROMA).mean()))
