"""Drawings on a scanned page: strokes put together, with their labels, scale bars, frames and plates; charts.

All boxes are in pixels of the deskewed small copy (`scan_page.WORK_DPI`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_units import millimetres
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

SEED_LENGTH = millimetres(8)
"""A stroke this long (8 mm) starts a drawing: the characters of running text are smaller."""
REACH = millimetres(3)
"""Half the gap over which strokes join one drawing (6 mm: profile and section of one vessel)."""
DRAWING_MIN_SIDE = millimetres(9)
"""Smaller line work is an ornament."""
LABEL_LENGTH = millimetres(22)
"""Text boxes shorter than this inside or across a drawing are its labels."""
CAPTION_LENGTH = millimetres(12)
"""Text at least this long below a drawing may be its caption (图三 陶罐); numbers of parts are shorter."""
CAPTION_REACH = millimetres(12)
"""A caption stands within 12 mm below its drawing."""
PLATE_REACH = millimetres(45)
"""Vessels of one plate stand up to 45 mm apart, with nothing but their numbers between ..."""
ROW_REACH = millimetres(75)
"""... those of one row, level with each other, up to 75 mm ..."""
ROW_SHARE = 0.6
"""... when they share this much of the taller one's height."""
RULED_OFF = 0.95
"""Share of the side of a box along which a rule must run to part it."""
SCALE_BAR_REACH = millimetres(10)
"""A scale bar stands within 10 mm of the foot of its drawing ..."""
SCALE_BAR_LENGTH = millimetres(45)
"""... is at most 45 mm long ..."""
BAR_LABEL = millimetres(3)
"""The figures of a scale bar stand within 3 mm of it."""
BAR_LABEL_WIDTH = 1.5
"""... and run from its start to little beyond its end, read as one line; captions are longer."""
SCALE_BAR_SHARE = 0.8
"""... and is shorter than the drawing is wide; a rule across the column is not."""
TICK_REACH = millimetres(10)
"""The numbers along the upright axis of a chart stand within 10 mm of it ..."""
TICK_COVER = 0.7
"""... nearly whole ..."""
TICKS = 3
"""... three or more ..."""
TICK_SPAN = 0.5
"""... along this share of the chart's height."""
FOOT_REACH = millimetres(6)
"""Those of the level axis stand within 6 mm below; its caption stands lower."""
FRAMED_SHARE = 0.3
"""A drawing that fills this share of a rectangle of rules owns it (a neat line, a plot's axes)."""
PEN_LENGTH = millimetres(6)
"""... when at least this much of it is one unbroken line: a line of print is many characters."""
ADOPTED = millimetres(2)
"""Short strokes belong to a drawing within 2 mm of its long ones."""
BAR_HEIGHT = millimetres(3.5)
"""A scale bar with its ticks is lower than this."""
PRINT_SHARE = 0.15
"""Share of the box of a drawing that its labels may take."""
FRAME_LINES = 3
"""A rectangle of rules around this many long lines of print is furniture."""

CHART_BARS = 3
"""A bar chart has three bars or more on one base line ..."""
CHART_BASE = millimetres(1.2)
"""... that end within 1.2 mm of it ..."""
CHART_BAR_WIDTH = millimetres(20)
"""... each narrower than 20 mm ..."""
CHART_UNEVEN = 1.15
"""... and of different heights; photographs set in a row are of one height."""
CHART_AXIS = millimetres(12)
"""The axes and their figures stand within 12 mm of the bars."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """Ink that hangs together: its label in the label image, its box, the longest unbroken line in it.

    A `corner` of straight lines alone is what is left of a broken frame.
    """

    index: int
    box: Box
    line: int
    corner: bool = False


def group_drawings(
    strokes: Sequence[Stroke], labels: NDArray[np.int32], texts: Sequence[Box], rules: Sequence[Box]
) -> list[Box]:
    """Strokes that lie close together around long ones, with labels, scale bars and the rest of the plate."""
    groups = _groups([stroke for stroke in strokes if _is_seed(stroke)], labels)
    short = [stroke.box for stroke in strokes if not _is_seed(stroke)]
    parts = [_with_short(box, short, texts) for box in groups]
    bars = [box for box in [*rules, *parts] if height(box) <= BAR_HEIGHT and width(box) <= SCALE_BAR_LENGTH]
    long = [text for text in texts if max(width(text), height(text)) > LABEL_LENGTH]
    parts = [box for box in parts if box not in bars and not _crossed(box, long)]
    captions = [
        text
        for text in texts
        if max(width(text), height(text)) >= CAPTION_LENGTH
        and not any(_labels_bar(text, bar) for bar in bars)
        and not any(cover(text, part) > 0.5 for part in parts)
    ]
    plates = _plates(parts, captions, rules)
    drawings = []
    for box in plates:
        nearest = [bar for bar in bars if gap(bar, box) <= min(gap(bar, other) for other in plates)]
        drawings.append(_with_ticks(_with_scale_bars(box, nearest, texts, rules), texts))
    return [box for box in drawings if min(width(box), height(box)) >= DRAWING_MIN_SIDE]


def _labels_bar(text: Box, bar: Box) -> bool:
    return gap(bar, text) <= BAR_LABEL and width(text) <= BAR_LABEL_WIDTH * width(bar)


def _is_seed(stroke: Stroke) -> bool:
    return max(width(stroke.box), height(stroke.box)) >= SEED_LENGTH and stroke.line >= PEN_LENGTH


def _groups(seeds: Sequence[Stroke], labels: NDArray[np.int32]) -> list[Box]:
    """The boxes of long strokes that lie within reach of each other."""
    if not seeds:
        return []
    keep = np.zeros(int(labels.max()) + 1, np.uint8)
    keep[[seed.index for seed in seeds]] = 1
    size = 2 * REACH + 1
    near = cv2.dilate(keep[labels], np.ones((size, size), np.uint8))
    groups = cv2.connectedComponents(near)[1]
    members: dict[int, list[Stroke]] = {}
    for seed in seeds:
        x0, y0, x1 = (int(edge) for edge in seed.box[:3])
        at = int(np.argmax(labels[y0, x0:x1] == seed.index))
        members.setdefault(int(groups[y0, x0 + at]), []).append(seed)
    whole = [group for group in members.values() if not all(seed.corner for seed in group)]
    return [union(seed.box for seed in group) for group in whole]


def _with_short(drawing: Box, short: Sequence[Box], texts: Sequence[Box]) -> Box:
    """`drawing` with the short strokes around it and the labels across its edge."""
    around = grow(drawing, ADOPTED)
    return _with_labels(union([drawing, *(box for box in short if cover(box, around) > 0.5)]), texts)


def _crossed(box: Box, long: Sequence[Box]) -> bool:
    """Whether lines of print take more of a box than a drawing's labels do."""
    return sum(area(intersect(text, box)) for text in long) > PRINT_SHARE * area(box)


def _plates(drawings: Sequence[Box], captions: Sequence[Box], rules: Sequence[Box]) -> list[Box]:
    """Drawings on one plate put together: side by side or one above the other with only labels between."""
    parts = sorted(drawings)
    joined = True
    while joined:
        joined = False
        for i, one in enumerate(parts):
            mates = [k for k in range(i + 1, len(parts)) if _one_plate(one, parts[k], captions, rules)]
            if mates:
                whole = union([one, parts[mates[0]]])
                parts = sorted([*(p for k, p in enumerate(parts) if k not in (i, mates[0])), whole])
                joined = True
                break
    return parts


def _one_plate(a: Box, b: Box, captions: Sequence[Box], rules: Sequence[Box]) -> bool:
    whole = union([a, b])
    level = overlap_y(a, b) >= ROW_SHARE * max(height(a), height(b))
    if gap(a, b) > (ROW_REACH if level else PLATE_REACH) or any(
        cover(text, whole) > 0.5 for text in captions
    ):
        return False
    if _crossed(whole, captions) or _ruled_off(whole, rules):
        return False
    if not (overlap_x(a, b) or overlap_y(a, b)):
        return False
    below_a, below_b = _captions_of(a, captions), _captions_of(b, captions)
    if gap(a, b) > PLATE_REACH and below_a and below_b and not below_a & below_b:
        return False
    apart = all(not overlap_x(one, other) for one in below_a for other in below_b)
    return not (below_a and below_b and apart)


def _ruled_off(box: Box, rules: Sequence[Box]) -> bool:
    """Whether a rule, as between columns, runs right through a box."""
    return any(
        (box[0] < rule[0] and rule[2] < box[2] and overlap_y(rule, box) >= RULED_OFF * height(box))
        or (box[1] < rule[1] and rule[3] < box[3] and overlap_x(rule, box) >= RULED_OFF * width(box))
        for rule in rules
    )


def _captions_of(drawing: Box, captions: Sequence[Box]) -> set[Box]:
    """The lines of print right below a drawing."""
    return {
        text
        for text in captions
        if -ADOPTED <= text[1] - drawing[3] <= CAPTION_REACH and overlap_x(text, drawing) > 0
    }


def _with_labels(drawing: Box, texts: Sequence[Box]) -> Box:
    """`drawing` grown around the short texts that lie across its edge."""
    across = [t for t in texts if cover(t, drawing) > 0.2 and max(width(t), height(t)) <= LABEL_LENGTH]
    return union([drawing, *across])


def _with_scale_bars(drawing: Box, bars: Sequence[Box], texts: Sequence[Box], rules: Sequence[Box]) -> Box:
    """`drawing` with the scale bars at its foot and their labels."""
    own = [
        bar
        for bar in bars
        if width(bar) <= SCALE_BAR_SHARE * width(drawing)
        and abs(bar[1] - drawing[3]) <= SCALE_BAR_REACH
        and gap(bar, drawing) <= PLATE_REACH
        and not _ruled_off(union([bar, drawing]), rules)
        and not any(cover(text, union([bar, drawing])) > 0.5 for text in texts if width(text) > LABEL_LENGTH)
    ]
    return _with_labels(union([drawing, *own]), texts)


def _with_ticks(drawing: Box, texts: Sequence[Box]) -> Box:
    """A chart with the numbers along its axes: a column of them to its left, and the row below."""
    beside = (drawing[0] - TICK_REACH, drawing[1] - TICK_REACH, drawing[0], drawing[3] + TICK_REACH)
    short = [text for text in texts if max(width(text), height(text)) <= CAPTION_LENGTH]
    ticks = [text for text in short if cover(text, beside) > TICK_COVER]
    if len(ticks) < TICKS or height(union(ticks)) < TICK_SPAN * height(drawing):
        return drawing
    below = (drawing[0] - TICK_REACH, drawing[3], drawing[2] + TICK_REACH, drawing[3] + FOOT_REACH)
    foot = [text for text in texts if cover(text, below) > TICK_COVER]
    return union([drawing, *ticks, *foot])


def own_frame(drawing: Box, frames: Sequence[Box], texts: Sequence[Box]) -> Box:
    """The rectangle of rules around a drawing that fills it, else the drawing as it is."""
    for frame in sorted(frames, key=area):
        long = [t for t in texts if cover(t, frame) > 0.8 and max(width(t), height(t)) > LABEL_LENGTH]
        fills = cover(drawing, frame) > 0.9 and area(drawing) >= FRAMED_SHARE * area(frame)
        if fills and len(long) < FRAME_LINES:
            return frame
    return drawing


def join_bars(pictures: Sequence[Box], rules: Sequence[Box], texts: Sequence[Box]) -> list[list[Box]]:
    """Groups of `pictures` that are the bars of one chart; the last box of a group is the whole chart."""
    left = sorted(box for box in pictures if width(box) <= CHART_BAR_WIDTH)
    charts: list[list[Box]] = []
    while left:
        first = left.pop(0)
        bars = [first]
        for box in list(left):
            level = abs(box[3] - first[3]) <= CHART_BASE
            if level and gap(box, bars[-1]) <= CHART_BAR_WIDTH:
                bars.append(box)
                left.remove(box)
        tall = [height(bar) for bar in bars]
        if len(bars) >= CHART_BARS and max(tall) >= CHART_UNEVEN * min(tall):
            charts.append([*bars, _with_axes(union(bars), rules, texts)])
    return charts


def _with_axes(bars: Box, rules: Sequence[Box], texts: Sequence[Box]) -> Box:
    """The bars of a chart with the lines that stand or lie on their base, and the figures along them."""
    around = (bars[0] - CHART_AXIS, 0.0, bars[2] + CHART_AXIS, bars[3] + CHART_BASE)
    axes = [rule for rule in rules if _is_axis(rule, bars, around)]
    whole = union([bars, *axes])
    near = grow(whole, ADOPTED)
    short = [text for text in texts if max(width(text), height(text)) <= CAPTION_LENGTH]
    return union([whole, *(text for text in short if area(intersect(text, near)) > 0)])


def _is_axis(rule: Box, bars: Box, around: Box) -> bool:
    """Whether a line stands by the bars, or a pair of axes around them ends on their base."""
    if cover(rule, around) > 0.9:
        return rule[3] >= bars[1]
    on_base = abs(rule[3] - bars[3]) <= 2 * CHART_BASE
    return on_base and height(rule) >= height(bars) and cover(bars, rule) > 0.5
