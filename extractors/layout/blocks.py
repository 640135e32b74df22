"""Blocks: the lines of a page gathered into paragraphs, captions and headings by their geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from extractors.geometry import (
    Box,
    area,
    centre,
    cover,
    height,
    intersect,
    overlap_x,
    overlap_y,
    union,
    width,
)
from extractors.grammar.cleaning import clean_text, join_lines
from extractors.grouping import BoxIndex
from extractors.records import PageContent, TextLine

LEADING = 2.1
"""Lines of one block follow each other within so many character heights, centre to centre."""
SAME_SIZE = 0.07
"""Lines of one block are set in one size; other sizes are other things (data under a caption) ..."""
SAME_SIZE_READ = 0.25
"""... but sizes read by OCR are heights of ink, and differ by this share with the characters in a line."""
INDENT = 1.5
"""A first line is indented by at least so many characters."""
SET_OFF = 3.0
"""A first line is indented by less than this many characters."""
EARLY_END = 2.0
"""A line that ends so many characters before the right edge of its block ends a paragraph."""
COLUMN_STEP = 2.2
"""Vertical lines of one block follow each other within so many characters, centre to centre."""
WALL = 2.0
"""A figure stands between two lines when it reaches so many points into their box: boxes of type overlap."""
INNER_TEXT = 0.75
"""A line belongs to a figure's inside when this share of it lies there."""
SENTENCE_ENDS = "。！？!?」』”；;"


@dataclass(frozen=True)
class Block:
    """Lines that belong together. Boxes in points. Asked often, so what is worked out is kept."""

    page: int
    lines: tuple[TextLine, ...]

    @cached_property
    def bbox(self) -> Box:
        return union([line.bbox for line in self.lines])

    @cached_property
    def text(self) -> str:
        """All lines joined: without spaces in Chinese, with them in English."""
        return clean_text(join_lines([line.text for line in self.lines], vertical=self.vertical))

    @cached_property
    def size(self) -> float:
        """Size of a character in points (the median over the lines)."""
        return sorted(line.size for line in self.lines)[len(self.lines) // 2]

    @property
    def vertical(self) -> bool:
        return self.lines[0].vertical

    @property
    def bold(self) -> bool:
        return self.lines[0].bold

    @property
    def confidence(self) -> float:
        """Mean confidence of the lines, weighted by their length, 0..1."""
        total = sum(len(line.text) for line in self.lines) or 1
        return sum(line.confidence * len(line.text) for line in self.lines) / total


def outside_text(page: PageContent, figures: Sequence[Box]) -> list[TextLine]:
    """The lines of a page that stand outside its figures and tables."""
    closed = [*figures, *page.tables]
    return [line for line in page.lines if not any(cover(line.bbox, box) >= INNER_TEXT for box in closed)]


def build_blocks(
    lines: Sequence[TextLine],
    page: int,
    walls: Sequence[Box],
    starts: Callable[[str, Sequence[TextLine]], bool],
) -> list[Block]:
    """Gather `lines` into blocks in reading order of their first lines.

    `walls` are boxes (figures) no block crosses; `starts(text, lines above)` says whether a line begins
    something new (a caption label, an entry heading, a labelled paragraph).
    """
    flat = sorted((n for n in lines if not n.vertical), key=lambda n: (round(n.bbox[1], 1), n.bbox[0]))
    upright = sorted((n for n in lines if n.vertical), key=lambda n: (-round(n.bbox[2], 1), n.bbox[1]))
    groups: list[list[TextLine]] = []
    closed = _Walls(walls)
    for ordered, fits in ((flat, _continues_down), (upright, _continues_left)):
        open_groups: list[list[TextLine]] = []
        largest = max((line.size for line in ordered), default=0.0)
        for line in ordered:
            groups += [g for g in open_groups if _is_past(g[-1], line, largest)]
            open_groups = [g for g in open_groups if not _is_past(g[-1], line, largest)]
            fitting = [g for g in open_groups if fits(g, line) and not closed.between(g[-1], line)]
            group = min(fitting, key=lambda g: _distance(g[-1], line)) if fitting else None
            if group is None or starts(line.text, group) or _new_paragraph(group, line):
                open_groups.append([line])
            else:
                group.append(line)
            if group is not None and group[-1] is not line:
                open_groups.remove(group)
                groups.append(group)
        groups += open_groups
    blocks = [Block(page, tuple(group)) for group in groups]
    return sorted(blocks, key=lambda b: _reading_key(b))


def _reading_key(block: Block) -> tuple[float, float]:
    box = block.bbox
    return (-box[2], box[1]) if block.vertical else (box[1], box[0])


def _distance(a: TextLine, b: TextLine) -> float:
    (ax, ay), (bx, by) = centre(a.bbox), centre(b.bbox)
    return abs(ay - by) if not a.vertical else abs(ax - bx)


def _is_past(last: TextLine, line: TextLine, largest: float) -> bool:
    """Whether neither `line` nor any after it can go on after `last`; no line is larger than `largest`."""
    (x, y), size = centre(last.bbox), max(last.size, largest)
    if line.vertical:
        return x - line.bbox[2] > COLUMN_STEP * size + 1.0
    return line.bbox[1] - y > LEADING * size + 1.0


def _alike(a: TextLine, b: TextLine) -> bool:
    allowed = SAME_SIZE if a.confidence == b.confidence == 1.0 else SAME_SIZE_READ
    return abs(a.size - b.size) <= allowed * max(a.size, b.size)


def _continues_down(group: Sequence[TextLine], line: TextLine) -> bool:
    last = group[-1]
    step = centre(line.bbox)[1] - centre(last.bbox)[1]
    size = max(last.size, line.size)
    if not (0.4 * size < step <= LEADING * size and _alike(last, line)):
        return False
    if len(group) >= 2:  # the leading of a block is even
        known = centre(last.bbox)[1] - centre(group[-2].bbox)[1]
        if step > 1.35 * known + 0.1 * size:
            return False
    return overlap_x(last.bbox, line.bbox) >= 0.4 * min(width(last.bbox), width(line.bbox))


def _continues_left(group: Sequence[TextLine], line: TextLine) -> bool:
    last = group[-1]
    step = centre(last.bbox)[0] - centre(line.bbox)[0]
    size = max(last.size, line.size)
    if not (0.4 * size < step <= COLUMN_STEP * size and _alike(last, line)):
        return False
    return overlap_y(last.bbox, line.bbox) >= 0.4 * min(height(last.bbox), height(line.bbox))


def _new_paragraph(group: Sequence[TextLine], line: TextLine) -> bool:
    """Whether `line` begins a paragraph after the lines of `group`, by indent and by an early end."""
    last = group[-1]
    first_at, last_end = (1, 3) if line.vertical else (0, 2)
    left = min(n.bbox[first_at] for n in group)
    right = max(n.bbox[last_end] for n in group)
    ended = last.text[-1:] in SENTENCE_ENDS
    early = last.bbox[last_end] < right - EARLY_END * last.size
    indented = line.bbox[first_at] >= left + INDENT * line.size
    if len(group) == 1:  # one line shows neither an indent nor an end
        return _centred_over(last, line) or _is_set_off(last, line)
    return ended and (indented or early)


def _centred_over(above: TextLine, line: TextLine) -> bool:
    """Whether a short line is in the middle over a line that begins a paragraph."""
    at, end = (1, 3) if line.vertical else (0, 2)
    before, behind = above.bbox[at] - line.bbox[at], line.bbox[end] - above.bbox[end]
    shorter = min(before, behind) >= EARLY_END * line.size
    return shorter and abs(before - behind) >= line.size  # an indent moves the middle of the first line


def _is_set_off(above: TextLine, line: TextLine) -> bool:
    """Whether a line begins and ends well before the line above: that one is centred, this one is not."""
    at, end = (1, 3) if line.vertical else (0, 2)
    before, behind = above.bbox[at] - line.bbox[at], line.bbox[end] - above.bbox[end]
    return before > SET_OFF * line.size and behind < -line.size


class _Walls:
    """Boxes that no block crosses."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._boxes = boxes
        self._index = BoxIndex(boxes)

    def between(self, a: TextLine, b: TextLine) -> bool:
        """Whether one of them parts two lines."""
        both = union([a.bbox, b.bbox])
        for wall in (self._boxes[k] for k in self._index.near(both)):
            common = intersect(wall, both)
            if area(common) <= 0:
                continue
            covered = max(cover(common, a.bbox), cover(common, b.bbox))
            if covered < 0.5 and min(width(common), height(common)) > WALL:
                return True
        return False
