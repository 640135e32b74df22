"""Whether a page shows lines of print, before anyone has read it."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.figures.scan_units import Mask, millimetres

CHARACTER_GAP = millimetres(1.5)
"""The characters of a line stand no farther apart."""
LINE_LENGTH = millimetres(15)
"""A line of print is at least this long ..."""
LINE_HEIGHT = (millimetres(1.5), millimetres(6))
"""... as high as small notes to headings ..."""
LINE_SLENDER = 5.0
"""... this many times longer than high ..."""
LINE_INK = (0.1, 0.6)
"""... and inked to this share of its box: strokes with paper between them."""
LINES = 4
"""Fewer may be the cracks of a wall."""


def shows_print(ink: Mask) -> bool:
    """Whether `ink` (h, w), what is far darker than the paper, holds lines or columns of print."""
    return max(_lines(ink), _lines(ink.T.copy())) >= LINES


def _lines(ink: Mask) -> int:
    """How many level bars of ink have the measures of a printed line."""
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, CHARACTER_GAP), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    long, high = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    inked = np.bincount(labels[ink], minlength=len(stats))[1:] / (long * high)
    lines = (high >= LINE_HEIGHT[0]) & (high <= LINE_HEIGHT[1])
    lines &= (long >= LINE_LENGTH) & (long >= LINE_SLENDER * high)
    lines &= (inked >= LINE_INK[0]) & (inked <= LINE_INK[1])
    return int(lines.sum())
