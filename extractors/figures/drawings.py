"""Regions from vector art: line drawings, plans, charts; without rules, frames, tables and text boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pymupdf

from extractors.figures.images import MIN_AREA, MIN_SIDE, group_boxes
from extractors.figures.paint import PaintOp
from extractors.figures.tables import RULE_THICKNESS, Stroke, is_rule
from extractors.geometry import Box, area, cover, gap, grow, height, intersect, iou, union, width
from extractors.records import Dropped, Region, TextLine
from extractors.text import displayed

SLANT = 0.06
"""A line off the axis by more than this (3.5 degrees) is drawn, not ruled; scans turned to vectors waver."""
TINY = 0.2
"""Points: shorter steps have no direction."""
PIECE_GAP = 8.0
"""Strokes of one drawing lie at most this far apart (points); pairing joins looser parts by their caption."""
LOOSE_GAP = 40.0
"""Small pieces of one drawing, each too small to be a figure, stand at most so far apart (points)."""
MIN_ART = 2
"""A drawing has at least so many strokes that are neither rules nor plain boxes ..."""
MIN_CURVES = 3
"""... or one path with at least so many curves and slanted lines: the profile of a bowl has hardly more."""
MIN_BARS = 4
"""So many solid rectangles with little text are a chart."""
INSET_SHARE = 0.25
"""Pictures smaller than this share of the drawing around them are parts of it."""
TEXT_FILL = 0.35
"""A box filled with text to this share is a text box, a formula or code, not a drawing."""
LONG_LINE = 14
"""Characters: a line this long inside a box is a sentence, not a label."""
PAGE_SHARE = 0.85
"""A path as large as the page is its background or frame."""
FRAME_AREA = 5000.0
"""Square points: a rectangle of this size with sentences in it frames text, it does not draw."""


def strokes_of(page: pymupdf.Page) -> list[tuple[Stroke, int]]:
    """The vector paths of a page (displayed points), each with its count of curves and slanted lines."""
    found = []
    matrix = page.rotation_matrix if page.rotation else None
    for path in page.get_cdrawings():
        bbox = displayed(path["rect"], matrix)
        slanted = sum(_is_slanted(item) for item in path["items"])
        if is_rule(bbox):
            kind = "rule"
        elif _is_rounded_box(path["items"]):
            kind, slanted = "rectangle", 0
        elif slanted == 0 and len(path["items"]) <= 4:
            kind = "rectangle"
        else:
            kind = "art" if slanted else "rectangle"
        boxes = max(1, sum(item[0] == "re" for item in path["items"]))
        found.append((Stroke(bbox, kind, boxes), slanted))
    return found


def _is_rounded_box(items: Sequence[tuple[Any, ...]]) -> bool:
    """Whether a path is a rectangle with rounded corners: level and upright lines joined by curves."""
    curves = sum(item[0] == "c" for item in items)
    lines = [item for item in items if item[0] == "l"]
    return curves in (4, 8) and len(lines) >= 2 and not any(map(_is_slanted, lines))


def _is_slanted(item: tuple[Any, ...]) -> bool:
    """Whether a path item is a curve or a line that is neither level nor upright."""
    if item[0] == "c":
        return True
    if item[0] == "l":
        dx, dy = abs(item[1][0] - item[2][0]), abs(item[1][1] - item[2][1])
        return bool(min(dx, dy) > SLANT * max(dx, dy) and max(dx, dy) > TINY)
    return False


def _text_share(box: Box, lines: Sequence[TextLine]) -> tuple[float, int]:
    """Share of a box that text covers, and the number of sentence-long lines in it."""
    covered = sum(area(intersect(line.bbox, box)) for line in lines)
    sentences = sum(cover(line.bbox, box) > 0.7 and len(line.text) >= LONG_LINE for line in lines)
    return covered / max(area(box), 1.0), sentences


def drawing_regions(
    ops: Sequence[PaintOp],
    strokes: Sequence[tuple[Stroke, int]],
    images: Sequence[Region],
    tables: Sequence[Box],
    lines: Sequence[TextLine],
    page_box: Box,
    page_number: int,
) -> tuple[list[Region], list[Region], list[Dropped]]:
    """Vector figures; the image regions, grown or absorbed where art frames them; what was left out.

    `ops` tell what is visible (clips applied), `strokes` what kind of line it is.
    """
    dropped: list[Dropped] = []
    frames = [s.bbox for s, _ in strokes if s.kind == "rectangle" and _frames_text(s.bbox, lines)]
    boxes = [box for box in _art_boxes(ops, page_box, frames) if not _in_table(box, tables)]
    if not boxes:
        return [], list(images), dropped
    image_boxes = [region.bbox for region in images]
    parts = boxes + image_boxes
    shades = [op.bbox for op in ops if op.kind == "shade"]
    regions: list[Region] = []
    kept_images = set(range(len(images)))
    for members in cluster(parts, page_box, PIECE_GAP):
        members_images = [m - len(boxes) for m in members if m >= len(boxes)]
        art = [parts[m] for m in members if m < len(boxes)]
        if not art:
            continue
        box = union([parts[m] for m in members])
        reason = _reason_against(box, art, strokes, [image_boxes[i] for i in members_images], lines, shades)
        if reason:
            if reason != "rule":
                dropped.append(Dropped(page_number, box, reason))
            continue
        regions.append(Region(intersect(box, page_box), "drawing"))
        kept_images -= set(members_images)
    drawn, dropped = _rejoined(dropped, strokes, lines, page_box)
    regions += drawn
    return regions, [images[i] for i in sorted(kept_images)], dropped


def _rejoined(
    dropped: Sequence[Dropped],
    strokes: Sequence[tuple[Stroke, int]],
    lines: Sequence[TextLine],
    page_box: Box,
) -> tuple[list[Region], list[Dropped]]:
    """Small drawn pieces that stand together (vessels in a row) made one region; and what stays dropped."""
    art = [s.bbox for s, _ in strokes if s.kind == "art"]
    small = [
        d
        for d in dropped
        if d.reason == "too-small"
        and any(cover(a, grow(d.bbox, 1.0)) > 0.9 for a in art)
        and _text_share(d.bbox, lines)[0] < TEXT_FILL
    ]
    regions: list[Region] = []
    used: set[int] = set()
    for members in cluster([d.bbox for d in small], page_box, LOOSE_GAP):
        boxes = [small[m].bbox for m in members]
        box = union(boxes)
        sentences = any(cover(n.bbox, box) > 0.5 and len(n.text) >= LONG_LINE for n in lines)
        if len(members) >= MIN_ART and not sentences and not _reason_against(box, boxes, strokes, [], lines):
            regions.append(Region(intersect(box, page_box), "drawing"))
            used.update(id(small[m]) for m in members)
    return regions, [d for d in dropped if id(d) not in used]


def cluster(boxes: Sequence[Box], page_box: Box, reach: float) -> list[list[int]]:
    """Indices of `boxes` grouped so that neighbours at most about `reach` points apart share a group.

    The boxes are painted into a one-pixel-a-point mask and its connected components read off, so that
    a map of 100,000 strokes costs no more than a sketch; unions that then touch are merged.
    """
    mask = np.zeros((int(height(page_box)) + 2, int(width(page_box)) + 2), np.uint8)
    cells = []
    for box in boxes:
        grown = grow(box, reach / 2)
        x0, y0 = max(0, int(grown[0])), max(0, int(grown[1]))
        x1, y1 = min(mask.shape[1], int(grown[2]) + 1), min(mask.shape[0], int(grown[3]) + 1)
        mask[y0:y1, x0:x1] = 1
        cells.append((min(y0, mask.shape[0] - 1), min(x0, mask.shape[1] - 1)))
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    by_label: dict[int, list[int]] = {}
    for index, (y, x) in enumerate(cells):
        by_label.setdefault(int(labels[y, x]), []).append(index)
    found = list(by_label.values())
    unions = [union([boxes[i] for i in members]) for members in found]
    merged = group_boxes(unions, lambda a, b: gap(a, b) <= reach)
    return [sorted(i for g in members for i in found[g]) for members in merged]


def _frames_text(box: Box, lines: Sequence[TextLine]) -> bool:
    """Whether a rectangle is the frame or the tint of running text."""
    return area(box) >= FRAME_AREA and _text_share(box, lines)[1] >= 2


def _art_boxes(ops: Sequence[PaintOp], page_box: Box, frames: Sequence[Box]) -> list[Box]:
    found = []
    for op in ops:
        if op.kind not in ("fill", "stroke", "shade") or op.alpha <= 0.05:
            continue
        if op.kind == "fill" and op.color is not None and min(op.color) >= 0.97:
            continue  # white paint is paper
        if cover(page_box, op.bbox) >= PAGE_SHARE or any(iou(op.bbox, frame) > 0.9 for frame in frames):
            continue
        found.append(op.bbox)
    return found


def _in_table(box: Box, tables: Sequence[Box]) -> bool:
    return any(cover(grow(box, 0.5), grow(table, 2.0)) > 0.9 for table in tables)


def _reason_against(
    box: Box,
    art: Sequence[Box],
    strokes: Sequence[tuple[Stroke, int]],
    images: Sequence[Box],
    lines: Sequence[TextLine],
    shades: Sequence[Box] = (),
) -> str:
    """Why a cluster of strokes is no figure; "" when it is one."""
    if all(is_rule(a) or min(width(a), height(a)) <= RULE_THICKNESS for a in art) and len(art) <= 3:
        return "rule"
    if min(width(box), height(box)) < MIN_SIDE or area(box) < MIN_AREA:
        return "too-small"
    inside = [(s, n) for s, n in strokes if cover(grow(s.bbox, 0.5), grow(box, 1.0)) > 0.8]
    real = [n for s, n in inside if s.kind == "art"]
    real += [1 for shade in shades if cover(shade, grow(box, 1.0)) > 0.8]
    if images:
        # Art around pictures makes one composed figure when it really draws; a bare frame changes nothing.
        if real and sum(map(area, images)) < INSET_SHARE * area(box):
            return ""  # small pictures set into a drawing: the labels and keys of a chart
        outline = any(iou(box, image) > 0.85 for image in images)
        return "frame" if outline or len(real) < MIN_ART else ""
    share, sentences = _text_share(box, lines)
    if share > TEXT_FILL or (sentences >= 2 and len(real) < 4 * MIN_ART):
        return "text-box"
    if len(real) >= MIN_ART or sum(real) >= MIN_CURVES:
        return ""
    solid = sum(
        s.boxes for s, _ in inside if s.kind == "rectangle" and min(width(s.bbox), height(s.bbox)) > 4
    )
    return "" if solid >= MIN_BARS and share < 0.15 else "plain-shapes"
