"""The pages of a book once entries and plate sections have taken theirs, and how what is left is paired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.geometry import Box, area, gap, intersect
from extractors.layout.book_layout import PageLayout, body_size, lay_out
from extractors.layout.candidates import Candidate, is_number_tag
from extractors.layout.entries import Entry, find_entries
from extractors.pairing.conventions import Conventions, Sighting, is_clear, learn, side_of
from extractors.pairing.costs import PairingCosts
from extractors.pairing.edges import PageProblem
from extractors.pairing.numbering import with_numbered_captions
from extractors.pairing.page_pairing import Match, pair_page
from extractors.pairing.panels import LABEL_LENGTH
from extractors.pairing.plate_blocks import find_plate_blocks
from extractors.pairing.plates import Description, find_descriptions
from extractors.records import BookContent

CLEAR_MARGIN = 1.5
"""A pair of the first pass teaches the conventions when its page would cost so much more without it."""
PANEL_LINE_REACH = 20.0
"""A panel's own line stands within so many points of it."""


@dataclass(frozen=True, slots=True)
class OpenPage:
    """One page with the figures and texts that no entry and no section has taken."""

    layout: PageLayout
    figures: tuple[int, ...]
    """Indices into the figures of `layout`."""
    candidates: tuple[Candidate, ...]

    def problem(self, chosen: Sequence[int], conventions: Conventions) -> PageProblem:
        """The figures of this page with the chosen candidates (indices)."""
        return PageProblem(
            [self.layout.figures[i] for i in self.figures],
            [self.candidates[j] for j in chosen],
            [block.bbox for block in self.layout.blocks if len(block.text) > LABEL_LENGTH],
            conventions,
        )


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A book laid out, its entries and plate descriptions known, its pages ready for pairing."""

    layouts: tuple[PageLayout, ...]
    entries: tuple[Entry, ...]
    descriptions: tuple[Description, ...]
    waiting: tuple[Candidate, ...]
    """Texts of plate blocks, which wait for figures of other pages."""
    pages: tuple[OpenPage, ...]


def open_book(book: BookContent, costs: PairingCosts) -> OpenBook:
    """Lay out `book` and set apart what its entries and plate sections use."""
    layouts = lay_out(book)
    entries, entry_blocks = find_entries(layouts)
    layouts = layouts if entries else with_numbered_captions(layouts)
    descriptions, section_blocks = find_descriptions(layouts)
    waiting, plate_blocks = find_plate_blocks(layouts, entry_blocks | section_blocks)
    closed = _candidate_boxes(layouts, entry_blocks | section_blocks | plate_blocks)
    _release_captioned(entries, layouts, costs)
    taken = {key for entry in entries for key in entry.figures}
    pages = tuple(_open(layout, closed[layout.page], taken) for layout in layouts)
    return OpenBook(tuple(layouts), tuple(entries), tuple(descriptions), tuple(waiting), pages)


def _release_captioned(entries: Sequence[Entry], layouts: Sequence[PageLayout], costs: PairingCosts) -> None:
    """Take from the entries the figures that stand by a labelled caption of their own."""
    in_entries = {page for entry in entries for page, _ in entry.figures}
    own: set[tuple[int, int]] = set()
    for layout in layouts:
        labelled = [c for c in layout.candidates if c.kind == "labelled" and c.body]
        if layout.page in in_entries and labelled:
            texts = [block.bbox for block in layout.blocks]
            for match in pair_page(PageProblem(layout.figures, labelled, texts, Conventions()), costs):
                if match.margin >= CLEAR_MARGIN:
                    own.add((layout.page, match.figure))
    for entry in entries:
        entry.figures = [key for key in entry.figures if key not in own]


def _candidate_boxes(layouts: Sequence[PageLayout], blocks: set[tuple[int, int]]) -> dict[int, list[Box]]:
    """Boxes of the blocks that entries and description sections use, by page: no captions there."""
    boxes: dict[int, list[Box]] = {}
    for layout in layouts:
        boxes[layout.page] = [b.bbox for i, b in enumerate(layout.blocks) if (layout.page, i) in blocks]
    return boxes


def _open(layout: PageLayout, closed: Sequence[Box], taken: set[tuple[int, int]]) -> OpenPage:
    candidates = tuple(
        c
        for c in layout.candidates
        if not any(area(intersect(c.bbox, box)) > 0.5 * area(c.bbox) for box in closed)
    )
    figures = tuple(i for i in range(len(layout.figures)) if (layout.page, i) not in taken)
    return OpenPage(layout, figures, candidates)


def learn_conventions(book: OpenBook, costs: PairingCosts) -> Conventions:
    """How this book sets its captions, from the pairs of a first pass that leave no doubt."""
    size = body_size(book.layouts)
    start = Conventions(body_size=size)
    seen = [s for page in book.pages for s in _sightings(page, pair_open(page, start, costs))]
    return learn(seen, size)


def pair_open(page: OpenPage, conventions: Conventions, costs: PairingCosts) -> list[Match]:
    """The best matches of one page, by the indices of its figures and of its candidates."""
    matches = list(lines := _panel_lines(page, conventions, costs))
    own = {match.candidate for match in lines}
    for chosen in rounds(page, own):
        matches += _matches(page, chosen, conventions, costs)
    return matches


def rounds(page: OpenPage, own: set[int]) -> list[list[int]]:
    """The candidates (indices) that are dealt out together, without those in `own`.

    Numbers are dealt out apart: a plate can carry both its number and a caption.
    """
    return [
        [
            j
            for j, c in enumerate(page.candidates)
            if j not in own and is_number_tag(c) == numbers and _may_own(c)
        ]
        for numbers in (False, True)
    ]


def _matches(
    page: OpenPage, chosen: Sequence[int], conventions: Conventions, costs: PairingCosts
) -> list[Match]:
    """The best pairing with the chosen candidates, by the indices of figures and candidates on the page."""
    found = pair_page(page.problem(chosen, conventions), costs)
    return [Match(page.figures[m.figure], chosen[m.candidate], m.margin, m.side) for m in found]


def _panel_lines(page: OpenPage, conventions: Conventions, costs: PairingCosts) -> list[Match]:
    """Numbered lines beside their panels, (1) 飞天 (2) 藻井, where a labelled caption speaks for all."""
    figures, candidates = page.figures, page.candidates
    numbered = [j for j, c in enumerate(candidates) if c.kind == "plain" and c.number is not None and c.body]
    common = any(c.kind == "labelled" and c.body and not c.parts for c in candidates)
    if not common or len(numbered) < 2 or len(figures) < 2:
        return []
    found = [
        match
        for match in _matches(page, numbered, conventions, costs)
        if gap(page.layout.figures[match.figure].bbox, candidates[match.candidate].bbox) <= PANEL_LINE_REACH
    ]
    return found if len({match.candidate for match in found}) >= 2 else []


def _may_own(candidate: Candidate) -> bool:
    """Panel letters name a part of a figure; a number may name a figure."""
    return candidate.kind != "tag" or is_number_tag(candidate)


def _sightings(page: OpenPage, matches: Sequence[Match]) -> list[Sighting]:
    """The pairs of a page that leave no doubt."""
    layout, candidates = page.layout, page.candidates
    boxes = [layout.figures[i].bbox for i in page.figures]
    found = []
    for match in matches:
        figure, candidate = layout.figures[match.figure].bbox, candidates[match.candidate]
        if is_number_tag(candidate) or match.margin < CLEAR_MARGIN:
            continue
        others = [box for box in boxes if box != figure]
        if is_clear(figure, candidate.bbox, others, candidate.size):
            distance = gap(figure, candidate.bbox) / candidate.size
            word = candidate.label.word if candidate.label else ""
            side = side_of(figure, candidate.bbox)
            found.append(Sighting(side, candidate.vertical, distance, candidate.size, word))
    return found
