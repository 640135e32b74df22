"""The blanks of a printed line, which the recogniser reads over: 七　凤首壶, 图三　罐, 唐　对鹿纹锦."""

from __future__ import annotations

from itertools import accumulate

import cv2
import numpy as np

from extractors.grammar.characters import has_han
from extractors.ocr.base import Image

WIDE = 0.7
"""White between two characters is a blank from this share of a character's width: marks leave half of one."""
BLANK = "\u3000"
MARKS = "，。、；：！？（）《》〈〉「」『』【】〔〕“”‘’·…—,.;:!?()[] \u3000"
"""Beside these white is no blank."""
OFF = 0.3
"""Where the characters before the white measure this many widths more or less, its place is not known."""
NARROW = 0.5
"""Width of a Latin letter or figure, in characters."""


def with_blanks(text: str, crop: Image) -> str:
    """`text` with a blank where `crop`, its upright line (H x W x 3, uint8), shows one between characters."""
    if len(text) < 2 or not has_han(text):
        return text
    ends = list(accumulate(0.0 if char.isspace() else NARROW if char.isascii() else 1.0 for char in text))
    columns = _inked(crop)
    if not len(columns):
        return text
    steps = np.diff(columns)
    extent = float(columns[-1] - columns[0] + 1)
    em = extent / ends[-1]
    for _ in range(2):  # what is blank does not count as type
        wide = steps > WIDE * em
        em = max(1.0, (extent - float(steps[wide].sum())) / ends[-1])
    result = text
    for k in np.flatnonzero(steps > WIDE * em)[::-1]:
        before = float(columns[k] - columns[0] + 1 - steps[:k][steps[:k] > WIDE * em].sum())
        place = min(range(1, len(text)), key=lambda i: abs(ends[i - 1] - before / em))
        sure = abs(ends[place - 1] - before / em) <= OFF
        sides = text[place - 1 : place + 1]
        if sure and not sides.isascii() and not any(side in MARKS for side in sides):
            result = result[:place] + BLANK + result[place:]
    return result


def _inked(crop: Image) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The columns of a line that hold ink, leaving out its upper and lower rim."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    rim = max(1, len(grey) // 10)
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    inner = ink[rim:-rim] if len(ink) > 2 * rim else ink
    return np.flatnonzero(inner.sum(axis=0) >= 1)
