"""A book made ready for pairing: laid out, its entries and plate sections known, its habits learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.geometry import Box, area, gap, intersect
from extractors.grouping import BoxIndex
from extractors.layout.book_layout import PageLayout, body_size, lay_out
from extractors.layout.candidate import Candidate
from extractors.layout.entries import Entry, find_entries
from extractors.pairing.conventions import Conventions, Sighting, clear_reach, is_clear, learn, side_of
from extractors.pairing.costs import PairingCosts
from extractors.pairing.numbering import with_numbered_captions
from extractors.pairing.places import usual_places
from extractors.pairing.plate_blocks import find_plate_blocks
from extractors.pairing.plates import find_descriptions
from extractors.pairing.proposals import Choices, LaidOutBook
from extractors.pairing.rules import NEAR, RULES
from extractors.pairing.solver import solve
from extractors.records import BookContent

CLEAR_MARGIN = 1.5
"""A pair of the first pass teaches the conventions when its page would cost so much more without it."""

PER_CHAPTER = 2
"""Numbered captions for each heading over pictures, from which the headings are those of chapters."""


def open_book(book: BookContent, costs: PairingCosts) -> LaidOutBook:
    """Lay out `book`, set apart what its entries and plate sections use, learn how it sets its captions."""
    layouts = lay_out(book)
    entries = find_entries(layouts)
    numbered = with_numbered_captions(layouts)
    if not entries or _are_captioned(entries, layouts, numbered):
        layouts, entries = numbered, []
    descriptions, section_blocks = find_descriptions(layouts)
    used = {place for entry in entries for place in entry.places} | section_blocks
    waiting, plate_blocks = find_plate_blocks(layouts, used)
    # What an entry without labels says may be the caption of a figure all the same.
    open_places = {place for entry in entries if not entry.is_labelled for place in entry.places}
    closed = _boxes(layouts, (used - open_places) | plate_blocks)
    size = body_size(layouts)
    opened = LaidOutBook(
        tuple(layouts),
        tuple(entries),
        tuple(descriptions),
        {layout.page: _open_candidates(layout, closed[layout.page]) for layout in layouts},
        tuple(waiting),
        Conventions(body_size=size, places=usual_places(layouts)),
        costs,
    )
    first = near_captions(with_lines(opened))
    return replace(opened, conventions=learn(_sightings(opened, first), opened.conventions))


def _are_captioned(
    entries: Sequence[Entry], layouts: Sequence[PageLayout], numbered: Sequence[PageLayout]
) -> bool:
    """Whether numbered captions tell the pictures of `entries` better than their headings do.

    `numbered` is the result of `with_numbered_captions` for `layouts`. The headings of chapters are far fewer
    than the numbers; entries without labelled paragraphs are no better known than captions.
    """
    count = sum(
        c.kind == "labelled" and c not in before.candidates
        for before, after in zip(layouts, numbered, strict=True)
        for c in after.candidates
    )
    shown = sum(bool(entry.figures) for entry in entries)
    labelled = any(entry.is_labelled for entry in entries)
    return count >= max(1, shown) * (PER_CHAPTER if labelled else 1)


def with_lines(book: LaidOutBook) -> LaidOutBook:
    """The book with its bare numbers and the lines of its lists decided."""
    for claim in ("number", "line"):
        proposals = [p for rule in RULES if rule.claims == claim for p in rule.propose(book)]
        book = book.with_choices(claim, solve(book, proposals))
    return book


def near_captions(book: LaidOutBook) -> Choices:
    """The captions that figures have by what stands on their own page alone."""
    return solve(book, (proposal for rule in NEAR for proposal in rule.propose(book)))


def _boxes(layouts: Sequence[PageLayout], blocks: set[tuple[int, int]]) -> dict[int, list[Box]]:
    """Boxes of the blocks that entries and description sections use, by page: no captions there."""
    return {
        layout.page: [b.bbox for i, b in enumerate(layout.blocks) if (layout.page, i) in blocks]
        for layout in layouts
    }


def _open_candidates(layout: PageLayout, closed: Sequence[Box]) -> tuple[Candidate, ...]:
    return tuple(
        c
        for c in layout.candidates
        if not any(area(intersect(c.bbox, box)) > 0.5 * area(c.bbox) for box in closed)
    )


def _sightings(book: LaidOutBook, first: Choices) -> Iterable[Sighting]:
    """The pairs of a first pass that leave no doubt."""
    boxes = {layout.page: [figure.bbox for figure in layout.figures] for layout in book.layouts}
    places = {page: BoxIndex(found) for page, found in boxes.items()}
    for (page, index), choice in first.items():
        if choice.text.kind == "entry" or choice.margin < CLEAR_MARGIN:
            continue
        candidate, figure = book.candidate(choice.text), boxes[page][index]
        reach = clear_reach(figure, candidate.bbox, candidate.size)
        near = (boxes[page][k] for k in places[page].near(candidate.bbox, reach))
        others = [box for box in near if box != figure]
        if is_clear(figure, candidate.bbox, others, candidate.size):
            yield Sighting(
                side_of(figure, candidate.bbox),
                candidate.vertical,
                gap(figure, candidate.bbox) / candidate.size,
                candidate.size,
                candidate.label.word if candidate.label else "",
            )
