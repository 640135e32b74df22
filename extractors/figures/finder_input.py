"""What the figure finder looks at: a page's picture at the network's size. Shared by finding and training."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SINGLE = (480, 352)
"""Height and width of the canvas for a portrait page, pixels: multiples of `GRID`."""
SPREAD = (416, 576)
"""The canvas for two facing pages, or one wide page."""
SQUARE = (416, 416)
CELL, FINE = 8, 4
"""Pixels of the canvas to a cell of scores and boxes, and to a cell of the edge maps."""
KINDS = ("figure", "group", "table")
"""What the network answers for; a group is all figures under one caption."""
GRID = 32
"""The network halves the picture five times."""
SQUARISH = 1.04
"""Pages less oblong than this get the square canvas."""
FULL = 0.88
"""A page of unusual shape that fills less of its canvas is given a canvas of its own of the same area."""
LONGEST = 720
"""... with no side longer than this (pixels)."""


@dataclass(frozen=True)
class FinderInput:
    """A page on the network's canvas."""

    pixels: NDArray[np.uint8]
    """H x W x 3, H and W multiples of `GRID`; the page is at the top left."""
    size: tuple[int, int]
    """Height and width of the page on it, pixels."""
    scale: tuple[float, float]
    """Pixels of the canvas for one pixel of the picture given, along x and y."""


def canvas_scale(height: int, width: int) -> float:
    """The factor by which a picture of this size is shrunk (or enlarged) for the network."""
    if max(height, width) <= SQUARISH * min(height, width):
        canvas = SQUARE
    else:
        canvas = SINGLE if height > width else SPREAD
    scale = min(canvas[0] / height, canvas[1] / width)
    if scale * height * scale * width < FULL * canvas[0] * canvas[1]:
        scale = min((canvas[0] * canvas[1] / (height * width)) ** 0.5, LONGEST / max(height, width))
    return scale


def finder_input(picture: NDArray[np.uint8]) -> FinderInput:
    """The picture (H, W, 3) of a page on the network's canvas."""
    height, width = picture.shape[:2]
    scale = canvas_scale(height, width)
    high, wide = max(GRID, round(height * scale)), max(GRID, round(width * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(picture, (wide, high), interpolation=how), np.uint8)
    full = -(-high // GRID) * GRID, -(-wide // GRID) * GRID
    pixels = np.full((*full, 3), int(np.median(small[:, -3:])), np.uint8)
    pixels[:high, :wide] = small
    return FinderInput(pixels, (high, wide), (wide / width, high / height))
