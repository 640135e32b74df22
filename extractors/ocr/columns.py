"""Vertical text: pieces of one column joined, and a column laid out as a horizontal line.

A recogniser trained on horizontal lines reads a column turned on its side well but loses its
punctuation, which stands in the upper right of a cell there. So the column is cut into its
characters, which are set upright side by side, each punctuation mark moved to where a horizontal
line has it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.base import Image, Quad
from extractors.ocr.repair import NUMERAL

BLANKS = re.compile("\u3000+")

# Height over width from which PP-OCR, too, takes a box for vertical.
TALL = 1.5
# From here on it can only be a column: no single digit or letter is so slender with its margin.
CLEAR_COLUMN = 3.0
# Two words of two characters or more, one below the other, are pieces of a column: 第三開　蟠桃.
STACKED = 1.4
# Two pieces are one column when their x extents share this much of the narrower one, ...
PIECE_OVERLAP = 0.7
# ... neither is much wider (a box of one character at a column's end has a little more margin), ...
PIECE_WIDTH_RATIO = 1.5
# ... and the gap is under one character and a half (more is the space between two paragraphs).
PIECE_GAP = 1.5
# ... unless the column beside it, so many widths away at most, begins level with the lower piece (to this
# share of a width) after a clear gap (widths): that is the gutter between two blocks.
BESIDE, LEVEL, GUTTER = 2.5, 0.5, 0.5
# A piece may be one character high, flat like 一, but no line of two characters.
PIECE_FLATTEST = 0.5

# Pitch of the characters as multiples of their width: from tight setting to letter-spaced titles.
PITCHES = np.array([0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.7])
# A cell may be this much of the pitch high: half-height punctuation, or a tall character with its gap.
SHORTEST_CELL, TALLEST_CELL = 0.4, 1.6
# Weight of cutting through ink against cells of unequal height, found on rendered columns of 9-16 pt.
INK_WEIGHT = 2.0
# Columns are scaled to characters of this many pixels before they are cut: enough to see a gap.
CUT_SIZE = 16
# Share of the densest x that still counts as ink of the column: a comma at its edge does, dirt does not.
EDGE_INK = 0.01
# A punctuation mark covers less than half the cell either way and lies in its upper right.
MARK_SIZE, MARK_LEFT, MARK_TOP = 0.5, 0.4, 0.4
# 〇 is a ring about as wide as high, its hole over so much of its box, and nothing in the box's corners.
RING_SHAPE, RING_HOLE, RING_CORNER = 1.35, 0.4, 0.15
# The ground of a column is the median of every so many of its bare pixels: of all of them it is the same.
GROUND_STEP = 16
# Longest strip handed to the recogniser, in characters: measured best of 12, 20, 40 and 80.
STRIP_LENGTH = 20


class Cell(Enum):
    """What one cell of a column holds."""

    CHARACTER = auto()
    RING = auto()
    BLANK = auto()


@dataclass(frozen=True)
class Strip:
    """Some cells of a column, side by side as a horizontal line."""

    picture: Image
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class _Column:
    """A column's picture cut to its ink, and the y of the cuts between its characters."""

    picture: Image
    ink: NDArray[np.bool_]
    cuts: list[int]


def sides(quad: Quad) -> tuple[float, float]:
    """Width and height of a quad in pixels."""
    a, b, c, d = quad.tolist()  # plain numbers: for four points NumPy costs more than it saves
    top, right, bottom, left = math.dist(a, b), math.dist(b, c), math.dist(c, d), math.dist(d, a)
    return max(top, bottom), max(left, right)


def slenderness(quad: Quad) -> float:
    """Height over width."""
    width, height = sides(quad)
    return height / max(width, 1.0)


def join_pieces(quads: list[Quad]) -> list[Quad]:
    """`quads` with the pieces of one column made one; lines that are no columns stay as they are."""
    joined = _joined_once(quads)
    # A single character is the head of a column, 五　清　刺繡三仙圖, once what is below it has become one.
    return joined if len(joined) == len(quads) else join_pieces(joined)


def _joined_once(quads: list[Quad]) -> list[Quad]:
    """`quads` with each piece joined to the one above it."""
    joined: list[Quad] = []
    for quad in sorted(quads, key=lambda q: (float(q[:, 1].min()), float(q[:, 0].min()))):
        fitting = (i for i, upper in enumerate(joined) if _continues(upper, quad))
        above = next((i for i in fitting if not _parted(joined[i], quad, quads)), None)
        if above is None:
            joined.append(quad)
        else:
            joined[above] = np.stack([joined[above][0], joined[above][1], quad[2], quad[3]])
    return joined


def _continues(upper: Quad, lower: Quad) -> bool:
    """Whether `lower` is the next piece of the column `upper`."""
    shapes = slenderness(upper), slenderness(lower)
    if max(shapes) < CLEAR_COLUMN and min(shapes) < STACKED:
        return False
    if min(shapes) < PIECE_FLATTEST:
        return False
    widths = sorted((sides(upper)[0], sides(lower)[0]))
    if widths[1] > PIECE_WIDTH_RATIO * widths[0]:
        return False
    # The foot of the one against the head of the other, so that a slanting column still meets itself.
    left = max(float(upper[3][0]), float(lower[0][0]))
    right = min(float(upper[2][0]), float(lower[1][0]))
    gap = _gap(upper, lower)
    return right - left >= PIECE_OVERLAP * widths[0] and -widths[0] < gap < PIECE_GAP * widths[0]


def _gap(upper: Quad, lower: Quad) -> float:
    return float(lower[:2, 1].mean() - upper[2:, 1].mean())


def _parted(upper: Quad, lower: Quad, quads: list[Quad]) -> bool:
    """Whether a gutter runs between two pieces that could be one column: the next column begins there too."""
    wide = sides(lower)[0]
    if _gap(upper, lower) < GUTTER * wide:
        return False
    x, y = lower[:2].mean(axis=0)
    heads = (quad[:2].mean(axis=0) for quad in quads if slenderness(quad) >= CLEAR_COLUMN)
    return any(wide / 2 < abs(hx - x) <= BESIDE * wide and abs(hy - y) <= LEVEL * wide for hx, hy in heads)


def lay_out(crop: Image) -> tuple[list[Strip], int]:
    """The upright column `crop` as horizontal lines of at most STRIP_LENGTH characters, in reading order.

    Also how wide its characters are, in pixels. No line and no width when the crop holds no ink.
    """
    column = _cut(crop)
    if column is None:
        return [], 0
    cells = list(zip(column.cuts, column.cuts[1:], strict=False))
    parts = -(-len(cells) // STRIP_LENGTH)
    length = -(-len(cells) // parts)
    strips = [_strip(column, cells[i : i + length]) for i in range(0, len(cells), length)]
    return strips, column.ink.shape[1]


def restore(text: str, cells: Sequence[Cell]) -> str:
    """`text`, read from `cells`, with what recognisers leave out: a blank cell, and a 〇 among numerals.

    Only where every other cell gave one character, so that each has its place.
    """
    given, text = text, text.replace(" ", "")
    printed = [cell for cell in cells if cell is not Cell.BLANK]
    rings = [i for i, cell in enumerate(printed) if cell is Cell.RING]
    if len(rings) == 1 and len(text) == len(printed) - 1:
        around = text[max(0, rings[0] - 1) : rings[0] + 1]
        if any(character in NUMERAL for character in around):
            text = text[: rings[0]] + "〇" + text[rings[0] :]
    if len(text) != len(printed) or (given.count(" ") and Cell.BLANK not in cells):
        return given
    characters = iter(text)
    spread = "".join("\u3000" if cell is Cell.BLANK else next(characters) for cell in cells)
    return BLANKS.sub("\u3000", spread)


def _ink(crop: Image) -> NDArray[np.bool_]:
    """Where the print is: the darker part by Otsu's threshold, or the lighter one on a dark ground."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    dark: NDArray[np.bool_] = grey <= threshold
    return dark if dark.mean() <= 0.5 else ~dark


def _cut(crop: Image) -> _Column | None:
    ink = _ink(crop)
    across, along = ink.sum(axis=0), ink.sum(axis=1)
    if not ink.any():
        return None
    xs = np.flatnonzero(across > EDGE_INK * across.max())
    ys = np.flatnonzero(along)
    x0, x1, y0, y1 = xs[0], xs[-1] + 1, ys[0], ys[-1] + 1
    picture, ink = crop[y0:y1, x0:x1], ink[y0:y1, x0:x1]
    return _Column(picture, ink, _cut_rows(ink))


def _cut_rows(ink: NDArray[np.bool_]) -> list[int]:
    """The y of the cuts, first 0 and last the height: through little ink, at an even pitch.

    Dynamic programming over all cuts, for every pitch at once; the pitch with the least cost a cell wins.
    """
    height, width = ink.shape
    scale = CUT_SIZE / width
    rows = max(1, round(height * scale))
    profile = cv2.resize(
        ink.mean(axis=1).astype(np.float32)[:, None], (1, rows), interpolation=cv2.INTER_AREA
    )
    toll = INK_WEIGHT * np.append(profile[:, 0], 0.0)
    toll[rows] = 0.0  # the end costs nothing
    pitches = PITCHES * CUT_SIZE
    lengths = np.arange(round(SHORTEST_CELL * pitches[0]), round(TALLEST_CELL * pitches[-1]) + 1)
    share = lengths[None, :] / pitches[:, None]
    uneven = np.where((share >= SHORTEST_CELL) & (share <= TALLEST_CELL), (share - 1.0) ** 2, np.inf)
    cost = np.full((len(pitches), rows + 1), np.inf)
    cost[:, 0] = 0.0
    chosen = np.zeros((len(pitches), rows + 1), dtype=np.int64)
    each = np.arange(len(pitches))
    for y in range(lengths[0], rows + 1):
        reach = min(len(lengths), y - lengths[0] + 1)
        options = cost[:, y - lengths[:reach]] + uneven[:, :reach]
        best = options.argmin(axis=1)
        cost[:, y] = options[each, best] + toll[y]
        chosen[:, y] = lengths[best]
    paths = [_path(chosen[i], rows) for i in each if np.isfinite(cost[i, rows])]
    if not paths:  # lower than one cell
        return [0, height]
    costs = [cost[i, rows] for i in each if np.isfinite(cost[i, rows])]
    path = min(zip(costs, paths, strict=True), key=lambda option: option[0] / (len(option[1]) - 1))[1]
    return [round(y / scale) for y in path[:-1]] + [height]


def _path(chosen: NDArray[np.int64], end: int) -> list[int]:
    path = [end]
    while path[-1] > 0:
        path.append(path[-1] - int(chosen[path[-1]]))
    return path[::-1]


def _strip(column: _Column, cells: list[tuple[int, int]]) -> Strip:
    """The cells side by side on the column's ground."""
    size = column.picture.shape[1]
    margin = max(2, size // 8)
    high = max(size, *(end - start for start, end in cells))
    paper = column.picture[~column.ink][::GROUND_STEP]
    ground = np.median(paper, axis=0) if len(paper) else 255
    strip = np.empty((high + 2 * margin, (size + margin) * len(cells), 3), dtype=np.uint8)
    strip[:] = ground
    for i, (start, end) in enumerate(cells):
        cell, ink = column.picture[start:end], column.ink[start:end]
        mark = _mark(ink, size)
        if mark is None:
            x, y = 0, (high - cell.shape[0]) // 2
        else:
            cell = cell[mark]
            x, y = size // 10, high - cell.shape[0] - size // 10
        x += i * (size + margin) + margin // 2
        strip[margin + y : margin + y + cell.shape[0], x : x + cell.shape[1]] = cell
    return Strip(strip, tuple(_held(column.ink[start:end]) for start, end in cells))


def _held(ink: NDArray[np.bool_]) -> Cell:
    """What the ink of one cell is."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    if count == 1 or stats[1:, cv2.CC_STAT_AREA].max() < 3:
        return Cell.BLANK
    x, y, wide, high, size = (int(value) for value in stats[1 + stats[1:, cv2.CC_STAT_AREA].argmax()])
    if max(wide, high) > RING_SHAPE * min(wide, high) or size < 0.9 * ink.sum():
        return Cell.CHARACTER
    part = ink[y : y + high, x : x + wide].astype(np.uint8)
    outside = np.zeros((high + 2, wide + 2), dtype=np.uint8)
    outside[1:-1, 1:-1] = part
    cv2.floodFill(outside, None, (0, 0), 1)
    corner = max(1, round(RING_CORNER * min(wide, high)))
    corners = sum(int(part[rows, columns].sum()) for rows in _ends(corner) for columns in _ends(corner))
    hole = float((outside == 0).mean())
    return Cell.RING if hole >= RING_HOLE and not corners else Cell.CHARACTER


def _ends(length: int) -> tuple[slice, slice]:
    return slice(None, length), slice(-length, None)


def _mark(ink: NDArray[np.bool_], size: int) -> tuple[slice, slice] | None:
    """Where the cell's punctuation mark is, or None when the cell holds a character."""
    ys, xs = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(ys):
        return None
    top, bottom, left, right = ys[0], ys[-1] + 1, xs[0], xs[-1] + 1
    small = bottom - top < MARK_SIZE * size and right - left < MARK_SIZE * size
    placed = left > MARK_LEFT * size and top < MARK_TOP * size
    return (slice(top, bottom), slice(left, right)) if small and placed else None
