"""What lies between one figure and one text of a page, measured: the features that `costs` puts prices on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p

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
from extractors.grammar.caption_text import Direction
from extractors.layout.candidates import PLAIN_REACH, Candidate
from extractors.pairing.conventions import Conventions, Side, side_of
from extractors.pairing.costs import PairingCosts
from extractors.records import Region

DISTANCE_UNIT = 2.5
"""Character heights that count as one step of distance."""
READ_SIZE = 0.5
"""How much type size counts where it was measured by OCR."""
HEADING_SIZE = 1.1
"""Type so much larger than running text is a heading's."""
BODY_SIZE = 0.97
"""Type of this share of running text's size is running text's."""
SAME_TYPE = 0.04
"""Sizes that differ by less than this share are one size."""
CAPTION_TYPE = 0.5
"""How much the want of a label and an unusual side count where a line is set in the book's caption type."""
SECTION_LEVELS = 3
"""A number of so many levels (4.4.4) counts sections, not figures."""
MEMBER_DISTANCE = 0.1
"""How much a member's own distance counts beside its group's: of equals the nearer one has the text."""
GROUP_GAP = 30.0
"""Figures at most so many points apart, with no caption between, form a group."""
DRAWING_GAP = 90.0
"""The same for vector drawings, whose parts (vessels in a row, a scale bar) stand loosely."""

POINTS_TO: Mapping[Direction, Side] = {"above": "below", "below": "above", "left": "right", "right": "left"}
"""Where a pointer stands as seen from the figure it names; the others name one on another page."""

_NOTE = re.compile(r"[①-⑳*＊※†]|[〔\[［(（][0-9]{1,3}[〕\]］)）]|[0-9]{1,3} |注[释釋]?[:： ]")

Features = Mapping[str, float]
"""Name of a cost in `PairingCosts` -> how much of its matter is there."""


@dataclass(frozen=True, slots=True)
class PageProblem:
    """The figures of one page and the texts they may own."""

    figures: Sequence[Region]
    candidates: Sequence[Candidate]
    texts: Sequence[Box]
    """Boxes of all text blocks of the page, in points."""
    conventions: Conventions


def edge_features(problem: PageProblem, costs: PairingCosts) -> dict[tuple[int, int], Features]:
    """Features of each figure with each candidate, by their indices.

    A figure may reach a text alone or as a member of its group, whichever is cheaper. Pairs that cost more
    than leaving both alone are left out: they are in no cheapest whole.
    """
    figures, candidates = [figure.bbox for figure in problem.figures], problem.candidates
    away = [[box for box in problem.texts if not area(intersect(box, c.bbox))] for c in candidates]
    edges: dict[tuple[int, int], Features] = {}
    for members in figure_groups(problem, costs):
        outside = [box for k, box in enumerate(figures) if k not in members]
        whole = union([figures[k] for k in members])
        for j, (candidate, texts) in enumerate(zip(candidates, away, strict=True)):
            ceiling = costs.null_figure + saved(candidate, costs)
            together: Features | None = None
            if len(members) > 1:
                together = _edge(whole, candidate, outside, texts, problem.conventions, costs, ceiling)
            for i in members:
                others = [box for k, box in enumerate(figures) if k != i]
                alone = _edge(figures[i], candidate, others, texts, problem.conventions, costs, ceiling)
                ways = [alone, together and _as_member(together, _distance(figures[i], candidate))]
                best = min((way for way in ways if way), key=costs.price, default=None)
                if best is not None:
                    edges[i, j] = best
    return edges


def _as_member(together: Features, own_distance: float) -> Features:
    """The features of a group with a text as those of one member, at its own distance from the text."""
    distance = together["distance"] + MEMBER_DISTANCE * own_distance
    return {**together, "distance": distance, "same_group": 1.0}


def saved(candidate: Candidate, costs: PairingCosts) -> float:
    """What it would cost to leave this text without a figure."""
    return costs.price(null_features(candidate))


def null_features(candidate: Candidate) -> Features:
    """The features of a text left without a figure: a printed label promises one, a bare line does not."""
    if candidate.kind == "labelled":
        return {"null_labelled": candidate.strength}
    return {"null_pointer": 1.0} if candidate.kind == "pointer" else {}


def figure_groups(problem: PageProblem, costs: PairingCosts) -> list[list[int]]:
    """Figures that stand together with no caption between: pictures close by, drawn parts farther."""
    figures, candidates = problem.figures, problem.candidates
    captions = [c for c in candidates if c.kind in ("labelled", "pointer")]
    texts = [c.bbox for c in candidates if c.kind != "tag"]
    owners = [_own_caption(figure, figures, captions, problem.conventions, costs) for figure in figures]

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


def _own_caption(
    figure: Region,
    figures: Sequence[Region],
    captions: Sequence[Candidate],
    conventions: Conventions,
    costs: PairingCosts,
) -> int | None:
    """The caption beside a figure, on the side where this book sets them; None when none is near."""

    def cost(k: int) -> float:
        caption = captions[k]
        side = conventions.side_cost(
            side_of(figure.bbox, caption.bbox),
            vertical=caption.vertical,
            labelled=_has_word(caption),
        )
        return costs.distance * _distance(figure.bbox, caption) + 2 * costs.side * side

    reach = DRAWING_GAP if figure.source == "drawing" else GROUP_GAP
    aside = ("corner", "inside")
    near = [k for k, c in enumerate(captions) if side_of(figure.bbox, c.bbox) not in aside]
    best = min(near, key=cost, default=None)
    if best is None:
        return None
    apart = gap(figure.bbox, captions[best].bbox)
    nearest = min(gap(other.bbox, captions[best].bbox) for other in figures)
    # A caption right at another figure is that one's, however near it stands to this.
    return best if apart <= reach and apart <= 2 * nearest + captions[best].size else None


def is_aside(candidate: Candidate) -> bool:
    """Whether a text is a title beside a picture over a paragraph of its own."""
    return candidate.kind == "plain" and bool(candidate.description)


def _side(side: Side, candidate: Candidate, conventions: Conventions) -> float:
    """How unusual a text's side is in this book; asides and captions in the margin keep to none."""
    if is_aside(candidate):
        return 0.0
    cost = conventions.side_cost(side, vertical=candidate.vertical, labelled=_has_word(candidate))
    return CAPTION_TYPE * cost if _in_caption_type(candidate, conventions) else cost


def _has_word(caption: Candidate) -> bool:
    """Whether a caption's label is a word (图3), not a number alone."""
    return caption.label is not None and bool(caption.label.word)


def _distance(figure: Box, candidate: Candidate) -> float:
    return log1p(gap(figure, candidate.bbox) / (DISTANCE_UNIT * candidate.size))


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
    figure: Box,
    candidate: Candidate,
    others: Sequence[Box],
    texts: Sequence[Box],
    conventions: Conventions,
    costs: PairingCosts,
    ceiling: float,
) -> Features | None:
    """The features of one pair, None when its price passes `ceiling`."""
    caption = candidate.bbox
    if (
        candidate.kind == "plain"
        and gap(figure, caption) > PLAIN_REACH
        and not has_caption_type(candidate, conventions)
    ):
        return None
    side = side_of(figure, caption)
    found = _words(candidate, side, conventions) | {
        "distance": _distance(figure, candidate),
        "side": _side(side, candidate, conventions),
        "misaligned": _misalignment(figure, caption, side),
    }
    if costs.price(found) >= ceiling:
        return None
    strip = _between(figure, caption)
    if area(strip) > 0:
        found["figure_between"] = float(any(_blocks(box, strip) for box in others))
        found["text_between"] = float(any(_blocks(box, strip) for box in texts))
    return found if costs.price(found) < ceiling else None


def _blocks(box: Box, strip: Box) -> bool:
    """Whether a box stands in the way between a figure and a caption."""
    if box[0] >= strip[2] or strip[0] >= box[2] or box[1] >= strip[3] or strip[1] >= box[3]:
        return False
    return area(intersect(box, strip)) > 0.25 * min(area(box), area(strip))


def _words(candidate: Candidate, side: Side, conventions: Conventions) -> dict[str, float]:
    """What kind of text it is, by its words and its type, standing at `side` of the figure."""
    if candidate.kind == "labelled":
        return {"weak_label": 1.0 - candidate.strength}
    if candidate.kind == "pointer":
        return {"pointer": 1.0, "points_away": float(side != POINTS_TO.get(candidate.pointer or "facing"))}
    if candidate.kind == "tag":
        return {"tag": 1.0}
    if is_aside(candidate):
        return {"plain": 1.0}  # its paragraph, in type of its own, says that it is neither heading nor text
    levels = len(candidate.number.key) if candidate.number is not None and candidate.body else 0
    numbered = 0 < levels < SECTION_LEVELS
    listed = len(candidate.parts) >= 2
    found = {
        "plain": CAPTION_TYPE if _in_caption_type(candidate, conventions) else 1.0,
        "sentence": float(candidate.text.endswith("。")),
        "unusual": float(conventions.labelled and not numbered),
        "numbered": -float(numbered),
        "listed": -float(listed),
    }
    return found | _type(candidate, conventions.body_size, listed=listed)


def has_caption_type(candidate: Candidate, conventions: Conventions) -> bool:
    """Whether a line is set in the size this book keeps for captions, and is no note in the same size."""
    usual, body = conventions.caption_size, conventions.body_size
    if usual is None or body is None or candidate.confidence < 1.0 or _NOTE.match(candidate.text):
        return False
    return abs(candidate.size - usual) <= SAME_TYPE * usual and usual < (1 - SAME_TYPE) * body


def _in_caption_type(candidate: Candidate, conventions: Conventions) -> bool:
    """Whether an unlabelled line's type says that it is a caption: not where captions carry labels."""
    return candidate.kind == "plain" and not conventions.labelled and has_caption_type(candidate, conventions)


def _type(candidate: Candidate, body: float | None, *, listed: bool) -> dict[str, float]:
    """What its type size says of an unlabelled line; `body` is the size of running text in points."""
    if body is None:
        return {}
    if candidate.confidence < 1.0:  # the size of a line read by OCR is the height of its ink
        return {"body_sized": READ_SIZE * (candidate.size >= body and not listed)}
    if candidate.size >= HEADING_SIZE * body:
        return {"heading": 1.0}
    return {"body_sized": float(candidate.size >= BODY_SIZE * body and not listed)}


def _misalignment(figure: Box, caption: Box, side: Side) -> float:
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
