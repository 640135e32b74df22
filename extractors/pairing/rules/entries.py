"""Figures within a catalogue entry belong to it, unless a caption of their own says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from extractors.geometry import Box, gap
from extractors.layout.entries import Entry
from extractors.pairing.page_problem import distance_between
from extractors.pairing.proposals import Claim, Features, FigureRef, LaidOutBook, Proposal, TextRef

PROSE = 40
"""A paragraph that tells of an entry's object has at least this many characters."""


class Entries:
    """Every figure between the heading of an entry and the next; without labels, others of its pages too."""

    name = "entry"
    claims: Claim = "caption"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        lines = book.chosen.get("line", {})
        for index, entry in enumerate(book.entries):
            text = TextRef("entry", entry.block.page, index)
            if entry.is_labelled:
                yield from (Proposal(figure, text, {"entry": 1.0}, self.name) for figure in entry.figures)
                continue
            pages = {block.page for block in entry.blocks}
            for figure, region in book.figures():
                if figure not in lines and (figure in entry.figures or figure[0] in pages):
                    features = _features(entry, figure, region.bbox)
                    doubtful = features["out_of_order"] or "facing" in features
                    limit = book.costs.decided("role_by_guess") if doubtful else inf
                    yield Proposal(figure, text, features, self.name, limit=limit)


def _features(entry: Entry, figure: FigureRef, box: Box) -> Features:
    """What speaks against a figure for an entry without labels: its distance, and the order of reading."""
    # A short line among its paragraphs may be the caption of a figure that is not the entry's.
    told = [b for b in entry.blocks if b in (entry.block, entry.name) or len(b.text) >= PROSE]
    blocks = [block for block in told if block.page == figure[0]]
    found = {"entry": 1.0, "out_of_order": float(figure not in entry.figures)}
    if not blocks:
        away = min(abs(figure[0] - block.page) for block in told)
        return {**found, "facing": 1.0, "facing_pages": float(away - 1)}
    nearest = min(blocks, key=lambda block: gap(block.bbox, box))
    return {**found, "distance": distance_between(box, nearest.bbox, nearest.size)}
