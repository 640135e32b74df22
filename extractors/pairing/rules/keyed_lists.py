"""Lines of a list that name their panels: by the label printed in the panel, by standing at it, or by order.

(1) 飞天 (2) 藻井 under pictures with a common caption; 1 锦 2 夹袄 below pictures that carry 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from extractors.geometry import gap
from extractors.grammar.caption_parts import plain_label
from extractors.grouping import BoxIndex
from extractors.layout.book_layout import PageLayout, row_order
from extractors.layout.candidate import Candidate
from extractors.layout.candidates import TAG_REACH
from extractors.pairing.assignment import Prices
from extractors.pairing.page_problem import distance_of
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef

LINE_REACH = 20.0
"""A panel's own line stands within this many points of it."""
LEAST_LINES = 2
"""One keyed line is no list."""
FACING = (-1, 1)
"""A list on a page without figures may speak of the panels on the page before or after."""

Keyed = Sequence[tuple[TextRef, Candidate]]


class KeyedLists:
    """A line goes to the panel that has its key, that it stands at, or that has its place in the order."""

    name = "keyed-list"
    claims: Claim = "line"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        pages = {layout.page: layout for layout in book.layouts}
        for layout in book.layouts:
            keyed = [
                (TextRef("page", layout.page, j), c)
                for j, c in enumerate(book.candidates[layout.page])
                if c.kind == "plain" and c.key and c.body
            ]
            if len({c.key for _, c in keyed}) < LEAST_LINES:
                continue
            beside = [layout] if layout.figures else [pages.get(layout.page + offset) for offset in FACING]
            facing = [found for offset in FACING if (found := pages.get(layout.page + offset))]
            ways = [
                _at_panels(layout, keyed),
                *(_by_label(panels, keyed) for panels in beside if panels),
                _in_order(book, [layout], keyed),
                *(_in_order(book, _opening(layout, other), keyed) for other in facing),
            ]
            yield from next((found for found in ways if found), [])


def _by_label(panels: PageLayout, keyed: Keyed) -> list[Proposal]:
    """Lines to the panels whose printed labels are theirs; none where fewer than two are."""
    labels = _labels(panels)
    lines = {c.key: ref for ref, c in keyed}
    shared = {label for label in labels.values() if label in lines}
    if len(shared) < LEAST_LINES or len(shared) < len(lines) / 2:
        return []
    return [
        Proposal((panels.page, i), lines[label], {"key_agrees": 1.0}, KeyedLists.name, KeyedLists.claims)
        for i, label in labels.items()
        if label in lines
    ]


def _labels(layout: PageLayout) -> dict[int, str]:
    """The panel labels of a page by the figure (index) that each stands in or near.

    Each figure has one label at most, and as many labels as can have a figure: below a row of panels a label
    may stand nearer to the next row than to its own panel.
    """
    tags = [candidate for candidate in layout.candidates if candidate.kind == "tag"]
    boxes = [figure.bbox for figure in layout.figures]
    near = BoxIndex(boxes).near_each([tag.bbox for tag in tags], TAG_REACH)
    pairs = [(t, i, gap(tags[t].bbox, boxes[i])) for t, found in enumerate(near) for i in found]
    if not pairs:
        return {}
    # A label may go without a panel, at a price that no number of labels with panels would pay.
    pairs += [(t, len(boxes) + t, TAG_REACH * (len(tags) + 1)) for t in range(len(tags))]
    rows, columns, apart = (np.array(values) for values in zip(*pairs, strict=True))
    chosen = Prices(rows, columns, apart, (len(tags), len(boxes) + len(tags))).cheapest()
    return {i: plain_label(tags[t].text) for t, i in enumerate(chosen.tolist()) if i < len(boxes)}


def _at_panels(layout: PageLayout, keyed: Keyed) -> list[Proposal]:
    """Lines to the panels that each of them stands at; none where fewer than two have one to themselves."""
    found: dict[int, Proposal] = {}
    boxes = [figure.bbox for figure in layout.figures]
    near = BoxIndex(boxes).near_each([candidate.bbox for _, candidate in keyed], LINE_REACH)
    for (ref, candidate), panels in zip(keyed, near, strict=True):
        if not panels:
            continue
        nearest = min(panels, key=lambda i: gap(boxes[i], candidate.bbox))
        if nearest in found:
            return []
        features = {"line": distance_of(boxes[nearest], candidate)}
        found[nearest] = Proposal((layout.page, nearest), ref, features, KeyedLists.name, KeyedLists.claims)
    return list(found.values()) if len(found) >= LEAST_LINES else []


def _opening(layout: PageLayout, other: PageLayout) -> list[PageLayout]:
    """The page of a list and the other one in order; none if one has no panels or the other has words."""
    if not (layout.figures and other.figures) or any(c.kind != "tag" for c in other.candidates):
        return []
    return sorted([layout, other], key=lambda page: page.page)


def _in_order(book: LaidOutBook, layouts: Sequence[PageLayout], keyed: Keyed) -> list[Proposal]:
    """Lines to the panels of some pages in their order, where there are as many.

    The pages have at most one caption, which is common to all.
    """
    captions = sum(c.kind in ("labelled", "pointer") for x in layouts for c in book.candidates[x.page])
    panels = [(x.page, i) for x in layouts for i in row_order([f.bbox for f in x.figures])]
    if captions > 1 or len(keyed) != len(panels):
        return []
    ordered = sorted(keyed, key=lambda line: _order(line[1].key))
    limit = book.costs.decided("panel_by_order")
    features = {"key_in_order": 1.0}
    return [
        Proposal(panel, ref, features, KeyedLists.name, KeyedLists.claims, limit)
        for panel, (ref, _) in zip(panels, ordered, strict=True)
    ]


def _order(key: str) -> int:
    return int(key) if key.isdigit() else ord(key)
