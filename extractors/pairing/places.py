"""Where a short line stands at its picture, and how often in the book: the names in a grid of seals.

One such line may be a heading or a remnant of text; that it stands so at picture after picture is what tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from extractors.geometry import Box, gap, overlap_x
from extractors.grouping import BoxIndex
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.layout.candidates import DETAIL_LENGTH, FAR_REACH

NEAR = 2.0
"""Such a line stands within this many characters of its picture."""
STEP = 3.0
"""Points by which a place may differ and still be the same."""

Place = tuple[str, int, int, int]
"""Side and what is aligned; distance and offset in steps; size of the type in half points."""


def usual_places(layouts: Iterable[PageLayout]) -> Mapping[Place, int]:
    """How many figures of a book have a line without label at each place."""
    counts: Counter[Place] = Counter()
    for layout in layouts:
        boxes = [figure.bbox for figure in layout.figures]
        at: set[tuple[int, Place]] = set()
        lines = [c for c in layout.candidates if c.kind == "plain"]
        for line, near in zip(lines, BoxIndex(boxes).nearest([c.bbox for c in lines], 1), strict=True):
            at.update((i, place) for i in near for place in places_of(boxes[i], line))
        counts.update(place for _, place in at)
    return counts


def places_of(figure: Box, line: Candidate) -> frozenset[Place]:
    """The places at which a short line stands: by its left edge and by its centre; none for one far off."""
    text = line.bbox
    near = gap(figure, text) <= NEAR * line.size
    flush = text[2] <= figure[0] and gap(figure, text) <= FAR_REACH
    if len(line.title) > DETAIL_LENGTH or not (near or flush) or line.text.endswith("。"):
        return frozenset()
    size = round(2 * line.size)
    if overlap_x(figure, text) > 0:
        below = text[1] + text[3] > figure[1] + figure[3]
        side, apart = ("below", text[1] - figure[3]) if below else ("above", figure[1] - text[3])
        ends, figure_ends = (text[0], text[2]), (figure[0], figure[2])
    else:
        right = text[0] >= figure[2]
        side, apart = ("right", text[0] - figure[2]) if right else ("left", figure[0] - text[2])
        ends, figure_ends = (text[1], text[3]), (figure[1], figure[3])
    offs = {"start": ends[0] - figure_ends[0], "end": ends[1] - figure_ends[1]}
    offs["middle"] = (offs["start"] + offs["end"]) / 2
    found: set[Place] = set()
    if near:
        found = {
            (f"{side} {name}", round(apart / STEP), round(off / STEP), size) for name, off in offs.items()
        }
    if flush:  # lines beside a picture may begin at one distance from it, whatever their length
        far = round((figure[0] - text[0]) / STEP)
        found |= {(f"flush {name}", far, round(off / STEP), size) for name, off in offs.items()}
    return frozenset(found)
