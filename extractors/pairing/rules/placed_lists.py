"""Lines of a list that name their pictures by place: 左上　飞天, 右下　藻井."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from extractors.geometry import Box, centre, height, union, width
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef

LEAST_LINES = 2
"""One line with a place is no list."""
FAR = 0.75
"""A picture is at its place when its centre is nearer to it than this share of all pictures' extent."""
AXES = (("左", "右"), ("上", "下"))
"""The words for the ends of each axis."""


class PlacedLists:
    """A line goes to the picture that is at its place among the pictures of the page."""

    name = "placed-list"
    claims: Claim = "line"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        limit = book.costs.decided("panel_by_place")
        for layout in book.layouts:
            lines = [
                (TextRef("page", layout.page, j), c.place)
                for j, c in enumerate(book.candidates[layout.page])
                if c.kind == "plain" and c.place and c.body
            ]
            places = [place for _, place in lines]
            if len(set(places)) < max(LEAST_LINES, len(places)) or len(places) > len(layout.figures):
                continue
            for line, figure in at_places(places, [figure.bbox for figure in layout.figures]).items():
                features = {"key_agrees": 1.0}
                yield Proposal((layout.page, figure), lines[line][0], features, self.name, self.claims, limit)


def at_places(places: Sequence[str], boxes: Sequence[Box]) -> dict[int, int]:
    """Place -> box (indices), where every place has a box near it among `boxes`; else nothing."""
    around = union(boxes)
    apart = np.array([[_distance(place, box, around) for box in boxes] for place in places])
    rows, columns = linear_sum_assignment(apart)
    if apart[rows, columns].max() > FAR:
        return {}
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True)}


def _distance(place: str, box: Box, around: Box) -> float:
    """How far a box is from its place in `around`, in shares of its extent; an axis not named counts half."""
    at = [
        (value - low) / max(1.0, extent)
        for value, low, extent in zip(centre(box), around[:2], (width(around), height(around)), strict=True)
    ]
    total = 0.0
    for value, (first, last) in zip(at, AXES, strict=True):
        if first in place or last in place:
            total += abs(value - (1.0 if last in place else 0.0))
        else:
            total += abs(value - 0.5) / 2
    return total
