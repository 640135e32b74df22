"""Pairing the figures of one page with its captions: one optimisation, with groups, and its margins.

Every figure goes to one caption or to none; a caption may own several figures. The cheapest whole wins
(Hungarian method over captions repeated in slots, scipy.optimize.linear_sum_assignment). How much dearer
the page becomes when a pair is forbidden is the margin of that pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from extractors.geometry import (
    Box,
    area,
    centre,
    cover,
    gap,
    height,
    intersect,
    overlap_x,
    overlap_y,
    union,
    width,
)
from extractors.layout.candidates import Candidate
from extractors.pairing.conventions import Conventions, side_of
from extractors.records import Region

NULL_FIGURE = 3.2
"""Leaving a figure without text: dearer than any close caption, cheaper than one across the page."""
NULL_CAPTION = {"labelled": 3.0, "pointer": 0.6, "tag": 0.0, "plain": 0.0}
"""Leaving text without a figure: a printed label promises one, a line near a picture does not."""
BASE = {"labelled": 0.0, "pointer": 0.8, "tag": 1.2, "plain": 1.1}
"""What kind of text it is: the less it says that it is a caption, the dearer."""
WEAK_LABEL = 1.5
"""Per unit of missing strength of a label: running text that begins with 图3 is no bargain."""
DISTANCE = 1.3
"""Per natural log of (1 + gap in units of 2.5 characters): near captions differ, far ones hardly."""
DISTANCE_UNIT = 2.5
SIDE = 0.7
"""Weight of the book's side convention."""
MISALIGNED = 0.8
"""A caption whose ends and centre agree with no part of the figure's."""
FIGURE_BETWEEN = 1.6
"""Another figure stands between the two."""
TEXT_BETWEEN = 1.2
"""Other text stands between the two."""
SECOND_FIGURE = (1.2, 0.15)
"""A further figure for a caption that names one | for one that names several (1.… 2.…, 图3—5)."""
SAME_GROUP = 0.35
"""Reaching a caption as a member of a group of figures instead of alone."""
BODY_SIZED = 1.1
"""An unlabelled line in the size of running text."""
NUMBERED = 0.4
"""What an unlabelled line saves that begins with a number of its own (1. 罐): parts of a plate do."""
LISTED = 0.8
"""What an unlabelled line saves that names several pictures (上图：… 下图：…)."""
READ_SIZE = 0.5
"""How much type size counts where it was measured by OCR."""
HEADING_SIZE, HEADING = 1.1, 1.6
"""An unlabelled line in larger type than running text is rather a heading, and costs so much more."""
SECTION_LEVELS = 3
"""A number of so many levels (4.4.4) counts sections, not figures."""
UNUSUAL = 0.8
"""An unlabelled line in a book whose captions carry labels."""
PIECE = 0.15
"""Share of that price for a vector drawing: it is as likely one more piece of the same drawing."""
GROUP_GAP = 30.0
"""Figures at most so many points apart, with no caption between, form a group."""
DRAWING_GAP = 90.0
"""The same for vector drawings, whose parts (vessels in a row, a scale bar) stand loosely."""
FORBIDDEN = 1e6
MAX_SLOTS = 24
"""No caption owns more pictures than this."""
MARGIN_SCALE = 1.1
"""Margin at which a pair counts as 73 % sure: set by hand, docs/extraction.md says how it came out."""


@dataclass(frozen=True, slots=True)
class Match:
    """A figure (index) with its candidate (index) on one page."""

    figure: int
    candidate: int
    cost: float
    margin: float
    side: str

    @property
    def confidence(self) -> float:
        """0..1, from the margin."""
        return 1.0 / (1.0 + exp(-self.margin / MARGIN_SCALE))


def pair_page(
    figures: Sequence[Region],
    candidates: Sequence[Candidate],
    texts: Sequence[Box],
    conventions: Conventions,
) -> list[Match]:
    """The best pairing of one page; `texts` are the boxes of all its text blocks (points)."""
    if not figures or not candidates:
        return []
    edges = edge_costs(figures, candidates, texts, conventions)
    further = np.array([PIECE if figure.source == "drawing" else 1.0 for figure in figures])
    chosen, total = _solve(edges, candidates, further)
    found = []
    for figure, candidate in sorted(chosen.items()):
        without = edges.copy()
        without[figure, candidate] = FORBIDDEN
        margin = max(0.0, _solve(without, candidates, further)[1] - total)
        side = side_of(figures[figure].bbox, candidates[candidate].bbox)
        found.append(Match(figure, candidate, float(edges[figure, candidate]), margin, side))
    return found


def edge_costs(
    figures: Sequence[Region],
    candidates: Sequence[Candidate],
    texts: Sequence[Box],
    conventions: Conventions,
) -> NDArray[np.float64]:
    """Cost of each figure with each candidate: an array figures x candidates."""
    groups = figure_groups(figures, candidates, conventions)
    of_figure = {index: members for members in groups for index in members}
    costs = np.full((len(figures), len(candidates)), FORBIDDEN)
    boxes = [figure.bbox for figure in figures]
    away = [[box for box in texts if not area(intersect(box, c.bbox))] for c in candidates]
    for i, figure in enumerate(boxes):
        others = [box for k, box in enumerate(boxes) if k != i]
        members = of_figure[i]
        outside = [box for k, box in enumerate(boxes) if k not in members]
        whole = union([boxes[k] for k in members])
        for j, (candidate, blocks) in enumerate(zip(candidates, away, strict=True)):
            alone = _edge(figure, candidate, others, blocks, conventions)
            if len(members) > 1:
                together = _edge(whole, candidate, outside, blocks, conventions) + SAME_GROUP
                alone = min(alone, together)
            costs[i, j] = alone
    return costs


def figure_groups(
    figures: Sequence[Region], candidates: Sequence[Candidate], conventions: Conventions
) -> list[list[int]]:
    """Figures that stand together with no caption between: pictures close by, drawn parts farther."""

    captions = [c for c in candidates if c.kind in ("labelled", "pointer")]
    texts = [c.bbox for c in candidates if c.kind != "tag"]
    owners = [_own_caption(figure, captions, conventions) for figure in figures]

    def together(a: list[int], b: list[int]) -> bool:
        if len({owners[i] for i in (*a, *b)} - {None}) > 1:
            return False  # neighbours with a caption each, as in two columns
        drawn = all(figures[i].source == "drawing" for i in (*a, *b))
        first, second = (union([figures[i].bbox for i in part]) for part in (a, b))
        if gap(first, second) > (DRAWING_GAP if drawn else GROUP_GAP):
            return False
        between = _between(first, second)
        return not any(cover(text, between) > 0.5 for text in texts)

    groups = [[i] for i in range(len(figures))]
    i = 0
    while i < len(groups):
        partner = next((j for j in range(i + 1, len(groups)) if together(groups[i], groups[j])), None)
        if partner is None:
            i += 1
        else:
            groups[i] += groups.pop(partner)
            i = 0
    return groups


def _own_caption(figure: Region, captions: Sequence[Candidate], conventions: Conventions) -> int | None:
    """The caption beside a figure, on the side where this book sets them; None when none is near."""

    def cost(k: int) -> float:
        caption = captions[k]
        side = conventions.side_cost(side_of(figure.bbox, caption.bbox), vertical=caption.vertical)
        return _distance_cost(figure.bbox, caption) + 2 * SIDE * side

    reach = DRAWING_GAP if figure.source == "drawing" else GROUP_GAP
    aside = ("corner", "inside")
    near = [k for k, c in enumerate(captions) if side_of(figure.bbox, c.bbox) not in aside]
    best = min(near, key=cost, default=None)
    return best if best is not None and gap(figure.bbox, captions[best].bbox) <= reach else None


def _distance_cost(figure: Box, candidate: Candidate) -> float:
    return DISTANCE * log1p(gap(figure, candidate.bbox) / (DISTANCE_UNIT * candidate.size))


def _between(a: Box, b: Box) -> Box:
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


def _edge(
    figure: Box, candidate: Candidate, others: Sequence[Box], texts: Sequence[Box], conventions: Conventions
) -> float:
    caption = candidate.bbox
    side = side_of(figure, caption)
    cost = BASE[candidate.kind]
    if candidate.kind == "labelled":
        cost += WEAK_LABEL * (1.0 - candidate.strength)
    elif candidate.kind == "plain":
        cost += _plain_cost(candidate, conventions)
    cost += _distance_cost(figure, candidate)
    cost += SIDE * conventions.side_cost(side, vertical=candidate.vertical)
    cost += MISALIGNED * _misalignment(figure, caption, side)
    strip = _between(figure, caption)
    if area(strip) > 0:
        cost += FIGURE_BETWEEN * any(_blocks(box, strip) for box in others)
        cost += TEXT_BETWEEN * any(_blocks(box, strip) for box in texts)
    return float(cost)


def _blocks(box: Box, strip: Box) -> bool:
    """Whether a box stands in the way between a figure and a caption."""
    if box[0] >= strip[2] or strip[0] >= box[2] or box[1] >= strip[3] or strip[1] >= box[3]:
        return False
    return area(intersect(box, strip)) > 0.25 * min(area(box), area(strip))


def _plain_cost(candidate: Candidate, conventions: Conventions) -> float:
    """What speaks for and against an unlabelled line, by its number, its parts and its type."""
    levels = len(candidate.number.key) if candidate.number is not None and candidate.body else 0
    numbered = 0 < levels < SECTION_LEVELS
    listed = len(candidate.parts) >= 2
    body = conventions.body_size
    cost = UNUSUAL * (conventions.labelled and not numbered) - NUMBERED * numbered - LISTED * listed
    if body is None:
        return cost
    if candidate.confidence < 1.0:  # the size of a line read by OCR is the height of its ink
        return cost + READ_SIZE * BODY_SIZED * (candidate.size >= body and not listed)
    if candidate.size >= HEADING_SIZE * body:
        return cost + HEADING
    if candidate.size >= 0.97 * body and not listed:
        return cost + BODY_SIZED
    return cost


def _misalignment(figure: Box, caption: Box, side: str) -> float:
    """0 when centres or ends agree, 1 when nothing does."""
    if side in ("below", "above"):
        a, b, extent = (figure[0], figure[2]), (caption[0], caption[2]), width(figure)
        middle = abs(centre(figure)[0] - centre(caption)[0])
    elif side in ("left", "right"):
        a, b, extent = (figure[1], figure[3]), (caption[1], caption[3]), height(figure)
        middle = abs(centre(figure)[1] - centre(caption)[1])
    else:
        return 1.0 if side == "corner" else 0.3
    off = min(abs(a[0] - b[0]), abs(a[1] - b[1]), middle)
    return min(1.0, off / max(0.25 * extent, 12.0))


def _solve(
    edges: NDArray[np.float64], candidates: Sequence[Candidate], further: NDArray[np.float64]
) -> tuple[dict[int, int], float]:
    """The cheapest whole: figure -> candidate, and its cost.

    `further` weighs, figure by figure, what it costs to be a caption's second or later figure.

    Columns are slots: for each caption a first one, which saves the cost of leaving the caption alone, and
    further ones; then one column a figure for going without text.
    """
    figures = edges.shape[0]
    columns, owners = [], []
    for j, candidate in enumerate(candidates):
        saved = NULL_CAPTION[candidate.kind] * (candidate.strength if candidate.kind == "labelled" else 1.0)
        for slot in range(1 if candidate.kind == "tag" else min(figures, MAX_SLOTS)):
            extra = 0.0 if slot == 0 else SECOND_FIGURE[1 if slot < candidate.plural else 0]
            columns.append(edges[:, j] + extra * further - (saved if slot == 0 else 0.0))
            owners.append(j)
    nothing = np.full((figures, figures), FORBIDDEN)
    np.fill_diagonal(nothing, NULL_FIGURE)
    table = np.column_stack([*columns, nothing])
    rows, cols = linear_sum_assignment(table)
    chosen = {int(r): owners[c] for r, c in zip(rows, cols, strict=True) if c < len(owners)}
    return chosen, float(table[rows, cols].sum())
