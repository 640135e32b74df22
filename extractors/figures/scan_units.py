"""Measures of the small copy on which scans are looked at, and the arrays that hold it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]

Mask = NDArray[np.bool_]

Field = NDArray[np.float32]

WORK_DPI = 100.0
"""Resolution of the small copy: a printed hairline (0.1 mm) still leaves half its black in a pixel."""
MM_PER_INCH = 25.4
INK_DEPTH = 50.0
"""Levels below the paper at which print begins; bleed-through stays above it."""


def millimetres(length: float) -> int:
    """Millimetres -> whole pixels of the small copy, at least 1."""
    return max(1, round(length * WORK_DPI / MM_PER_INCH))


def rim(sheet: Mask, wide: int) -> Mask:
    """The pixels of `sheet` (h, w) within `wide` pixels of its outline."""
    window, edge = np.ones((2 * wide + 1, 2 * wide + 1), np.uint8), cv2.BORDER_CONSTANT
    inner = cv2.erode(sheet.astype(np.uint8), window, borderType=edge, borderValue=0)
    return np.asarray(sheet & (inner == 0))
