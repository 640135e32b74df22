"""Line work on a scanned page: rules, frames, table grids, and drawings made of thin lines.

Everything here is in pixels of the deskewed small copy (`scan_page.WORK_DPI`); masks are (h, w) booleans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_page import Mask, millimetres
from extractors.geometry import (
    Box,
    area,
    cover,
    gap,
    grow,
    height,
    intersect,
    overlap_x,
    overlap_y,
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
FRAME_LINES = 3
"""A rectangle of rules around this many long lines of print is furniture."""
PRINT_SHARE = 0.15
"""Share of the box of a straight-lined drawing (a plan, a diagram) that its labels may take."""
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

SEED_LENGTH = millimetres(8)
"""A stroke this long (8 mm) starts a drawing: the characters of running text are smaller."""
REACH = millimetres(3)
"""Half the gap over which strokes join one drawing (6 mm: profile and section of one vessel)."""
DRAWING_MIN_SIDE = millimetres(9)
"""Smaller line work is an ornament."""
SPECK = 3
"""Components of fewer pixels are dust."""
LABEL_LENGTH = millimetres(22)
"""Text boxes shorter than this inside or across a drawing are its labels."""
CAPTION_LENGTH = millimetres(12)
"""Text at least this long below a drawing may be its caption (图三 陶罐); numbers of parts are shorter."""
CAPTION_REACH = millimetres(12)
"""A caption stands within 12 mm below its drawing."""
PLATE_REACH = millimetres(45)
"""Vessels of one plate stand up to 45 mm apart, with nothing but their numbers between."""
SCALE_BAR_REACH = millimetres(10)
"""A scale bar stands within 10 mm of the foot of its drawing ..."""
SCALE_BAR_LENGTH = millimetres(45)
"""... is at most 45 mm long ..."""
BAR_LABEL = millimetres(3)
"""The figures of a scale bar stand within 3 mm of it."""
SCALE_BAR_SHARE = 0.8
"""... and is shorter than the drawing is wide; a rule across the column is not."""
FRAMED_SHARE = 0.3
"""A drawing that fills this share of a rectangle of rules owns it (a neat line, a plot's axes)."""


@dataclass(frozen=True, slots=True)
class LineWork:
    """What the thin lines of a page are; boxes in pixels of the small copy."""

    drawings: tuple[Box, ...]
    tables: tuple[Box, ...]


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
    tables, frames, straights = _grids(grids, labels, horizontal, vertical, texts, marks, page)
    rules = [box for _, box in grids if min(width(box), height(box)) <= RULE_THICKNESS + JOIN]
    tables += _ruled_tables(rules, texts)
    strokes = [stroke for stroke in strokes if not any(cover(stroke[1], t) > 0.8 for t in tables)]
    drawings = _drawings([*strokes, *straights], labels, texts, rules)
    drawings = [_own_frame(_with_scale_bars(d, rules, texts), frames, texts) for d in drawings]
    return LineWork(tuple(sorted(drawings)), tuple(sorted(tables)))


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
) -> tuple[list[Box], list[Box], list[tuple[int, Box]]]:
    """Components of straight lines -> (tables, frames, drawings of straight lines)."""
    tables: list[Box] = []
    frames: list[Box] = []
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
        elif sum(area(intersect(text, box)) for text in texts) <= PRINT_SHARE * area(box):
            straights.append((index, box))
    return tables, frames, straights


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


def _drawings(
    strokes: Sequence[tuple[int, Box]],
    labels: NDArray[np.int32],
    texts: Sequence[Box],
    rules: Sequence[Box],
) -> list[Box]:
    """Strokes that lie close together, around at least one long one, with the labels they touch."""
    if not any(max(width(box), height(box)) >= SEED_LENGTH for _, box in strokes):
        return []
    keep = np.zeros(int(labels.max()) + 1, np.uint8)
    keep[[index for index, _ in strokes]] = 1
    size = 2 * REACH + 1
    near = cv2.dilate(keep[labels], np.ones((size, size), np.uint8))
    _, groups, _, _ = cv2.connectedComponentsWithStats(near)
    members: dict[int, list[Box]] = {}
    for index, box in strokes:
        x0, y0, x1 = int(box[0]), int(box[1]), int(box[2])
        at = int(np.argmax(labels[y0, x0:x1] == index))
        members.setdefault(int(groups[y0, x0 + at]), []).append(box)
    drawings = [_with_labels(union(boxes), texts) for boxes in members.values() if _has_seed(boxes)]
    long = [text for text in texts if max(width(text), height(text)) > LABEL_LENGTH]
    captions = [
        text
        for text in texts
        if max(width(text), height(text)) >= CAPTION_LENGTH
        and not any(width(rule) <= SCALE_BAR_LENGTH and gap(rule, text) <= BAR_LABEL for rule in rules)
    ]
    drawings = _plates([box for box in drawings if not _crossed(box, long)], captions)
    return [box for box in drawings if min(width(box), height(box)) >= DRAWING_MIN_SIDE]


def _has_seed(boxes: Sequence[Box]) -> bool:
    return any(max(width(box), height(box)) >= SEED_LENGTH for box in boxes)


def _crossed(box: Box, long: Sequence[Box]) -> bool:
    """Whether lines of print take more of a box than a drawing's labels do."""
    return sum(area(intersect(text, box)) for text in long) > PRINT_SHARE * area(box)


def _plates(drawings: Sequence[Box], captions: Sequence[Box]) -> list[Box]:
    """Drawings on one plate put together: side by side or one above the other with only labels between."""
    parts = sorted(drawings)
    joined = True
    while joined:
        joined = False
        for i, one in enumerate(parts):
            mates = [k for k in range(i + 1, len(parts)) if _one_plate(one, parts[k], captions)]
            if mates:
                whole = union([one, parts[mates[0]]])
                parts = sorted([*(p for k, p in enumerate(parts) if k not in (i, mates[0])), whole])
                joined = True
                break
    return parts


def _one_plate(a: Box, b: Box, captions: Sequence[Box]) -> bool:
    whole = union([a, b])
    if gap(a, b) > PLATE_REACH or any(cover(text, whole) > 0.5 for text in captions):
        return False
    if not (overlap_x(a, b) or overlap_y(a, b)):
        return False
    below_a, below_b = _captions_of(a, captions), _captions_of(b, captions)
    return not (below_a - below_b and below_b - below_a)


def _captions_of(drawing: Box, captions: Sequence[Box]) -> set[Box]:
    """The lines of print right below a drawing."""
    return {
        text
        for text in captions
        if 0 <= text[1] - drawing[3] + JOIN <= CAPTION_REACH and overlap_x(text, drawing) > 0
    }


def _with_labels(drawing: Box, texts: Sequence[Box]) -> Box:
    """`drawing` grown around the short texts that lie across its edge."""
    across = [t for t in texts if cover(t, drawing) > 0.2 and max(width(t), height(t)) <= LABEL_LENGTH]
    return union([drawing, *across])


def _with_scale_bars(drawing: Box, rules: Sequence[Box], texts: Sequence[Box]) -> Box:
    """`drawing` with the scale bars at its foot and their labels."""
    bars = [
        rule
        for rule in rules
        if height(rule) < width(rule) <= min(SCALE_BAR_LENGTH, SCALE_BAR_SHARE * width(drawing))
        and abs(rule[1] - drawing[3]) <= SCALE_BAR_REACH
        and gap(rule, drawing) <= PLATE_REACH
        and not any(cover(text, union([rule, drawing])) > 0.5 for text in texts if width(text) > LABEL_LENGTH)
    ]
    return _with_labels(union([drawing, *bars]), texts)


def _own_frame(drawing: Box, frames: Sequence[Box], texts: Sequence[Box]) -> Box:
    """The rectangle of rules around a drawing that fills it, else the drawing as it is."""
    for frame in sorted(frames, key=area):
        long = [t for t in texts if cover(t, frame) > 0.8 and max(width(t), height(t)) > LABEL_LENGTH]
        fills = cover(drawing, frame) > 0.9 and area(drawing) >= FRAMED_SHARE * area(frame)
        if fills and len(long) < FRAME_LINES:
            return frame
    return drawing
