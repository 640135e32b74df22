"""Whether two characters look so much alike that a recogniser takes one for the other.

Both are drawn in PyMuPDF's own Chinese font and the drawings compared; no list of confusions is kept.
"""

from __future__ import annotations

from functools import cache, lru_cache

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray

FONT = "china-s"
SIZE = 32
"""Pixels of the square a character is drawn in: enough to keep the strokes of 龘 apart."""
BASELINE = 0.88
"""Share of that square above the baseline, so that Chinese characters fill it."""
BLUR = 1.5
"""Sigma in pixels: strokes that lie a stroke's width apart still count as alike."""
ALIKE = 0.84
"""Least correlation of two drawings. Known confusions (官宫, 末未, 锦绵, 问间) have .84 to .98, two in a
thousand pairs of common characters have as much, and 鸳鸯, 雌雄, 左右, 高宽, which tell facts, stay below."""


def look_alike(one: str, other: str) -> bool:
    """Whether the drawings of two characters correlate; one that the font cannot draw is like none."""
    if not (_has_glyph(one) and _has_glyph(other)):
        return False
    return float((_drawing(one) * _drawing(other)).sum()) >= ALIKE


@cache
def _font() -> pymupdf.Font:
    return pymupdf.Font(FONT)


def _has_glyph(char: str) -> bool:
    return bool(_font().has_glyph(ord(char)))


@lru_cache(maxsize=1024)
def _drawing(char: str) -> NDArray[np.float64]:
    """`char` as SIZE x SIZE grey values of mean 0 and length 1."""
    with pymupdf.open() as document:
        page = document.new_page(width=SIZE, height=SIZE)
        page.insert_text((0, SIZE * BASELINE), char, fontname=FONT, fontsize=SIZE)
        picture = page.get_pixmap(colorspace=pymupdf.csGRAY)
    grey = np.frombuffer(picture.samples, np.uint8).reshape(picture.h, picture.stride)
    ink: NDArray[np.float64] = cv2.GaussianBlur(255.0 - grey, (0, 0), BLUR)
    ink -= ink.mean()
    length = float(np.linalg.norm(ink))
    return ink / length if length else ink
