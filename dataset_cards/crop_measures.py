"""What is measured on the pixels of each crop, and its small copy: each is decoded once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dataset_cards.assembly import PublishedPair
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import REMEDY
from dataset_cards.report.thumbnails import thumb_path, write_thumb

Pixels = NDArray[np.uint8]

# All measures are taken at one scale, twice what models see: what is soft only beyond it does no harm.
LONGER_SIDE = 512
# Crops in memory at a time.
_BATCH = 64
# Shares of the pixels between which the range of tones lies: a speck of dust does not make a picture.
_DARKEST, _LIGHTEST = 0.01, 0.99

# A printed character at that scale: its height in pixels, its width to its height, and how many make a text.
_CHARACTER = (5, 40)
_CHARACTER_ASPECT = (0.15, 4.0)
_CHARACTERS = 25
# Characters of one text have about one height: spread of their heights, in parts of the median.
_HEIGHT_SPREAD = 0.45
# Print stands on paper of one tone, with little colour: grey levels from that tone, the share of the paper
# within them, and the mean of largest minus smallest channel, of 255.
_TONE_WIDTH = 45
_EVEN = 0.9
_SATURATION = 40


@dataclass(frozen=True)
class CropMeasures:
    """One number for each crop, in the order given."""

    sharpness: NDArray[np.float32]
    """Variance of the Laplacian at `LONGER_SIDE`: Pech-Pacheco et al. (2000), "Diatom autofocusing in
    brightfield microscopy: a comparative study", ICPR 3, 314–317."""
    tones: NDArray[np.float32]
    """Range of grey levels, 0..255."""
    text: NDArray[np.float32]
    """Share of the ink that stands in shapes like characters, 0..1; 0 for what is no print on paper."""


def measure_crops(items: Sequence[PublishedPair], folder: Path) -> CropMeasures:
    """Decode each picture once and measure it; equal pictures are measured once.

    Writes the small copies of large ones, for lists, below the version's `folder`.

    Raises DamagedWorkspaceError when a crop cannot be decoded.
    """
    firsts = {item.pair.image_sha256: item for item in reversed(items)}
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        measured = {
            item.pair.image_sha256: numbers
            for batch in _batches(iter(firsts.values()))
            for item, numbers in zip(
                batch, pool.map(partial(_measure_file, folder=folder), batch), strict=True
            )
        }
    table = np.array([measured[item.pair.image_sha256] for item in items], np.float32).reshape(-1, 3)
    return CropMeasures(table[:, 0], table[:, 1], table[:, 2])


def measure_picture(pixels: Pixels) -> tuple[float, float, float]:
    """(sharpness, tones, text) of a picture, H x W x 3, BGR."""
    scale = LONGER_SIDE / max(pixels.shape[:2])
    if scale < 1:
        height, width = pixels.shape[:2]
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    # Of whole numbers a histogram gives the percentiles without sorting.
    shares = np.cumsum(np.bincount(grey.ravel(), minlength=256)) / grey.size
    darkest, lightest = np.searchsorted(shares, (_DARKEST, _LIGHTEST))
    _, spread = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))
    return float(spread[0, 0]) ** 2, float(lightest - darkest), _text_share(pixels, grey)


def _batches(items: Iterator[PublishedPair]) -> Iterator[list[PublishedPair]]:
    while batch := list(islice(items, _BATCH)):
        yield batch


def _measure_file(item: PublishedPair, folder: Path) -> tuple[float, float, float]:
    pixels = cv2.imdecode(np.fromfile(item.source, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        pair = item.pair
        raise DamagedWorkspaceError(
            f"{pair.book_title}, page {pair.page}: the crop {item.source} cannot be decoded; {REMEDY}"
        )
    write_thumb(pixels, folder / thumb_path(item.pair.image_sha256))
    return measure_picture(pixels)


def _text_share(pixels: Pixels, grey: Pixels) -> float:
    """Share of the ink in shapes like characters, where there are enough of them and of one height."""
    threshold, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    if not 0 < ink.mean() < 0.5 or not _is_print(pixels, grey, threshold):
        return 0.0
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    width, height, area = (
        stats[1:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA)
    )
    aspect = width / height
    like = (
        (height >= _CHARACTER[0])
        & (height <= _CHARACTER[1])
        & (aspect >= _CHARACTER_ASPECT[0])
        & (aspect <= _CHARACTER_ASPECT[1])
    )
    if like.sum() < _CHARACTERS:
        return 0.0
    median = np.median(height[like])
    if np.median(np.abs(height[like] - median)) > _HEIGHT_SPREAD * median:
        return 0.0
    return float(area[like].sum() / area.sum())


def _is_print(pixels: Pixels, grey: Pixels, threshold: float) -> bool:
    """Whether the paper has nearly one tone and all has little colour; ink is grey where strokes are thin."""
    levels = np.bincount(grey.ravel(), minlength=256)
    paper = levels[int(threshold) + 1 :]
    middle = int(np.searchsorted(np.cumsum(paper), paper.sum() / 2))
    even = paper[max(0, middle - _TONE_WIDTH) : middle + _TONE_WIDTH + 1].sum()
    if even < _EVEN * paper.sum():
        return False
    blue, green, red = cv2.split(pixels)
    saturation = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return bool(saturation.mean() < _SATURATION)
