"""What is proposed for the figures at an entry, with labelled paragraphs and without."""

from __future__ import annotations

from dataclasses import replace

from extractors.grammar.entry_grammar import EntryHeading
from extractors.layout.blocks import Block
from extractors.layout.entries import Entry
from extractors.pairing.proposals import LaidOutBook, Proposal
from extractors.pairing.rules.entries import Entries
from tests.extractors.made import figure, line
from tests.extractors.pairing.made_books import laid_out

OWN, OTHER, FACING = figure(50, 80, 370, 280), figure(50, 500, 370, 580), figure(50, 80, 370, 370)


def proposals(*, labelled: bool) -> dict[tuple[int, int], Proposal]:
    """Figure -> its proposal, for an entry on page 2 that reads on to a figure of page 4."""
    heading = Block(2, (line("1 青釉瓶", 50, 50, 15),))
    entry = Entry(
        EntryHeading("1", "青釉瓶", 1.0),
        heading,
        paragraphs=[Block(2, (line("此处地层堆积较厚", 50, 300),))],
        figures=[(2, 0), (4, 0)],
        is_labelled=labelled,
    )
    book: LaidOutBook = laid_out({2: [OWN, OTHER], 3: [FACING], 4: [FACING]}, [])
    return {p.figure: p for p in Entries().propose(replace(book, entries=(entry,)))}


def test_figures_of_an_entry_with_labels_are_its_own() -> None:
    found = proposals(labelled=True)
    assert {ref: dict(p.features) for ref, p in found.items()} == {
        (2, 0): {"entry": 1.0},
        (4, 0): {"entry": 1.0},
    }


def test_without_labels_all_figures_of_its_pages_may_be_and_distance_counts() -> None:
    found = proposals(labelled=False)
    assert sorted(found) == [(2, 0), (2, 1), (4, 0)]
    own, other, beyond = (found[ref].features for ref in sorted(found))
    assert (own["out_of_order"], other["out_of_order"], beyond["out_of_order"]) == (0.0, 1.0, 0.0)
    assert other["distance"] > own["distance"]
    assert (beyond["facing"], beyond["facing_pages"]) == (1.0, 1.0)
