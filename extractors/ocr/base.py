"""What every OCR engine gives: lines of text with their boxes, in pixels of the image it was shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Height x width x 3, RGB, 0..255."""

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

    def read(self, image: Image) -> list[OcrLine]:
        """The lines of `image` (H x W x 3, uint8, RGB).

        Horizontal lines first, top to bottom and left to right; then vertical columns, right to left.
        """
        ...
