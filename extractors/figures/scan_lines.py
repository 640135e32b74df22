"""Line work on a scanned page: rules, frames, table grids, and drawings made of thin lines.

Everything here is in pixels of the deskewed small copy (`scan_page.WORK_DPI`); masks are (h, w) booleans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_drawings import PRINT_SHARE, Stroke, group_drawings, own_frame
from extractors.figures.scan_units import Mask, millimetres
from extractors.geometry import (
    Box,
    area,
    cover,
    grow,
    height,
    intersect,
    union,
    width,
)

RULE_LENGTH = millimetres(10)
"""A straight stroke this long (10 mm) is a rule: the strokes of characters are shorter."""
RULE_THICKNESS = millimetres(1.4)
"""Rules and frame lines are thinner than 1.4 mm."""
RULE_BREAK = millimetres(2)
"""Scanning breaks a hairline for up to 2 mm."""
STRAIGHT_SHARE = 0.8
"""Share of a component's ink on straight rules from which it is a frame or a grid, not a drawing."""
JOIN = millimetres(0.6)
"""Strokes closer than this belong together: scanning breaks thin lines."""
TEXT_COVER = 0.6
"""Share of a component's box under text boxes from which it is print."""
PAGE_FRAME_SHARE = 0.4
"""A rectangle of rules around this share of the page is a printed frame (版框), whatever it holds."""
TABLE_CELLS = 4
"""The smallest table has four cells with text."""
TABLE_RULES = 3
"""A ruled table (三线表) has at least three horizontal rules of one width."""
MARKS = 3
"""A grid with this many strokes in it that are neither rules nor print is a plan, not a table ..."""
MARK_SIZE = millimetres(3)
"""... when they are larger than a stray punctuation mark."""
ALIGNED = millimetres(3)
"""Ends of rules of one table agree within 3 mm."""


SPECK = 3
"""Components of fewer pixels are dust."""


@dataclass(frozen=True, slots=True)
class LineWork:
    """What the thin lines of a page are; boxes in pixels of the small copy."""

    drawings: tuple[Box, ...]
    tables: tuple[Box, ...]
    rules: tuple[Box, ...]
    """Straight lines, alone or joined at a corner: column rules, axes, scale bars."""


def read_lines(ink: Mask, texts: Sequence[Box], page: Box) -> LineWork:
    """Sort the ink outside pictures into drawings, tables and furniture (which is left out).

    `ink` (h, w) excludes pictures; `texts` are boxes of real print; `page` is the page's box.
    """
    joined = cv2.dilate(ink.astype(np.uint8), np.ones((JOIN, JOIN), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    horizontal, vertical = _rules(ink)
    straight = cv2.dilate((horizontal | vertical).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    count = len(stats)
    amount = np.bincount(labels[ink], minlength=count)
    on_rules = np.bincount(labels[ink & straight], minlength=count)
    printed = _covered(stats, texts, ink.shape)
    strokes: list[tuple[int, Box]] = []
    grids: list[tuple[int, Box]] = []
    for index in range(1, count):
        x, y, w, h, _ = stats[index].tolist()
        box = (float(x), float(y), float(x + w), float(y + h))
        if amount[index] < SPECK or printed[index] >= TEXT_COVER:
            continue
        if max(w, h) >= RULE_LENGTH and on_rules[index] >= STRAIGHT_SHARE * amount[index]:
            grids.append((index, box))
        else:
            strokes.append((index, box))
    marks = [box for _, box in strokes if max(width(box), height(box)) >= MARK_SIZE]
    tables, frames, corners, straights = _grids(grids, labels, horizontal, vertical, texts, marks, page)
    rules = [box for _, box in grids if min(width(box), height(box)) <= RULE_THICKNESS + JOIN]
    tables += _ruled_tables(rules, texts)
    strokes = [stroke for stroke in strokes if not any(cover(stroke[1], t) > 0.8 for t in tables)]
    lines = _unbroken(ink, labels)
    pens = [Stroke(index, box, int(lines[index])) for index, box in [*strokes, *straights]]
    pens += [Stroke(index, box, int(lines[index]), corner=True) for index, box in corners]
    drawings = [own_frame(box, frames, texts) for box in group_drawings(pens, labels, texts, rules)]
    rules += [box for _, box in corners]
    return LineWork(tuple(sorted(drawings)), tuple(sorted(tables)), tuple(sorted(rules)))


def _unbroken(ink: Mask, labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """The longest side of a single component of `ink` under each label."""
    _, raw, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    longest = np.zeros(int(labels.max()) + 1, np.int32)
    owner = np.zeros(len(stats), np.int32)
    owner[raw[ink]] = labels[ink]
    np.maximum.at(longest, owner[1:], stats[1:, 2:4].max(axis=1))
    return longest


def _rules(ink: Mask) -> tuple[Mask, Mask]:
    """Masks of the straight horizontal and vertical rules, thick strokes left out."""
    image = cv2.dilate(ink.astype(np.uint8), np.ones((2, 2), np.uint8))
    return _level_rules(image), _level_rules(image.T.copy()).T


def _level_rules(image: NDArray[np.uint8]) -> Mask:
    whole = cv2.morphologyEx(image, cv2.MORPH_CLOSE, np.ones((1, RULE_BREAK), np.uint8))
    long = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((1, RULE_LENGTH), np.uint8))
    thick = cv2.morphologyEx(long, cv2.MORPH_OPEN, np.ones((RULE_THICKNESS + 2, RULE_LENGTH), np.uint8))
    return np.asarray((long > 0) & (thick == 0))


def _covered(stats: NDArray[np.int32], texts: Sequence[Box], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Share of each component's box that lies under text boxes."""
    cover_map = np.zeros(shape, np.uint8)
    for box in texts:
        x0, y0, x1, y1 = (max(0, round(edge)) for edge in grow(box, 1.0))
        cover_map[y0:y1, x0:x1] = 1
    total = cv2.integral(cover_map)
    x, y, w, h = (stats[:, column] for column in range(4))
    inside = total[y + h, x + w] - total[y, x + w] - total[y + h, x] + total[y, x]
    return np.asarray(inside / np.maximum(w * h, 1), dtype=np.float64)


def _bands(mask: Mask, axis: int) -> list[tuple[int, int]]:
    """Extents along the other axis of the separate rules in `mask`, merged by position along `axis`."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    place, length = (1, 2) if axis == 0 else (0, 3)
    found = sorted((int(row[place]), int(row[length])) for row in stats[1:])
    bands: list[tuple[int, int]] = []
    for at, size in found:
        if bands and at - bands[-1][0] <= RULE_THICKNESS:
            bands[-1] = (bands[-1][0], bands[-1][1] + size)
        else:
            bands.append((at, size))
    return bands


def _grids(
    grids: Sequence[tuple[int, Box]],
    labels: NDArray[np.int32],
    horizontal: Mask,
    vertical: Mask,
    texts: Sequence[Box],
    marks: Sequence[Box],
    page: Box,
) -> tuple[list[Box], list[Box], list[tuple[int, Box]], list[tuple[int, Box]]]:
    """Components of straight lines -> (tables, frames, corners, drawings of straight lines).

    A corner is what is left of a broken frame, or the two axes of a chart.
    """
    tables: list[Box] = []
    frames: list[Box] = []
    corners: list[tuple[int, Box]] = []
    straights: list[tuple[int, Box]] = []
    for index, box in grids:
        if min(width(box), height(box)) <= RULE_THICKNESS + JOIN:
            continue
        x0, y0, x1, y1 = (int(edge) for edge in box)
        own = labels[y0:y1, x0:x1] == index
        across = _bands(own & horizontal[y0:y1, x0:x1], 0)
        down = _bands(own & vertical[y0:y1, x0:x1], 1)
        cells = sum(cover(text, box) > 0.8 for text in texts)
        inner = _inner(across, y1 - y0) + _inner(down, x1 - x0)
        ruled_page = area(box) >= PAGE_FRAME_SHARE * area(page) and _inner(across, y1 - y0) < TABLE_RULES
        if ruled_page or (inner == 0 and len(across) + len(down) >= 3):
            frames.append(box)
        elif cells >= TABLE_CELLS and inner >= 2 and sum(cover(s, box) > 0.8 for s in marks) < MARKS:
            tables.append(box)
        elif inner == 0:
            corners.append((index, box))
        elif sum(area(intersect(text, box)) for text in texts) <= PRINT_SHARE * area(box):
            straights.append((index, box))
    return tables, frames, corners, straights


def _inner(bands: Sequence[tuple[int, int]], extent: int) -> int:
    """How many rules lie inside a box of that extent, away from its ends, where double frames are."""
    return sum(ALIGNED < at < extent - ALIGNED for at, _ in bands)


def _ruled_tables(rules: Sequence[Box], texts: Sequence[Box]) -> list[Box]:
    """Tables of horizontal rules only: three or more of the same extent with print between them."""
    flat = sorted((r for r in rules if width(r) > height(r)), key=lambda r: (r[1], r[0]))
    tables: list[Box] = []
    used: set[Box] = set()
    for rule in flat:
        if rule in used:
            continue
        same = [r for r in flat if abs(r[0] - rule[0]) <= ALIGNED and abs(r[2] - rule[2]) <= ALIGNED]
        used.update(same)
        if len(same) < TABLE_RULES:
            continue
        box = union(same)
        if sum(cover(text, box) > 0.8 for text in texts) >= TABLE_CELLS:
            tables.append(box)
    return tables
