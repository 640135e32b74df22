"""Captions set one below the other, apart from their figures: a list that is dealt out to as many figures.

Each names its own figure, by the number printed at it, by its place (…（左）, …（右）) or by the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from extractors.geometry import Box, gap, overlap_x, overlap_y
from extractors.grammar.label_numbers import Key
from extractors.grouping import BoxIndex
from extractors.layout.book_layout import PageLayout, row_order
from extractors.layout.candidate import Candidate
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef
from extractors.pairing.rules.placed_lists import at_places

ITEM_GAP = 2.5
"""Captions of a list follow one another within this many characters."""
LEAST_LINES = 2
"""One caption is no list."""

_PLACE = re.compile(r"[（(\[]([左右][上中下]?|[上下][左右]?|中)[图圖]?[）)\]]")
"""The place of its picture within a caption: 青花罐（左）."""

Listed = Sequence[tuple[TextRef, Candidate]]


class ListedCaptions:
    """A caption of a list goes to the figure with its number, at its place, or of the same rank."""

    name = "caption-list"
    claims: Claim = "caption"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        for layout in book.layouts:
            numbered = [
                (TextRef("page", layout.page, j), c)
                for j, c in enumerate(book.candidates[layout.page])
                if c.kind == "labelled" and c.body and c.label is not None and len(c.parts) < LEAST_LINES
            ]
            listed, alone = _lists(numbered)
            figures = _apart_from(layout, alone)
            if len(listed) < LEAST_LINES or len(listed) != len(figures):
                continue
            decision, pairs = _dealt(book, layout, listed, figures)
            limit = book.costs.decided(decision)
            for text, figure in pairs.items():
                features = {"in_list": 1.0}
                yield Proposal((layout.page, figure), listed[text][0], features, self.name, limit=limit)


def _lists(numbered: Listed) -> tuple[Listed, list[Candidate]]:
    """The captions that stand in lists, and those that do not."""
    sizes = [c.size for _, c in numbered]
    near = BoxIndex([c.bbox for _, c in numbered]).near_each(
        [c.bbox for _, c in numbered], ITEM_GAP * max(sizes, default=0.0)
    )
    listed, alone = [], []
    for (ref, caption), others in zip(numbered, near, strict=True):
        if any(_is_next(caption, numbered[k][1]) for k in others):
            listed.append((ref, caption))
        else:
            alone.append(caption)
    return listed, alone


def _is_next(one: Candidate, other: Candidate) -> bool:
    """Whether two captions stand in one column (vertical ones in one row), one right after the other."""
    if one is other or one.vertical != other.vertical:
        return False
    overlap = overlap_y if one.vertical else overlap_x
    across = overlap_x if one.vertical else overlap_y
    aligned = abs(one.bbox[one.vertical] - other.bbox[one.vertical]) <= one.size
    in_line = overlap(one.bbox, other.bbox) > 0 and across(one.bbox, other.bbox) <= 0
    return aligned and in_line and gap(one.bbox, other.bbox) <= ITEM_GAP * max(one.size, other.size)


def _apart_from(layout: PageLayout, captions: Sequence[Candidate]) -> list[int]:
    """The figures (indices) of a page without those nearest to `captions`, which stand at their own."""
    nearest = BoxIndex([figure.bbox for figure in layout.figures]).nearest([c.bbox for c in captions], 1)
    own = {index for found in nearest for index in found}
    return [i for i in range(len(layout.figures)) if i not in own]


def _dealt(
    book: LaidOutBook, layout: PageLayout, listed: Listed, figures: Sequence[int]
) -> tuple[str, Mapping[int, int]]:
    """What decides (`costs.DECISIONS`), and for each caption its figure (indices)."""
    keys = _printed_numbers(book, layout.page)
    numbers = [c.label.key if c.label is not None else () for _, c in listed]
    by_key = {number: j for j, number in enumerate(numbers)}
    if len(by_key) == len(figures) and all(keys.get(i) in by_key for i in figures):
        return "panel_by_label", {by_key[keys[i]]: i for i in figures}
    boxes = [layout.figures[i].bbox for i in figures]
    places = [found[1] for _, c in listed if (found := _PLACE.search(c.text))]
    if len(set(places)) == len(listed) and (placed := at_places(places, boxes)):
        return "panel_by_place", {j: figures[k] for j, k in placed.items()}
    texts = sorted(range(len(listed)), key=numbers.__getitem__)
    order = _reading_order(boxes, from_right=listed[0][1].vertical)
    return "panel_by_order", {j: figures[k] for j, k in zip(texts, order, strict=True)}


def _printed_numbers(book: LaidOutBook, page: int) -> dict[int, Key]:
    """The numbers printed at the figures (indices) of a page."""
    found = {}
    for (where, index), choice in book.chosen.get("number", {}).items():
        candidate = book.candidate(choice.text)
        numbered = candidate.label or candidate.number
        if where == page and numbered is not None:
            found[index] = numbered.key
    return found


def _reading_order(boxes: Sequence[Box], *, from_right: bool) -> list[int]:
    mirrored = [(-x1, y0, -x0, y1) for x0, y0, x1, y1 in boxes]
    return row_order(mirrored if from_right else boxes)
