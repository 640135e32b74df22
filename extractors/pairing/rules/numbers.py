"""Bare numbers in and beside figures: they name a plate whose caption or description has the words."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.layout.candidate import is_number_tag
from extractors.pairing.edges import edge_features
from extractors.pairing.page_problem import page_problem
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef


class Numbers:
    """A number names the figure it stands in or beside."""

    name = "number"
    claims: Claim = "number"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        for layout in book.layouts:
            page = layout.page
            texts = [
                TextRef("page", page, j) for j, c in enumerate(book.candidates[page]) if is_number_tag(c)
            ]
            problem = page_problem(layout, [book.candidate(ref) for ref in texts], book.conventions)
            for (i, j), features in edge_features(problem, book.costs).items():
                yield Proposal((page, i), texts[j], features, self.name, self.claims)
