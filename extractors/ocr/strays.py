"""Lone figures the detector does not see: a plate's 12 or 三, and the 〇 it leaves off a line's end.

The network finds lines of text, not single characters on empty paper. What it passed over is looked
for by its ink: marks of the size of a character with clear paper around them. Such a mark either
continues a line beside it or is read by itself, and is believed only when it reads surely as a number
or a panel's letter.
"""

from __future__ import annotations

import re

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr import columns
from extractors.ocr.base import Image, Quad

# Height of a line box over the longer side of the page, for a page without lines: 11 pt on A4.
LINE_SHARE = 1 / 60
# No line is lower than this many pixels.
LEAST_LINE = 8.0
# Height and width of a stray in line heights. Flatter ones are rules and dashes, wider ones are no number.
LEAST_HEIGHT, MOST_HEIGHT, MOST_WIDTH = 0.3, 1.3, 5.0
# A 1 is at most so many times as high as wide; more is a piece of the rule between two columns.
MOST_SLENDER = 6.0
# Characters of one number stand at most this far apart, and a stray this far from the line it continues.
NEAR = 0.45
JOIN = 1.0
# Clear paper around a stray, in line heights: the marks of a picture have neighbours.
CLEAR = 0.35
# Ink is darker than the mean of its surroundings by this many grey levels: print, not grain.
CONTRAST = 40
# Surroundings, in line heights.
SURROUNDINGS = 2.5
# A component belongs to a line when this share of its box lies in the line's box.
TAKEN = 0.5
# Deviation of the grey of that clear paper: the grain of a scan has 5 to 15, a picture's texture more.
MOST_GRAIN = 20.0
# More marks than this are a picture's texture, not numbers.
MOST_STRAYS = 80
# Least confidence of a stray's reading.
SURE = 0.9
# Enough where 图 or 版 stands before the number.
SURE_NUMBERED = 0.75
NUMERALS = "0-9０-９〇零一二三四五六七八九十百廿卅壹贰貳叁參肆伍陆陸柒捌玖拾"
LABEL = re.compile(rf"[(（\[]?(?:[{NUMERALS}]{{1,5}}|[A-Za-z]|[①-⑳])[)）\].．]?")
NUMBERED = re.compile(rf"[插彩线線]?[图圖版]版?[{NUMERALS}]{{1,5}}")
WORD = re.compile(r"[^\W_]{2,}")


def find(page: Image, quads: list[Quad]) -> tuple[list[Quad], list[Quad]]:
    """Lines of `page` (H x W x 3, BGR) grown over the ink that continues them, and boxes of the strays."""
    height = _line_height(page, quads)
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    ink = _ink(grey, height)
    lines = np.zeros_like(ink)
    for quad in quads:
        cv2.fillPoly(lines, [np.round(quad).astype(np.int32)], 1)
    margin = round(CLEAR * height)
    boxes = [box for box in _marks(ink, lines, height) if _on_paper(grey, lines, box, margin)]
    if len(boxes) > MOST_STRAYS:
        return quads, []
    grown, strays = list(quads), []
    for box in boxes:
        beside = next((i for i, quad in enumerate(grown) if _continues(quad, box)), None)
        if beside is None:
            strays.append(_quad(box, margin))
        else:
            grown[beside] = _extend(grown[beside], box)
    return grown, strays


def is_believed(text: str, confidence: float) -> bool:
    """Whether a stray's reading is believed: surely a number, a letter, or more than one character."""
    if NUMBERED.fullmatch(text):
        return confidence >= SURE_NUMBERED
    return confidence >= SURE and (LABEL.fullmatch(text) is not None or WORD.search(text) is not None)


def _line_height(page: Image, quads: list[Quad]) -> float:
    across = [min(columns.sides(quad)) for quad in quads]
    return max(LEAST_LINE, float(np.median(across)) if across else LINE_SHARE * max(page.shape[:2]))


def _ink(grey: NDArray[np.uint8], height: float) -> NDArray[np.uint8]:
    around = 2 * round(SURROUNDINGS * height / 2) + 1
    ink: NDArray[np.uint8] = cv2.adaptiveThreshold(
        grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, CONTRAST
    )
    return ink


def _marks(ink: NDArray[np.uint8], lines: NDArray[np.uint8], height: float) -> list[NDArray[np.int64]]:
    """Boxes [x0, y0, x1, y1] of ink outside `lines`, of a number's size and with no other ink near."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = (stats[:, 2] <= MOST_HEIGHT * height) & (stats[:, 3] <= MOST_HEIGHT * height)
    small[0] = False
    inside = np.bincount(labels.ravel(), weights=lines.ravel(), minlength=len(stats))
    apart = small & (inside < TAKEN * stats[:, 4])
    free = apart[labels].astype(np.uint8)
    near = cv2.getStructuringElement(cv2.MORPH_RECT, (round(NEAR * height) | 1, round(NEAR * height) | 1))
    _, _, groups, _ = cv2.connectedComponentsWithStats(
        cv2.morphologyEx(free, cv2.MORPH_CLOSE, near), connectivity=8
    )
    other = cv2.bitwise_and(ink, 1 - lines)
    boxes = []
    for x, y, wide, high, _ in groups[1:]:
        fits = LEAST_HEIGHT * height <= high <= MOST_HEIGHT * height and wide <= MOST_WIDTH * height
        fits = fits and high <= MOST_SLENDER * wide
        if fits and _is_clear(other, (x, y, x + wide, y + high), round(CLEAR * height)):
            boxes.append(np.array([x, y, x + wide, y + high], dtype=np.int64))
    return sorted(boxes, key=lambda box: (int(box[1]), int(box[0])))


def _is_clear(ink: NDArray[np.uint8], box: tuple[int, int, int, int], margin: int) -> bool:
    """Whether a frame of `margin` pixels around `box` holds no ink."""
    x0, y0, x1, y1 = box
    left, top = max(0, x0 - margin), max(0, y0 - margin)
    around = int(ink[top : y1 + margin, left : x1 + margin].sum())
    return around == int(ink[y0:y1, x0:x1].sum())


def _on_paper(grey: NDArray[np.uint8], lines: NDArray[np.uint8], box: NDArray[np.int64], margin: int) -> bool:
    """Whether the frame of `margin` pixels around `box`, less the lines in it, is of one tone."""
    x0, y0, x1, y1 = box
    left, top = max(0, x0 - margin), max(0, y0 - margin)
    part = grey[top : y1 + margin, left : x1 + margin]
    frame = lines[top : y1 + margin, left : x1 + margin] == 0
    frame[y0 - top : y1 - top, x0 - left : x1 - left] = False
    return bool(frame.any() and part[frame].std() <= MOST_GRAIN)


def _quad(box: NDArray[np.int64], margin: int) -> Quad:
    x0, y0, x1, y1 = box + np.array([-margin, -margin, margin, margin])
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32)


def _continues(quad: Quad, box: NDArray[np.int64]) -> bool:
    """Whether `box` stands at either end of the line `quad`, in its row (or its column)."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    along = 1 if columns.slenderness(quad) >= columns.TALL else 0
    thick = min(columns.sides(quad))
    middle = (box[1 - along] + box[3 - along]) / 2
    gap = max(box[along] - high[along], low[along] - box[along + 2])
    within = box[3 - along] - box[1 - along] <= thick
    ends = quad[[1, 2]] if along == 0 else quad[[2, 3]]
    if box[along + 2] <= high[along]:
        ends = quad[[0, 3]] if along == 0 else quad[[0, 1]]
    level = float(ends[:, 1 - along].mean())
    return bool(within and -thick / 2 <= gap <= JOIN * thick and abs(middle - level) <= thick / 4)


def _extend(quad: Quad, box: NDArray[np.int64]) -> Quad:
    """`quad` lengthened along its own direction until it holds `box` and a margin."""
    along = 1 if columns.slenderness(quad) >= columns.TALL else 0
    head, foot = (quad[[0, 3]], quad[[1, 2]]) if along == 0 else (quad[[0, 1]], quad[[3, 2]])
    way = (foot - head) / np.linalg.norm(foot - head, axis=1, keepdims=True)
    margin = 0.15 * min(columns.sides(quad))
    after = max(0.0, float(box[along + 2] + margin - foot[:, along].max()))
    before = max(0.0, float(head[:, along].min() - box[along] + margin))
    head, foot = head - way * before, foot + way * after
    corners = [head[0], foot[0], foot[1], head[1]] if along == 0 else [head[0], head[1], foot[1], foot[0]]
    return np.stack(corners).astype(np.float32)
