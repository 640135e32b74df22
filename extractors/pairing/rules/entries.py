"""Figures within a catalogue entry belong to it, unless a caption of their own says otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef


class Entries:
    """Every figure between the heading of an entry and the next."""

    name = "entry"
    claims: Claim = "caption"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        for index, entry in enumerate(book.entries):
            for figure in entry.figures:
                yield Proposal(figure, TextRef("entry", entry.block.page, index), {"entry": 1.0}, self.name)
