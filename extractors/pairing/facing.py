"""Captions on another page than their figure: facing pages, blocks of captions before or after their plates.

Captions left over and figures left over are two sequences in book order; the cheapest order-keeping
alignment between them (dynamic programming) joins them. Whether captions of this book come before or
after their plates is decided once for the whole book, by which direction aligns more cheaply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry import area
from extractors.layout.candidates import Candidate
from extractors.pairing.drafts import Draft

SKIP = 2.0
"""Leaving a caption or a figure alone."""
SAME_PAGE = 1.2
"""Both on one page and yet not paired there: possible, not likely."""
PER_PAGE = 0.35
"""Each page of distance beyond the facing one."""
MIN_PLATE = 40_000.0
"""Square points (7 cm square): what has its caption on another page is a plate, not a sketch."""
MAX_OFFSET = 6
"""A block of captions speaks of at most so many pages around it."""
POINTED = -0.6
"""A pointer (右图, 对页) that points where the figure is."""
WRONG_WAY = 1.0
"""A pointer that points elsewhere."""
UNLABELLED = 0.7
"""A text without label or pointer."""
AGREES = -1.0
"""The figure carries the caption's number."""
IMPOSSIBLE = 1e6
USUAL_PAIRS, USUAL_SHARE = 3, 0.3
"""So many pairs across pages, and this share of all its pairs, make it a habit of the book."""
SURE, NUMBERED, LIKELY = 0.85, 0.97, 0.5
"""Confidence of an alignment: where the book does so, by number on both sides, where it does not."""


@dataclass(frozen=True, slots=True)
class _Step:
    cost: float
    pairs: tuple[tuple[int, int], ...]


def pair_facing(drafts: Sequence[Draft], free: Sequence[Candidate]) -> tuple[list[Draft], set[int]]:
    """`drafts` with captions from other pages, and the indices of the `free` captions used.

    `drafts` are all figures in book order; only those without any text take part.
    """
    open_drafts = [i for i, d in enumerate(drafts) if not d.has_text]
    order = sorted(range(len(free)), key=lambda k: _caption_order(free[k]))
    if not open_drafts or not order:
        return list(drafts), set()
    captions = [free[k] for k in order]
    figures = _with_own_numbers([drafts[i] for i in open_drafts], captions)
    best = min(
        (_align(captions, figures, direction) for direction in ("next", "previous")), key=lambda s: s.cost
    )
    result = list(drafts)
    used = set()
    others = len(drafts) - len(open_drafts)
    usual = len(best.pairs) >= USUAL_PAIRS and len(best.pairs) >= USUAL_SHARE * (len(best.pairs) + others)
    for c, f in best.pairs:
        caption, draft = captions[c], figures[f]
        numbered = bool(draft.key) and caption.label is not None and draft.key == caption.label.key
        told = caption.pointer is not None or (usual and caption.kind == "labelled")
        confidence = NUMBERED if numbered else SURE if told else LIKELY
        result[open_drafts[f]] = drafts[open_drafts[f]].with_(
            candidate=caption, rule="facing-page", confidence=confidence
        )
        used.add(order[c])
    return result, used


def _with_own_numbers(figures: Sequence[Draft], captions: Sequence[Candidate]) -> list[Draft]:
    """`figures` without bare numbers that are on no caption near them: page numbers printed over plates."""
    numbers = {(c.page, c.label.key) for c in captions if c.label is not None}
    agreeing = any(
        d.namespace == "tag"
        and any(d.key == key and abs(d.page - page) <= MAX_OFFSET for page, key in numbers)
        for d in figures
    )
    if agreeing or not numbers:
        return list(figures)
    return [d.with_(key=(), sub="", namespace="") if d.namespace == "tag" else d for d in figures]


def _caption_order(caption: Candidate) -> tuple[int, float, float]:
    if caption.vertical:
        return caption.page, -caption.bbox[2], caption.bbox[1]
    return caption.page, caption.bbox[1], caption.bbox[0]


def _align(captions: Sequence[Candidate], figures: Sequence[Draft], direction: str) -> _Step:
    """The cheapest order-keeping alignment; pairs are (caption, figure)."""
    previous = [_Step(SKIP * j, ()) for j in range(len(figures) + 1)]
    for i, caption in enumerate(captions):
        row = [_Step(previous[0].cost + SKIP, previous[0].pairs)]
        for j, figure in enumerate(figures):
            options = [
                _Step(previous[j + 1].cost + SKIP, previous[j + 1].pairs),
                _Step(row[j].cost + SKIP, row[j].pairs),
            ]
            cost = _cost(caption, figure, direction)
            if cost < 2 * SKIP:
                options.append(_Step(previous[j].cost + cost, (*previous[j].pairs, (i, j))))
            row.append(min(options, key=lambda s: s.cost))
        previous = row
    return previous[-1]


def _cost(caption: Candidate, figure: Draft, direction: str) -> float:
    offset = figure.page - caption.page
    forward = direction == "next"
    if caption.kind == "plain" and abs(offset) != 1:
        return IMPOSSIBLE
    if abs(offset) > MAX_OFFSET:
        return IMPOSSIBLE
    agrees = bool(figure.key) and caption.label is not None
    if not (agrees or caption.pointer) and (
        area(figure.bbox) < MIN_PLATE or figure.region.source == "drawing"
    ):
        return IMPOSSIBLE  # a small picture without a caption is no plate waiting for one
    if figure.key and caption.label is not None and caption.label.key != figure.key:
        return IMPOSSIBLE
    cost = SAME_PAGE if offset == 0 else PER_PAGE * (abs(offset) - 1)
    if offset and (offset > 0) != forward:
        cost += WRONG_WAY
    if caption.pointer in ("next", "previous", "right", "left"):
        ahead = caption.pointer in ("next", "right")
        cost += POINTED if offset and (offset > 0) == ahead else WRONG_WAY
    elif caption.pointer == "facing":
        cost += POINTED if abs(offset) == 1 else WRONG_WAY
    if caption.kind == "plain":
        cost += UNLABELLED
    if agrees:
        cost += AGREES
    return cost
