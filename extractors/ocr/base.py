"""What every OCR engine gives: lines of text with their boxes, in pixels of the image it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Height x width x 3, RGB, 0..255."""

Quad = NDArray[np.float32]
"""Four corners (x, y) in pixels, clockwise from the top left: shape 4 x 2."""

PixelBox = tuple[float, float, float, float]
"""[x0, y0, x1, y1] in pixels of the image read, origin top-left, y down, axis-aligned."""


@dataclass(frozen=True, slots=True)
class OcrLine:
    """One line of text, or one vertical column."""

    text: str
    """As read, NFC, never empty."""
    bbox: PixelBox
    confidence: float
    """0..1: the mean over the characters of what the recogniser gave."""
    size: float
    """Height of the line, or width of the column's print, in pixels: no more where it slants, as its box."""
    vertical: bool = False

    def __post_init__(self) -> None:
        if not self.text or not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"not an OCR line: {self.text!r}, confidence {self.confidence}")
        if not (self.bbox[0] <= self.bbox[2] and self.bbox[1] <= self.bbox[3]):
            raise ValueError(f"not a box: {self.bbox}")


class OcrEngine(Protocol):
    """An engine reads one image at a time and keeps nothing between two of them."""

    name: str
    """Which engine really reads: paddle or rapid."""
    digest: str
    """Changes when the engine could read differently: part of the keys of stored results."""

    def read(self, image: Image, pictures: Sequence[PixelBox] = (), lean: float = 0.0) -> list[OcrLine]:
        """The lines of `image` (H x W x 3, uint8, RGB).

        In `pictures`, boxes around pictures that slant by `lean` (sine of the angle, 0 or more), only labels
        of panels are looked for. Horizontal lines first, top to bottom and left
        to right; then vertical columns, right to left.
        """
        ...

    def detect(self, page: Image) -> list[Quad]:
        """The corners of the text lines of `page` (H x W x 3, uint8, BGR): the first network alone."""
        ...

    def recognise(self, crops: list[Image]) -> list[tuple[str, float]]:
        """Text and confidence 0..1 of each upright line (H x W x 3, uint8, BGR): the second network alone."""
        ...
