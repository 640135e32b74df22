"""Figures that only their captions tell: what looked like a table, a frame or plain shapes by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from math import inf

from extractors.geometry import Box, area, gap, intersect, union
from extractors.grammar.captions import parse_label
from extractors.grouping import group_boxes
from extractors.layout.book_layout import PageLayout
from extractors.pairing.drafts import Draft, captioned
from extractors.pairing.joining import join_drawings
from extractors.pairing.page_pairing import pair_page
from extractors.pairing.page_problem import LABEL_LENGTH, PageProblem
from extractors.pairing.proposals import LaidOutBook, TextRef
from extractors.records import Region

PROMISED = ("plain-shapes", "frame")
"""Reasons for which a shape was left out that a caption of its own overrules."""
BACKGROUND, PRINTED_OVER = "background", 150
"""So does one for a picture behind a page of at most this many characters: its caption is printed over it."""
FARTHER = 2.0
"""A caption this many times as far from all figures as from a grid of rules is the grid's: a chart."""
PIECES, PIECES_GAP = 3, 20.0
"""This many small pieces within this many points of one another may be a row of small drawings."""
REACH = 40.0
"""Such a shape stands within this many points of its caption."""


def promised_figures(book: LaidOutBook) -> tuple[Mapping[int, list[Draft]], set[TextRef]]:
    """Page -> figures made of what was left out beside a caption left over; and the captions used.

    A printed figure label promises a figure; where one is left over beside such a thing, that is it.
    """
    owned = {choice.text for choice in book.near.values()}
    left: dict[int, list[TextRef]] = defaultdict(list)
    for ref, candidate in book.texts():
        if (
            ref.kind == "page"
            and ref not in book.used("line")
            and candidate.kind == "labelled"
            and candidate.body
        ):
            left[ref.page].append(ref)
    found: dict[int, list[Draft]] = {}
    promised: set[TextRef] = set()
    for layout in book.layouts:
        drafts, told = _on_page(book, layout, left.get(layout.page, []), owned)
        promised |= told
        if drafts:
            found[layout.page] = drafts
    return found, promised


def _on_page(
    book: LaidOutBook, layout: PageLayout, labelled: Sequence[TextRef], owned: Set[TextRef]
) -> tuple[list[Draft], set[TextRef]]:
    regions = [Region(box, "drawing") for box in _shapes(layout)] if labelled else []

    def is_left(ref: TextRef) -> bool:
        caption = book.candidate(ref).bbox
        apart = min((gap(table, caption) for table in layout.content.tables), default=inf)
        nearest = min((gap(figure.bbox, caption) for figure in layout.figures), default=inf)
        return ref not in owned or nearest > FARTHER * max(apart, caption[3] - caption[1])

    left = [ref for ref in labelled if is_left(ref)]
    if not left or not regions:
        return [], set()
    texts = [block.bbox for block in layout.blocks if len(block.text) > LABEL_LENGTH]
    candidates = [book.candidate(ref) for ref in left]
    found: list[Draft] = []
    used: set[TextRef] = set()
    for match in pair_page(PageProblem(regions, candidates, texts, book.conventions), book.costs):
        candidate, region = candidates[match.candidate], regions[match.figure]
        if gap(region.bbox, candidate.bbox) <= REACH:
            margin = min(match.margin, book.costs.decided("caption_led"))
            found.append(captioned(Draft(layout.page, region), candidate, "caption-led", margin))
            used.add(left[match.candidate])
    lines = [line for block in layout.blocks for line in block.lines]
    return join_drawings(found, [], lines), used


def _shapes(layout: PageLayout) -> list[Box]:
    """What a caption may make a figure, away from all figures."""
    titles = [b.bbox for b in layout.blocks if (named := parse_label(b.text)) and named[0].kind == "table"]
    tables = [t for t in layout.content.tables if not any(gap(t, b) <= REACH for b in titles)]
    printed = sum(len(line.text) for line in layout.content.lines)
    reasons = PROMISED if layout.figures or printed > PRINTED_OVER else (*PROMISED, BACKGROUND)
    shapes = [*tables, *(d.bbox for d in layout.dropped if d.reason in reasons), *_small_pieces(layout)]
    boxes = [figure.bbox for figure in layout.figures]
    return [s for s in shapes if not any(area(intersect(s, box)) > 0.1 * area(box) for box in boxes)]


def _small_pieces(layout: PageLayout) -> list[Box]:
    """Boxes around strokes too small to be figures one by one, where several stand together."""
    boxes = [drop.bbox for drop in layout.dropped if drop.reason == "too-small"]
    groups = group_boxes(boxes, PIECES_GAP)
    return [union([boxes[i] for i in group]) for group in groups if len(group) >= PIECES]
