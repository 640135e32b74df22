"""What lies between one figure and one text of a page, measured: the features that `costs` puts prices on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from extractors.geometry import (
    Box,
    area,
    centre,
    gap,
    height,
    intersect,
    union,
    width,
)
from extractors.grammar.caption_text import Direction
from extractors.grouping import BoxIndex
from extractors.layout.candidate import Candidate
from extractors.layout.candidates import PLAIN_REACH
from extractors.pairing.conventions import Conventions, Side, side_of
from extractors.pairing.costs import PairingCosts
from extractors.pairing.groups import figure_groups
from extractors.pairing.page_problem import PageProblem, between, distance_of, has_word

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
"""A number of this many levels (4.4.4) counts sections, not figures."""
MEMBER_DISTANCE = 0.1
"""How much a member's own distance counts beside its group's: of equals the nearer one has the text."""
MIDDLE = 0.17
"""A figure stands in the middle when its centre is within this share of the whole of it."""
MAX_SLOTS = 24
"""No caption owns more pictures than this."""
NEAREST = 24
"""A figure and a text of a crowded page are a pair only when one is among this many nearest of the other."""

POINTS_TO: Mapping[Direction, Side] = {"above": "below", "below": "above", "left": "right", "right": "left"}
"""Where a pointer stands as seen from the figure it names; the others name one on another page."""

_NOTE = re.compile(r"[①-⑳*＊※†]|[〔\[［(（][0-9]{1,3}[〕\]］)）]|[0-9]{1,3} |注[释釋]?[:： ]")

Features = Mapping[str, float]
"""Name of a cost in `PairingCosts` -> how much of its matter is there."""


@dataclass(frozen=True, slots=True)
class TextNode:
    """What the assignment needs to know of a text."""

    saves: Features
    """What leaving it without a figure would cost."""
    named: int
    """How many figures it speaks of."""
    capacity: int
    """How many it may own."""
    placed: int = 0
    """How many figures it names by their places (上：… 下：…)."""


def node_of(candidate: Candidate) -> TextNode:
    """The node of a candidate: a panel's label and a line of a list own one figure."""
    one = candidate.kind == "tag"
    placed = sum(part.position is not None for part in candidate.parts)
    return TextNode(null_features(candidate), candidate.plural, 1 if one else MAX_SLOTS, placed)


def fits_spot(spot: str, figure: Box, around: Box) -> bool:
    """Whether a figure stands where a pointer says (left, top-right, ...) among the figures in `around`."""
    (x, y), (cx, cy) = centre(figure), centre(around)
    wanted = {"left": x < cx, "right": x > cx, "top": y < cy, "bottom": y > cy}
    middle = max(abs(x - cx) / max(1.0, width(around)), abs(y - cy) / max(1.0, height(around))) < MIDDLE
    return all(wanted.get(word, middle) for word in spot.split("-"))


def edge_features(problem: PageProblem, costs: PairingCosts) -> dict[tuple[int, int], Features]:
    """Features of each figure with each candidate, by their indices.

    A figure may reach a text alone or as a member of its group, whichever is cheaper. Pairs that cost more
    than leaving both alone are left out: they are in no cheapest whole.
    """
    figures, candidates = [figure.bbox for figure in problem.figures], problem.candidates
    if not figures or not candidates:
        return {}
    boxes = BoxIndex(figures)
    ways = list(_ways(problem, boxes, costs))
    strips = [between(way.box, candidates[way.text].bbox) for way in ways]
    nearby = zip(boxes.near_each(strips), BoxIndex(problem.texts).near_each(strips), strict=True)
    edges: dict[tuple[int, int], Features] = {}
    for way, strip, (near_figures, near_texts) in zip(ways, strips, nearby, strict=True):
        candidate = candidates[way.text]
        others = [figures[k] for k in near_figures if k not in way.within]
        texts = [problem.texts[k] for k in near_texts]
        texts = [text for text in texts if not area(intersect(text, candidate.bbox))]
        found = way.features | {
            "figure_between": float(any(_blocks(box, strip) for box in others)),
            "text_between": float(any(_blocks(box, strip) for box in texts)),
        }
        if costs.price(found) >= way.ceiling:
            continue
        for i in way.figures:
            own = found if len(way.within) == 1 else _as_member(found, distance_of(figures[i], candidate))
            known = edges.get((i, way.text))
            if known is None or costs.price(own) < costs.price(known):
                edges[i, way.text] = own
    return edges


@dataclass(frozen=True, slots=True)
class _Way:
    """Figures that may reach a text together, and its features but for what stands between."""

    figures: Sequence[int]
    within: Set[int]
    """They and the others of their group, where they reach it as such."""
    box: Box
    text: int
    features: dict[str, float]
    ceiling: float
    """The price of leaving both alone."""


def _ways(problem: PageProblem, boxes: BoxIndex, costs: PairingCosts) -> Iterable[_Way]:
    """Each figure with the texts in its reach, then its group with them."""
    figures = [figure.bbox for figure in problem.figures]
    reachable = _reachable(boxes, figures, problem.candidates)
    for members in figure_groups(problem, costs):
        reaching: dict[int, list[int]] = {}
        for i in members:
            for j in reachable[i]:
                reaching.setdefault(j, []).append(i)
        group, around = frozenset(members), union([figures[i] for i in members])
        for j, near in sorted(reaching.items()):
            alone = [(frozenset([i]), [i], figures[i]) for i in near]
            for within, those, box in [*alone, *([(group, near, around)] if len(members) > 1 else [])]:
                candidate = problem.candidates[j]
                ceiling = costs.null_figure + saved(candidate, costs)
                found = _edge(box, candidate, problem.conventions)
                if found is not None and costs.price(found) < ceiling:
                    yield _Way(those, within, box, j, found, ceiling)


def _reachable(boxes: BoxIndex, figures: Sequence[Box], candidates: Sequence[Candidate]) -> list[list[int]]:
    """For each figure the candidates (indices) among its nearest, or that it is among the nearest of."""
    captions = [candidate.bbox for candidate in candidates]
    reach = [set(found) for found in BoxIndex(captions).nearest(figures, NEAREST)]
    for j, found in enumerate(boxes.nearest(captions, NEAREST)):
        for i in found:
            reach[i].add(j)
    return [sorted(found) for found in reach]


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


def is_aside(candidate: Candidate) -> bool:
    """Whether a text is a title beside a picture over a paragraph of its own."""
    return candidate.kind == "plain" and bool(candidate.description)


def _side(side: Side, candidate: Candidate, conventions: Conventions) -> float:
    """How unusual a text's side is in this book; asides and captions in the margin keep to none."""
    if is_aside(candidate):
        return 0.0
    cost = conventions.side_cost(side, vertical=candidate.vertical, labelled=has_word(candidate))
    return CAPTION_TYPE * cost if _in_caption_type(candidate, conventions) else cost


def _edge(figure: Box, candidate: Candidate, conventions: Conventions) -> dict[str, float] | None:
    """The features of one pair but for what stands between; None for an unlabelled line far off."""
    caption = candidate.bbox
    usual = conventions.at_usual_place(figure, candidate) if candidate.kind == "plain" else 0.0
    if (
        candidate.kind == "plain"
        and gap(figure, caption) > PLAIN_REACH
        and not usual
        and not has_caption_type(candidate, conventions)
    ):
        return None
    side = side_of(figure, caption)
    if candidate.printed_over and side == "inside":
        return {"plain": 1.0, "distance": 0.0}  # its picture has no other text
    return _words(candidate, side, conventions) | {
        "usual_place": -usual,
        "distance": distance_of(figure, candidate),
        "side": _side(side, candidate, conventions),
        "misaligned": _misalignment(figure, caption, side),
    }


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
        return {"pointer": 1.0, "points_away": float(points_away(candidate.pointer or "facing", side))}
    if candidate.kind == "tag":
        return {"tag": 1.0}
    if is_aside(candidate):
        return {"plain": 1.0}  # its paragraph, in type of its own, says that it is neither heading nor text
    levels = len(candidate.number.key) if candidate.number is not None and candidate.body else 0
    numbered = 0 < levels < SECTION_LEVELS
    listed = len(candidate.parts) >= 2
    found = {
        "plain": CAPTION_TYPE if _in_caption_type(candidate, conventions) else 1.0,
        "sentence": float(candidate.text.endswith("。")) + float("。" in candidate.text[:-1]),
        "unusual": float(conventions.labelled and not numbered),
        "numbered": -float(numbered),
        "listed": -float(listed),
        "with_data": -float(candidate.data or candidate.stacked),
    }
    return found | _type(candidate, conventions.body_size, listed=listed)


def points_away(pointer: Direction, side: Side) -> bool:
    """Whether a pointer at `side` of a figure points elsewhere; 本页 points anywhere on its page."""
    return pointer != "here" and side != POINTS_TO.get(pointer)


def has_caption_type(candidate: Candidate, conventions: Conventions) -> bool:
    """Whether a line is set in the size this book keeps for captions, and is no note in the same size."""
    usual, body = conventions.caption_size, conventions.body_size
    if usual is None or body is None or candidate.confidence < 1.0 or _NOTE.match(candidate.text):
        return False
    return abs(candidate.size - usual) <= SAME_TYPE * usual and usual < (1 - SAME_TYPE) * body


def _in_caption_type(candidate: Candidate, conventions: Conventions) -> bool:
    """Whether an unlabelled line's type says that it is a caption: not where captions carry labels."""
    plain = candidate.kind == "plain" and not conventions.labelled
    return plain and has_caption_type(candidate, conventions)


def _type(candidate: Candidate, body: float | None, *, listed: bool) -> dict[str, float]:
    """What its type size says of an unlabelled line; `body` is the size of running text in points."""
    if body is None:
        return {}
    if candidate.confidence < 1.0:  # the size of a line read by OCR is the height of its ink
        return {"body_sized": READ_SIZE * (candidate.size >= body and not listed)}
    if candidate.size >= HEADING_SIZE * body:
        return {"heading": float(not candidate.data)}  # a name over its date and size heads no section
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
