"""The grain of a picture: fine detail by which a textile as pale as its paper still shows.

Bare paper has the scanner's noise only, and what shines through it from the other side is blurred.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_units import Mask, millimetres

FINE = 0.8
"""Deviation in pixels of the blur below which detail is fine: what shines through has none of it."""
PATCH = millimetres(2) // 2 * 2 + 1
"""Side of the window over which the typical detail is taken; odd."""
LEVELS = 40.0
"""Steps per grey level in which detail is kept."""
LEAST_DETAIL = 8.0
"""Of these steps (0.2 levels): paper without any noise must not turn every trace into grain."""
PAPER_PERCENTILE = 30
"""... of the detail where the paper seems bare; pale pictures among it lie above."""
GRAIN_FACTOR = 1.8
"""A picture has this many times the fine detail of bare paper, at least."""
INK_REACH = millimetres(1)
"""Print and strong tones sharpen the paper this far around them."""
GRAIN_SOLID = millimetres(5.5)
"""Smaller grainy spots are dust."""


def fine_detail(light: NDArray[np.float32], bare: Mask) -> NDArray[np.float32]:
    """Typical detail around each pixel of `light` (h, w), as a multiple of that of the `bare` paper.

    `bare` may hold pale pictures too, as long as most of it is paper.
    """
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), FINE)) * LEVELS
    steps = np.asarray(fine.clip(0, 255), dtype=np.uint8)
    detail = np.asarray(cv2.medianBlur(steps, PATCH), dtype=np.float32)
    paper = float(np.percentile(detail[bare], PAPER_PERCENTILE)) if bare.any() else 0.0
    return detail / np.float32(max(paper, LEAST_DETAIL))


def grainy(detail: NDArray[np.float32], strong: Mask) -> Mask:
    """Where there is more fine detail than on bare paper, away from `strong` tones and print."""
    size = 2 * INK_REACH + 1
    near = cv2.dilate(strong.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    rough = (detail > GRAIN_FACTOR) & ~near
    solid = np.ones((GRAIN_SOLID, GRAIN_SOLID), np.uint8)
    return np.asarray(cv2.morphologyEx(rough.astype(np.uint8), cv2.MORPH_OPEN, solid) > 0)
