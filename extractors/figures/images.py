"""Regions from embedded images: tiles merged, clipped and covered parts removed, watermarks dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.figures.paint import PaintOp
from extractors.geometry import (
    Box,
    area,
    cover,
    gap,
    height,
    intersect,
    overlap_x,
    overlap_y,
    union,
    width,
)
from extractors.grouping import BoxIndex, group_boxes
from extractors.records import Dropped, Region, TextLine

JOINED = "+"
"""Between the signatures of the images that make one picture."""
TILE_GAP = 1.0
"""Tiles and strips of one picture touch; two pictures of a grid stand at least this many points apart."""
EDGE_SLACK = 3.0
"""Tiles whose boxes overlap by less than this many points across stand side by side."""
TILE_ALIGNMENT = 1.5
"""Tiles share an edge: their ends agree to this many points."""
MIN_SIDE = 18.0
"""A quarter inch: smaller images are bullets, icons and formula glyphs, not figures (points)."""
MIN_AREA = 900.0
"""Square points, 30 x 30: below it nobody reads a picture."""
OPAQUE = 0.95
"""A fill counts as covering what lies under it from this opacity on."""
PANEL_SIDE = 40.0
"""Pieces at least this large both ways (points) may be pictures of their own that touch; strips are not."""
STRIP = 5.0
"""Pieces this many times as long as they are thick are strips, too."""
SEAM_SCALE = 3
"""Pixels a point where colours are compared: as fine as a print, where neighbours are much alike."""
SEAM = 2
"""Pixels on either side of a shared edge where colours are compared: beyond what smoothing blends."""
JUMP, NOISE = 1.9, 2.0
"""A grey or a colour jumps when it changes across the edge by this many times its usual change, plus this."""
INVISIBLE_ALPHA = 0.12
"""Watermarks of databases are painted at about .05 to .1; figures are not."""
FAINT_CONTRAST = 24.0
"""Grey levels (of 255) that the darkest 2 % of an image must stand off the paper to count as visible."""
TEXT_SHARE = 0.6
"""A text line runs over an image when this share of it lies inside."""
HELD, LAID = 0.95, 0.01
"""An image is laid on another when this share of it lies there, and it is neither a speck nor all of it."""
CAPTION_REACH, CAPTION_EDGE = 30.0, 2.0
"""A line so near below a picture that begins at its left edge, or stands centred under it, is its caption."""
CAPTION_ROWS, CAPTION_DEPTH = 4, 80.0
"""More lines than these in this many points below or above a picture are a column of running text."""
BACKGROUND_LINES = 4
"""This many text lines over one image, some of them crossing its edge, make it a background."""
PARAGRAPH_CHARACTERS = 10
"""A line this long is running text; labels inside maps and photos are shorter."""


def cut_away(box: Box, cover_box: Box) -> Box:
    """What is left of `box` when `cover_box` hides a whole side of it; `box` itself when it hides a hole."""
    common = intersect(box, cover_box)
    if area(common) <= 0:
        return box
    x0, y0, x1, y1 = box
    if width(common) >= width(box) - TILE_ALIGNMENT:
        if common[1] <= y0 + TILE_ALIGNMENT:
            y0 = common[3]
        elif common[3] >= y1 - TILE_ALIGNMENT:
            y1 = common[1]
    elif height(common) >= height(box) - TILE_ALIGNMENT:
        if common[0] <= x0 + TILE_ALIGNMENT:
            x0 = common[2]
        elif common[2] >= x1 - TILE_ALIGNMENT:
            x1 = common[0]
    return x0, y0, max(x0, x1), max(y0, y1)


def visible_boxes(ops: Sequence[PaintOp]) -> list[tuple[PaintOp, Box]]:
    """The images of a page in paint order, each with the part that later opaque paint leaves to be seen."""
    # White paint is how editors hide the rest of a picture; a picture over another hides it too.
    hiding = [
        k
        for k, op in enumerate(ops)
        if op.alpha >= OPAQUE and not op.masked and (_is_white(op) or _is_image(op))
    ]
    index = BoxIndex([ops[k].bbox for k in hiding])
    found = []
    for turn, op in enumerate(ops):
        if not _is_image(op):
            continue
        box = op.bbox
        for other in (ops[hiding[k]] for k in index.near(box) if hiding[k] > turn):
            if _is_white(other) or cover(box, other.bbox) > 0.98:
                box = cut_away(box, other.bbox)
        found.append((op, box))
    return found


def _is_image(op: PaintOp) -> bool:
    return op.kind == "image"


def _is_white(op: PaintOp) -> bool:
    return op.kind == "fill" and op.color is not None and min(op.color) >= 0.97


def are_tiles(a: Box, b: Box) -> bool:
    """Whether two image boxes are neighbouring tiles or strips of one picture."""
    if gap(a, b) > TILE_GAP:
        return False
    same_columns = abs(a[0] - b[0]) <= TILE_ALIGNMENT and abs(a[2] - b[2]) <= TILE_ALIGNMENT
    same_rows = abs(a[1] - b[1]) <= TILE_ALIGNMENT and abs(a[3] - b[3]) <= TILE_ALIGNMENT
    overlapping = area(intersect(a, b)) > 0.2 * min(area(a), area(b))
    return same_columns or same_rows or overlapping


def are_stacked(a: Box, b: Box) -> bool:
    """Whether two pieces surely are of one picture: they overlap, or are strips that lie side by side.

    Strips that meet end to end may be of two pictures that touch, each cut into strips.
    """
    if not are_tiles(a, b):
        return False
    if _overlap(a, b):
        return True
    upright = overlap_y(a, b) > overlap_x(a, b)
    lengthwise = [height(box) >= width(box) if upright else width(box) >= height(box) for box in (a, b)]
    return is_strip(a) and is_strip(b) and all(lengthwise)


def is_seamless(a: Box, b: Box, shades: NDArray[np.float64]) -> bool:
    """Whether a picture runs on from box `a` to box `b`, which share an edge.

    `shades` is the page in RGB, (height, width, 3), `SEAM_SCALE` pixels a point. At the edge of two pictures
    the grey of its points or the mean colour along it jumps, by more than it does a few pixels away.
    """
    if a[0] >= b[2] - EDGE_SLACK or b[0] >= a[2] - EDGE_SLACK:
        edge, low, high = min(a, b)[2], max(a[1], b[1]), min(a[3], b[3])
        shades = shades.transpose(1, 0, 2)
    else:
        edge, low, high = min(a, b, key=lambda box: box[1])[3], max(a[0], b[0]), min(a[2], b[2])
    at = round(edge * SEAM_SCALE)
    rows = [at - 3 * SEAM, at - SEAM, at + SEAM, at + 3 * SEAM]
    if rows[0] < 0 or rows[-1] >= len(shades):
        return True  # at the rim of the page there is nothing to compare
    along = slice(max(0, int(low * SEAM_SCALE)), int(high * SEAM_SCALE))
    colours = [shades[row, along] for row in rows]
    points = [np.abs(two.mean(axis=1) - one.mean(axis=1)).mean() for one, two in pairwise(colours)]
    means = [np.abs(two.mean(axis=0) - one.mean(axis=0)).max() for one, two in pairwise(colours)]
    steady = [change[1] <= JUMP * max(change[0], change[2]) + NOISE for change in (points, means)]
    return all(steady)


def have_own_captions(a: Box, b: Box, lines: Sequence[TextLine]) -> bool:
    """Whether each of two pictures side by side has a line of its own below or above it, at one height.

    Tiles of one picture have none that begins at their seam.
    """
    tops = [{round(line.bbox[1]) for line in lines if _captions(line.bbox, box)} for box in (a, b)]
    if any(_heads_text(box, lines) for box in (a, b)):
        return False
    return any(abs(first - second) <= CAPTION_EDGE for first in tops[0] for second in tops[1])


def _captions(line: Box, box: Box) -> bool:
    middle = abs((line[0] + line[2]) - (box[0] + box[2])) / 2
    placed = abs(line[0] - box[0]) <= CAPTION_EDGE or middle <= CAPTION_EDGE
    return placed and _within_columns(line, box, CAPTION_REACH)


def _within_columns(line: Box, box: Box, reach: float) -> bool:
    """Whether a line stands below or above a picture within `reach` points, and no wider than it."""
    below, above = line[1] - box[3], box[1] - line[3]
    narrow = line[0] >= box[0] - CAPTION_EDGE and line[2] <= box[2] + CAPTION_EDGE
    return narrow and 0 <= max(below, above) <= reach


def _heads_text(box: Box, lines: Sequence[TextLine]) -> bool:
    return sum(_within_columns(line.bbox, box, CAPTION_DEPTH) for line in lines) > CAPTION_ROWS


def is_strip(box: Box) -> bool:
    """Whether a piece is too thin to be a picture of its own."""
    thin, long = sorted((width(box), height(box)))
    return thin < PANEL_SIDE or long >= STRIP * thin


def _overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than an edge, whatever rounding makes of that."""
    common = intersect(a, b)
    return min(width(common), height(common)) > TILE_GAP


def runs_under_text(box: Box, lines: Sequence[TextLine]) -> bool:
    """Whether an image lies under running text, as backgrounds and seals do and figures do not."""
    over = [line for line in lines if area(intersect(line.bbox, box)) > 0]
    inside = [line for line in over if cover(line.bbox, box) >= TEXT_SHARE]
    crossing = [line for line in over if 0.05 < cover(line.bbox, box) < 0.95]
    long_inside = [line for line in inside if len(line.text) >= PARAGRAPH_CHARACTERS]
    return len(long_inside) >= BACKGROUND_LINES or (
        len(over) >= BACKGROUND_LINES
        and len(crossing) >= 2
        and len(long_inside) + len(crossing) >= BACKGROUND_LINES
    )


def image_regions(
    ops: Sequence[PaintOp],
    lines: Sequence[TextLine],
    page_number: int,
    contrast: Callable[[PaintOp], float],
    shades: Callable[[], NDArray[np.float64]],
) -> tuple[list[Region], list[Dropped]]:
    """Figure candidates among the embedded images of a page, and what was left out and why.

    `contrast(op)` measures, in grey levels, how far an image stands off white paper; it is only asked where
    an image is suspect (masked, translucent, or under text). `shades()` draws the page in RGB,
    (height, width, 3), `SEAM_SCALE` pixels a point; it is only asked where images touch.
    """
    dropped: list[Dropped] = []
    visible: list[tuple[Box, PaintOp]] = []
    printed = BoxIndex([line.bbox for line in lines])

    def lines_near(box: Box, reach: float) -> list[TextLine]:
        return [lines[k] for k in printed.near(box, reach)]

    for op, box in visible_boxes(ops):
        reason = _reason_against(box, op, lines_near(box, 0.0), contrast)
        if reason:
            dropped.append(Dropped(page_number, op.full if reason == "covered" else box, reason))
        else:
            visible.append((box, op))
    grounds = _grounds([box for box, _ in visible], lines)
    dropped += [Dropped(page_number, box, "background") for i, (box, _) in enumerate(visible) if i in grounds]
    visible = [found for i, found in enumerate(visible) if i not in grounds]
    drawn: list[NDArray[np.float64]] = []

    def one_picture(a: Box, b: Box) -> bool:
        if not are_tiles(a, b):
            return False
        if is_strip(a) or is_strip(b):
            return True
        if have_own_captions(a, b, lines_near(union([a, b]), CAPTION_DEPTH)):
            return False
        if not drawn:
            drawn.append(shades())
        return is_seamless(a, b, drawn[0])

    regions = []
    stacks = group_boxes([box for box, _ in visible], TILE_GAP, are_stacked)
    stacked = [union([visible[i][0] for i in stack]) for stack in stacks]
    for joined in group_boxes(stacked, TILE_GAP, one_picture):
        members = [i for k in joined for i in stacks[k]]
        box = union([visible[i][0] for i in members])
        if min(width(box), height(box)) < MIN_SIDE or area(box) < MIN_AREA:
            dropped.append(Dropped(page_number, box, "too-small"))
        else:
            regions.append(
                Region(box, "image", JOINED.join(sorted(visible[i][1].signature for i in members)))
            )
    return regions, dropped


def _grounds(boxes: Sequence[Box], lines: Sequence[TextLine]) -> set[int]:
    """The images (indices, in the order of painting) that others are laid on: paper and cloth under a page.

    A photograph may hold one detail; a ground holds several pictures, or one and text beside it.
    """
    found = set()
    for i, ground in enumerate(boxes):
        held = [
            box
            for box in boxes[i + 1 :]
            if cover(box, ground) >= HELD and LAID <= area(box) / area(ground) <= 1 - LAID
        ]
        beside = [
            line
            for line in lines
            if cover(line.bbox, ground) >= HELD and not any(area(intersect(line.bbox, box)) for box in held)
        ]
        if len(held) > 1 or (held and beside):
            found.add(i)
    return found


def _reason_against(
    box: Box, op: PaintOp, lines: Sequence[TextLine], contrast: Callable[[PaintOp], float]
) -> str:
    """Why an image, as far as it can be seen, is no part of a figure; "" when it may be."""
    if area(box) <= 0.02 * area(op.full):
        return "covered"
    if op.alpha <= INVISIBLE_ALPHA:
        return "near-invisible"
    under_text = runs_under_text(box, lines)
    if (under_text or op.masked or op.alpha < OPAQUE) and contrast(op) < FAINT_CONTRAST:
        return "near-invisible"
    return "background" if under_text else ""
