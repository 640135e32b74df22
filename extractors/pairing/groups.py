"""Figures of a page that stand together and may share a caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry import Box, cover, gap, union
from extractors.grouping import BoxIndex, merge_nearest_first
from extractors.layout.candidate import Candidate
from extractors.pairing.conventions import Conventions, side_of
from extractors.pairing.costs import PairingCosts
from extractors.pairing.page_problem import PageProblem, between, distance_of, has_word
from extractors.records import Region

GROUP_GAP = 30.0
"""Figures at most this many points apart, with no caption between, form a group."""
DRAWING_GAP = 90.0
"""The same for vector drawings, whose parts (vessels in a row, a scale bar) stand loosely."""


def figure_groups(problem: PageProblem, costs: PairingCosts) -> list[list[int]]:
    """Figures that stand together with no caption between: pictures close by, drawn parts farther.

    Neighbours are merged, nearest first, while the whole stays free of text and of two captions.
    """
    figures, candidates = problem.figures, problem.candidates
    captions = [c for c in candidates if c.kind in ("labelled", "pointer")]
    texts = [c.bbox for c in candidates if c.kind != "tag"]
    index = BoxIndex(texts)
    owners = _own_captions(figures, captions, problem.conventions, costs)
    boxes = [figure.bbox for figure in figures]

    def merged(a: _Group, b: _Group) -> _Group | None:
        if a.owner is not None and b.owner is not None and a.owner != b.owner:
            return None  # neighbours with a caption each, as in two columns
        drawn = a.drawn and b.drawn
        if gap(a.box, b.box) > (DRAWING_GAP if drawn else GROUP_GAP):
            return None
        strip = between(a.box, b.box)
        if any(cover(texts[k], strip) > 0.5 for k in index.near(strip)):
            return None
        return _Group(union([a.box, b.box]), b.owner if a.owner is None else a.owner, drawn)

    singles = [
        _Group(figure.bbox, owner, figure.source == "drawing")
        for figure, owner in zip(figures, owners, strict=True)
    ]
    return merge_nearest_first(boxes, DRAWING_GAP, singles, merged)


@dataclass(frozen=True, slots=True)
class _Group:
    """Figures that stand together."""

    box: Box
    """Around all of them."""
    owner: int | None
    """The caption (index) that one of them has beside it."""
    drawn: bool
    """Whether all are vector drawings."""


def _own_captions(
    figures: Sequence[Region], captions: Sequence[Candidate], conventions: Conventions, costs: PairingCosts
) -> list[int | None]:
    """For each figure the caption (index) beside it, as `_own_caption` finds it."""
    boxes = [figure.bbox for figure in figures]
    near = BoxIndex([c.bbox for c in captions]).near_each(boxes, DRAWING_GAP)
    around = BoxIndex(boxes)
    nearest = [
        min((gap(boxes[k], c.bbox) for k in around.near(c.bbox, DRAWING_GAP)), default=DRAWING_GAP)
        for c in captions
    ]
    return [
        _own_caption(figure, captions, found, nearest, conventions, costs)
        for figure, found in zip(figures, near, strict=True)
    ]


def _own_caption(
    figure: Region,
    captions: Sequence[Candidate],
    near: Sequence[int],
    nearest: Sequence[float],
    conventions: Conventions,
    costs: PairingCosts,
) -> int | None:
    """The caption beside a figure, on the side where this book sets them; None when none is near.

    `near` are the captions within reach, `nearest` the distance (points) of each caption's nearest figure.
    """

    def cost(k: int) -> float:
        caption = captions[k]
        side = conventions.side_cost(
            side_of(figure.bbox, caption.bbox),
            vertical=caption.vertical,
            labelled=has_word(caption),
        )
        return costs.distance * distance_of(figure.bbox, caption) + 2 * costs.side * side

    reach = DRAWING_GAP if figure.source == "drawing" else GROUP_GAP
    aside = ("corner", "inside")
    beside = [k for k in near if side_of(figure.bbox, captions[k].bbox) not in aside]
    best = min(beside, key=cost, default=None)
    if best is None:
        return None
    apart = gap(figure.bbox, captions[best].bbox)
    # A caption right at another figure is that one's, however near it stands to this.
    return best if apart <= reach and apart <= 2 * nearest[best] + captions[best].size else None
