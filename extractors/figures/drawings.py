"""Regions from vector art: line drawings, plans, charts; without rules, frames, tables and text boxes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pymupdf

from extractors.figures.images import MIN_AREA, MIN_SIDE
from extractors.figures.paint import PaintOp
from extractors.figures.tables import RULE_THICKNESS, Stroke, is_rule
from extractors.geometry import (
    Box,
    area,
    centre,
    cover,
    gap,
    grow,
    height,
    intersect,
    iou,
    union,
    width,
)
from extractors.grammar.captions import caption_strength
from extractors.grouping import BoxIndex, group_boxes
from extractors.layout.furniture import outside_body
from extractors.page_units import displayed_rotation
from extractors.records import Dropped, Region, TextLine
from extractors.text import displayed

SLANT = 0.06
"""A line off the axis by more than this (3.5 degrees) is drawn, not ruled; scans turned to vectors waver."""
TINY = 0.2
"""Points: shorter steps have no direction."""
PIECE_GAP = 8.0
"""Strokes of one drawing lie at most this far apart (points); pairing joins looser parts by their caption."""
JOINED = 2.0
"""Pieces of one ornament touch, or nearly (points)."""
BULLET_SIZE, BULLET_GAP = 1.2, 3.0
"""A bullet, a tick box or the dot of a leader is at most so large and so far from its line, in characters."""
LOOSE_GAP = 40.0
"""Small pieces of one drawing, each too small to be a figure, stand at most so far apart (points)."""
MIN_ART = 2
"""A drawing has at least this many strokes that are neither rules nor plain boxes ..."""
MIN_CURVES = 3
"""... or one path with at least this many curves and slanted lines: the profile of a bowl has hardly more."""
MIN_BARS = 4
"""This many solid rectangles with little text are a chart."""
INSET_SHARE = 0.25
"""Pictures smaller than this share of the drawing around them are parts of it."""
TEXT_FILL = 0.35
"""A box filled with text to this share is a text box, a formula or code, not a drawing."""
LONG_LINE = 14
"""Characters: a line this long inside a box is a sentence, not a label."""
PAGE_SHARE = 0.85
"""A path as large as the page is its background or frame."""
SAME_BOX = 0.9
"""Boxes that agree to this share (overlap over union, or the part inside) are of one thing."""
WHITE = 0.97
"""Paint this light is paper."""
UNSEEN_ALPHA = 0.05
"""Nobody sees paint of this opacity."""
TABLE_RIM = 2.0
"""The rules of a table reach this many points over the box around its crossings."""
FRAME_SHARE, FRAME_RIM = 0.4, 0.15
"""A box of this share of the page whose art keeps to so much of its rim is the frame of a page."""
CAPTION = 0.75
"""A line that is this surely a caption by its words is one."""
FRAME_AREA = 5000.0
"""Square points: a rectangle of this size with sentences in it frames text, it does not draw."""


def strokes_of(page: pymupdf.Page) -> list[tuple[Stroke, int]]:
    """The vector paths of a page (displayed points), each with its count of curves and slanted lines."""
    found = []
    matrix = displayed_rotation(page)
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


class _Page:
    """The strokes, shadings and text lines of one page, looked up by place."""

    def __init__(
        self,
        strokes: Sequence[tuple[Stroke, int]],
        shades: Sequence[Box],
        lines: Sequence[TextLine],
        page_box: Box,
    ) -> None:
        self.area = area(page_box)
        self._strokes, self._shades, self._lines = strokes, shades, lines
        self._stroke_index = BoxIndex([stroke.bbox for stroke, _ in strokes])
        self._shade_index = BoxIndex(shades)
        self._line_index = BoxIndex([line.bbox for line in lines])
        self._largest = max((line.size for line in lines), default=0.0)

    def strokes_in(self, box: Box) -> list[tuple[Stroke, int]]:
        """The strokes that lie in `box`, each with its count of curves and slanted lines."""
        near = (self._strokes[k] for k in self._stroke_index.near(box, 1.5))
        return [(s, n) for s, n in near if cover(grow(s.bbox, 0.5), grow(box, 1.0)) > 0.8]

    def shades_in(self, box: Box) -> int:
        """How many shadings lie in `box`."""
        near = (self._shades[k] for k in self._shade_index.near(box, 1.0))
        return sum(cover(shade, grow(box, 1.0)) > 0.8 for shade in near)

    def text_share(self, box: Box) -> tuple[float, int]:
        """Share of `box` that text covers, and the number of sentence-long lines in it."""
        near = [self._lines[k] for k in self._line_index.near(box)]
        covered = sum(area(intersect(line.bbox, box)) for line in near)
        sentences = sum(cover(line.bbox, box) > 0.7 and len(line.text) >= LONG_LINE for line in near)
        return covered / max(area(box), 1.0), sentences

    def has_caption(self, box: Box) -> bool:
        """Whether a caption with a printed label lies in `box`."""
        near = (self._lines[k] for k in self._line_index.near(box))
        return any(cover(n.bbox, box) > 0.9 and caption_strength(n.text) >= CAPTION for n in near)

    def is_bullet(self, box: Box) -> bool:
        """Whether a shape is as small as a character and stands on a line of text, before, in or after it."""
        reach = BULLET_GAP * self._largest
        for line in (self._lines[k] for k in self._line_index.near(box, reach)):
            across = centre(line.bbox)[0] if line.vertical else centre(line.bbox)[1]
            place = centre(box)[0] if line.vertical else centre(box)[1]
            small = max(width(box), height(box)) <= BULLET_SIZE * line.size
            if (
                small
                and abs(place - across) <= line.size / 2
                and gap(box, line.bbox) <= BULLET_GAP * line.size
            ):
                return True
        return False

    def crosses_sentence(self, box: Box) -> bool:
        """Whether half of a sentence-long line lies in `box`."""
        near = (self._lines[k] for k in self._line_index.near(box))
        return any(cover(line.bbox, box) > 0.5 and len(line.text) >= LONG_LINE for line in near)


def _stands_on(box: Box, line: TextLine) -> bool:
    """Whether a shape no larger than a character stands on a line of text or goes on with it."""
    axis = 0 if line.vertical else 1
    small = max(width(box), height(box)) <= BULLET_SIZE * line.size
    level = abs(centre(box)[axis] - centre(line.bbox)[axis]) <= line.size / 2
    return small and level and gap(box, line.bbox) <= BULLET_GAP * line.size


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
    page = _Page(strokes, [op.bbox for op in ops if op.kind == "shade"], lines, page_box)
    frames = [s.bbox for s, _ in strokes if s.kind == "rectangle" and _frames_text(s.bbox, page)]
    boxes = _outside_tables(_art_boxes(ops, page_box, frames), tables)
    if not boxes:
        return [], list(images), dropped
    image_boxes = [region.bbox for region in images]
    parts = boxes + image_boxes
    regions: list[Region] = []
    kept_images = set(range(len(images)))
    for members in group_boxes(parts, PIECE_GAP):
        members_images = [m - len(boxes) for m in members if m >= len(boxes)]
        art = [parts[m] for m in members if m < len(boxes)]
        if not art:
            continue
        box = union([parts[m] for m in members])
        reason = _reason_against(box, art, [image_boxes[i] for i in members_images], page)
        if reason:
            if reason != "rule":
                dropped.append(Dropped(page_number, box, reason))
            continue
        regions.append(_region(box, art, page, page_box))
        kept_images -= set(members_images)
    drawn, dropped = _rejoined(dropped, page, page_box)
    regions += drawn
    return regions, [images[i] for i in sorted(kept_images)], dropped


def _rejoined(dropped: Sequence[Dropped], page: _Page, page_box: Box) -> tuple[list[Region], list[Dropped]]:
    """Small drawn pieces that stand together (vessels in a row) made one region; and what stays dropped."""
    small = [
        d
        for d in dropped
        if d.reason == "too-small"
        and any(stroke.kind == "art" for stroke, _ in page.strokes_in(d.bbox))
        and page.text_share(d.bbox)[0] < TEXT_FILL
    ]
    regions: list[Region] = []
    used: set[int] = set()
    for members in group_boxes([d.bbox for d in small], LOOSE_GAP):
        boxes = [small[m].bbox for m in members]
        box = union(boxes)
        alone = len(members) >= MIN_ART and not page.crosses_sentence(box)
        if alone and not _reason_against(box, boxes, [], page):
            regions.append(_region(box, boxes, page, page_box))
            used.update(id(small[m]) for m in members)
    return regions, [d for d in dropped if id(d) not in used]


def _region(box: Box, art: Sequence[Box], page: _Page, page_box: Box) -> Region:
    """The region of one drawing made of `art`, with the pieces of it that stand in the margin."""
    marginal = [outside_body(piece, page_box) for piece in art]
    edge = [piece for piece, outside in zip(art, marginal, strict=True) if outside]
    inner = [piece for piece, outside in zip(art, marginal, strict=True) if not outside]
    parts = [union([edge[m] for m in members]) for members in group_boxes(edge, JOINED)]
    if parts and inner and not _reason_against(union(inner), inner, [], page):
        parts.append(union(inner))
    return Region(
        intersect(box, page_box), "drawing", _shape(box, art), tuple(intersect(p, page_box) for p in parts)
    )


def _shape(box: Box, art: Sequence[Box]) -> str:
    """A digest of how the pieces of a drawing stand in it, the same wherever it is drawn."""
    places = sorted(tuple(round(a - b) for a, b in zip(piece, box[:2] * 2, strict=True)) for piece in art)
    return hashlib.sha256(repr(places).encode()).hexdigest()[:16]


def _frames_text(box: Box, page: _Page) -> bool:
    """Whether a rectangle is the frame or the tint of running text, or of a page: captions are in it."""
    return area(box) >= FRAME_AREA and (page.text_share(box)[1] >= 2 or page.has_caption(box))


def _art_boxes(ops: Sequence[PaintOp], page_box: Box, frames: Sequence[Box]) -> list[Box]:
    """What is painted and seen on the paper, without backgrounds and the frames of text."""
    boxes = [op.bbox for op in ops if _is_art(op) and cover(page_box, op.bbox) < PAGE_SHARE]
    near = BoxIndex(frames).near_each(boxes)
    return [
        box
        for box, around in zip(boxes, near, strict=True)
        if not any(iou(box, frames[k]) > SAME_BOX for k in around)
    ]


def _is_art(op: PaintOp) -> bool:
    """Whether a paint operation can be seen on white paper and is neither image nor text."""
    white = op.kind == "fill" and op.color is not None and min(op.color) >= WHITE
    return op.kind in ("fill", "stroke", "shade") and op.alpha > UNSEEN_ALPHA and not white


def _outside_tables(boxes: Sequence[Box], tables: Sequence[Box]) -> list[Box]:
    near = BoxIndex(tables).near_each(boxes, TABLE_RIM)
    return [
        box
        for box, around in zip(boxes, near, strict=True)
        if not any(cover(grow(box, 0.5), grow(tables[k], TABLE_RIM)) > SAME_BOX for k in around)
    ]


def _is_hollow(box: Box, strokes: Sequence[Stroke]) -> bool:
    """Whether rectangles around a box and what keeps to its rim are all there is in it: a frame."""
    x, y = FRAME_RIM * width(box), FRAME_RIM * height(box)
    inner = box[0] + x, box[1] + y, box[2] - x, box[3] - y
    return all(
        not area(intersect(s.bbox, inner)) or (s.kind != "art" and cover(inner, s.bbox) > SAME_BOX)
        for s in strokes
    )


def _reason_against(box: Box, art: Sequence[Box], images: Sequence[Box], page: _Page) -> str:
    """Why a group of strokes is no figure; "" when it is one."""
    if all(is_rule(a) or min(width(a), height(a)) <= RULE_THICKNESS for a in art) and len(art) <= 3:
        return "rule"
    if not images and all(page.is_bullet(piece) for piece in art):
        return "bullet"
    if min(width(box), height(box)) < MIN_SIDE or area(box) < MIN_AREA:
        return "too-small"
    inside = page.strokes_in(box)
    if not images and area(box) >= FRAME_SHARE * page.area and _is_hollow(box, [s for s, _ in inside]):
        return "frame"
    real = [n for s, n in inside if s.kind == "art"]
    real += [1] * page.shades_in(box)
    if images:
        # Art around pictures makes one composed figure when it really draws; a bare frame changes nothing.
        if real and sum(map(area, images)) < INSET_SHARE * area(box):
            return ""  # small pictures set into a drawing: the labels and keys of a chart
        outline = any(iou(box, image) > 0.85 for image in images)
        return "frame" if outline or len(real) < MIN_ART else ""
    share, sentences = page.text_share(box)
    if share > TEXT_FILL or (sentences >= 2 and len(real) < 4 * MIN_ART):
        return "text-box"
    if len(real) >= MIN_ART or sum(real) >= MIN_CURVES:
        return ""
    solid = sum(
        s.boxes for s, _ in inside if s.kind == "rectangle" and min(width(s.bbox), height(s.bbox)) > 4
    )
    return "" if solid >= MIN_BARS and share < 0.15 else "plain-shapes"
