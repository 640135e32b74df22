"""How sure a pair is: one calibration for all rules, born-digital books and scans.

The margin speaks for a pair, doubts against it; `python -m extractors.fitting` fits what each counts on
labelled books and reports how it does on families left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import exp

from extractors.geometry import Box, area, intersect, overlap_x, overlap_y
from extractors.grouping import BoxIndex
from extractors.layout.blocks import Block
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.records import Region

NEXT_TO = 1.0
"""Boxes of lines that follow one another overlap by this many points at most."""
SHORT_LINES = 3
"""A paragraph has more lines than this."""
MOST_MARGIN = 4.0
"""A larger margin says no more than this one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rest of the book says of a pair."""

    alike: int = 1
    """How many pairs of the book were found in the same way, this one among them."""
    left_over: float = 0.0
    """Share of the book's figures and labelled captions that were left without the other, 0..1."""
    followed: bool = False
    """Whether a short text that no pair uses follows its caption closely: the caption may go on."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each of the features counts; the odds of a pair without margin and without doubt are even."""

    margin: float = 1.46
    scan: float = 0.5
    """The figure was seen in the picture of a page, not in the file."""
    unsure: float = 1.5
    """1 - `Region.score`."""
    drawing: float = 1.17
    """The figure is made of strokes: pieces may be lost."""
    alone: float = 0.48
    """1 / pairs of the book found in the same way."""
    left_over: float = 0.11
    """`Evidence.left_over`."""
    followed: float = 0.86
    """`Evidence.followed`."""


ALONE = Evidence()
"""The evidence for a pair of which nothing else is known."""
WEIGHTS = Weights()
"""The weights in use."""
NAMES = tuple(field.name for field in fields(Weights))


def features_of(margin: float, region: Region, evidence: Evidence) -> Mapping[str, float]:
    """The features of a pair by the names of their weights; doubts are negative."""
    return {
        "margin": min(margin, MOST_MARGIN),
        "scan": -float(region.score < 1.0),
        "unsure": region.score - 1.0,
        "drawing": -float(region.source == "drawing"),
        "alone": -1.0 / max(1, evidence.alike),
        "left_over": -evidence.left_over,
        "followed": -float(evidence.followed),
    }


def confidence_of(
    features: Mapping[str, float], text_confidence: float = 1.0, weights: Weights = WEIGHTS
) -> float:
    """How sure a pair is, 0..1: no surer than its text is read."""
    odds = sum(getattr(weights, name) * amount for name, amount in features.items())
    return min(text_confidence, 1.0 / (1.0 + exp(-odds)))


def evidence_of(
    ways: Sequence[str], captions: Sequence[Candidate | None], left_over: float, layouts: Sequence[PageLayout]
) -> list[Evidence]:
    """The evidence for each of the pairs of a book, found in these `ways` with these `captions`."""
    alike = Counter(ways)
    used: defaultdict[int, list[Box]] = defaultdict(list)
    for caption in captions:
        if caption is not None:
            used[caption.page].append(caption.bbox)
    unused = {layout.page: _Unused(layout, used[layout.page]) for layout in layouts if layout.page in used}
    return [
        Evidence(alike[way], left_over, caption is not None and unused[caption.page].follow(caption))
        for way, caption in zip(ways, captions, strict=True)
    ]


class _Unused:
    """The short blocks of a page that no caption holds."""

    def __init__(self, layout: PageLayout, used: Sequence[Box]) -> None:
        taken = BoxIndex(used).near_each([block.bbox for block in layout.blocks])
        self._blocks = [
            block
            for block, near in zip(layout.blocks, taken, strict=True)
            if len(block.lines) <= SHORT_LINES
            and not any(area(intersect(block.bbox, used[k])) > 0 for k in near)
        ]
        self._index = BoxIndex([block.bbox for block in self._blocks])

    def follow(self, caption: Candidate) -> bool:
        """Whether one stands right below a caption (vertical text: to its left)."""
        near = self._index.near(caption.bbox, max(caption.size, NEXT_TO))
        return any(_follows(self._blocks[k], caption) for k in near)


def _follows(block: Block, caption: Candidate) -> bool:
    box, other = caption.bbox, block.bbox
    apart = box[0] - other[2] if caption.vertical else other[1] - box[3]
    common = overlap_y(box, other) if caption.vertical else overlap_x(box, other)
    return block.vertical == caption.vertical and -NEXT_TO <= apart <= caption.size and common > 0
