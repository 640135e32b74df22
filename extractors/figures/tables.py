"""Ruled tables: grids of cells and three-line tables. Tables are not figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry import Box, area, cover, grow, height, overlap_x, union, width
from extractors.grammar.captions import parse_label
from extractors.grouping import BoxIndex, group_boxes
from extractors.records import TextLine

RULE_THICKNESS = 2.5
"""Thicker strokes are bars of a chart, not rules (points)."""
MIN_RULE = 24.0
"""Shorter strokes are ticks, hatching or underlines (points)."""
SAME_SPAN = 4.0
"""Rules of one table agree in their ends to this many points."""
MAX_ROW = 160.0
"""Two rules of one table are never farther apart than a tall cell (points)."""
MAX_BODY = 480.0
"""The body of a three-line table is at most so high (points)."""
MIN_HEAD = 4.0
"""Nearer rules are one double rule (points)."""
FULL_LINE = 0.8
"""A line this wide, as a share of the rules, is running text: cells are shorter."""
CROSSING = 1.5
"""Rules and cells of one grid touch: rounding leaves at most this many points between them."""
MIN_TABLE_LINES = 3
"""A table holds at least this many text lines."""
MAX_ART = 4
"""This many curves, diagonals or solid shapes inside make it a drawing or a chart, not a table."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A piece of vector art: its box and whether it is a straight rule, a plain rectangle or real drawing."""

    bbox: Box
    kind: str
    """rule | rectangle | art"""
    boxes: int = 1
    """How many rectangles one path draws: the bars of a chart can be a single path."""


def is_rule(box: Box) -> bool:
    """A thin, long, upright or level line."""
    return (height(box) <= RULE_THICKNESS and width(box) >= MIN_RULE) or (
        width(box) <= RULE_THICKNESS and height(box) >= MIN_RULE
    )


def find_tables(strokes: Sequence[Stroke], lines: Sequence[TextLine]) -> list[Box]:
    """Boxes of the ruled tables (points), found from rules and the text between them."""
    rules = [s.bbox for s in strokes if s.kind == "rule"]
    cells = [s.bbox for s in strokes if s.kind == "rectangle" and height(s.bbox) <= MAX_ROW]
    art = [s.bbox for s in strokes if s.kind == "art"]
    printed, drawn = BoxIndex([line.bbox for line in lines]), BoxIndex(art)
    tables = []
    for box in _grids(rules, cells) + _three_line_tables(rules, lines):
        inside = sum(cover(lines[k].bbox, box) > 0.8 for k in printed.near(box))
        drawing = sum(cover(art[k], grow(box, 1.0)) > 0.8 for k in drawn.near(box, 1.0))
        if inside >= MIN_TABLE_LINES and drawing < MAX_ART:
            tables.append(box)
    groups = group_boxes(tables, 0.0, lambda a, b: cover(a, b) > 0.5 or cover(b, a) > 0.5)
    return [union([tables[i] for i in members]) for members in groups]


def _grids(rules: Sequence[Box], cells: Sequence[Box]) -> list[Box]:
    """Boxes around crossing rules and touching cells."""
    parts = [*rules, *cells]
    found = []
    for members in group_boxes(parts, CROSSING):
        boxes = [parts[i] for i in members]
        level = [b for b in boxes if height(b) <= RULE_THICKNESS]
        upright = [b for b in boxes if width(b) <= RULE_THICKNESS]
        solid = [b for b in boxes if min(width(b), height(b)) > RULE_THICKNESS]
        if (len(level) >= 3 and len(upright) >= 1) or len(solid) >= 4 or (level and len(solid) >= 2):
            found.append(union(boxes))
    return found


def _three_line_tables(rules: Sequence[Box], lines: Sequence[TextLine]) -> list[Box]:
    """Boxes of tables ruled only above the head, below the head and at the foot.

    Rules of one span form a chain, cut where running text or a caption stands between two of them: the rules
    of running heads and footnotes make no table of a page.
    """
    level = sorted((r for r in rules if height(r) <= RULE_THICKNESS), key=lambda r: (r[1], r[0]))
    found: list[Box] = []
    used: set[int] = set()
    for i, first in enumerate(level):
        if i in used:
            continue
        chain = [i]
        for j in range(i + 1, len(level)):
            rule, last = level[j], level[chain[-1]]
            if rule[1] - last[3] <= MIN_HEAD or not _same_span(first, rule, len(chain)):
                continue
            if rule[1] - last[3] > MAX_BODY or _text_between(last, rule, lines):
                break
            chain.append(j)
        if len(chain) >= 3:
            used.update(chain)
            found.append(union([level[k] for k in chain]))
    return [box for box in found if area(box) > 0]


def _same_span(first: Box, rule: Box, rules: int) -> bool:
    """Whether a rule belongs under the first one; the second of a table may be shorter (a head's part)."""
    same = abs(rule[0] - first[0]) <= SAME_SPAN and abs(rule[2] - first[2]) <= SAME_SPAN
    return same or (rules == 1 and overlap_x(rule, first) >= 0.95 * width(rule))


def _text_between(above: Box, below: Box, lines: Sequence[TextLine]) -> bool:
    """Whether running text or a caption stands between two rules, so that they are not of one table."""
    strip = (above[0], above[3], above[2], below[1])
    inside = [
        line
        for line in lines
        if strip[1] <= (line.bbox[1] + line.bbox[3]) / 2 <= strip[3] and cover(line.bbox, strip) > 0.8
    ]
    wide = sum(width(line.bbox) >= FULL_LINE * width(above) for line in inside)
    return wide >= 2 or any(parse_label(line.text) is not None for line in inside)
