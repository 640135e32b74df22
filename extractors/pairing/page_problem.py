"""The figures of one page and the texts they may own, and how far apart they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

from extractors.geometry import Box, gap, overlap_x, overlap_y, union
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.pairing.conventions import Conventions
from extractors.records import Region

DISTANCE_UNIT = 2.5
"""Character heights that count as one step of distance."""
LABEL_LENGTH = 8
"""Characters: longer text is no label of a drawing's part."""


@dataclass(frozen=True, slots=True)
class PageProblem:
    """The figures of one page and the texts they may own."""

    figures: Sequence[Region]
    candidates: Sequence[Candidate]
    texts: Sequence[Box]
    """Boxes of all text blocks of the page, in points."""
    conventions: Conventions


def page_problem(
    layout: PageLayout, candidates: Sequence[Candidate], conventions: Conventions
) -> PageProblem:
    """All figures of a page with some of its candidates."""
    texts = [block.bbox for block in layout.blocks if len(block.text) > LABEL_LENGTH]
    return PageProblem(layout.figures, candidates, texts, conventions)


def distance_of(figure: Box, candidate: Candidate) -> float:
    """How far a text is from a figure, as its price grows: by the logarithm, in characters of the text."""
    return distance_between(figure, candidate.bbox, candidate.size)


def distance_between(figure: Box, text: Box, size: float) -> float:
    """`distance_of` for a text in a box, set in type of a `size` (points)."""
    return log1p(gap(figure, text) / (DISTANCE_UNIT * size))


def between(a: Box, b: Box) -> Box:
    """The strip between two boxes, as wide as what they share."""
    if overlap_x(a, b) > 0:
        x0, x1 = max(a[0], b[0]), min(a[2], b[2])
        y0, y1 = sorted((min(a[3], b[3]), max(a[1], b[1])))
        return x0, y0, x1, y1
    if overlap_y(a, b) > 0:
        y0, y1 = max(a[1], b[1]), min(a[3], b[3])
        x0, x1 = sorted((min(a[2], b[2]), max(a[0], b[0])))
        return x0, y0, x1, y1
    return union([a, b])


def has_word(caption: Candidate) -> bool:
    """Whether a caption's label is a word (图3), not a number alone."""
    return caption.label is not None and bool(caption.label.word)
