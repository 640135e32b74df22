"""Captions on the page of their figure: how near, on which side, what stands between, what the words say."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.layout.candidate import is_number_tag
from extractors.pairing.edges import edge_features
from extractors.pairing.page_problem import page_problem
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef


class SamePage:
    """Labelled captions, pointers and unlabelled lines near a figure."""

    name = "same-page"
    claims: Claim = "caption"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        members, lines = book.in_entries(), book.chosen.get("line", {})
        taken = book.used("line") | book.promised
        for layout in book.layouts:
            page = layout.page
            texts = [
                TextRef("page", page, j)
                for j, c in enumerate(book.candidates[page])
                if c.kind != "tag" and not is_number_tag(c) and TextRef("page", page, j) not in taken
            ]
            candidates = [book.candidate(ref) for ref in texts]
            problem = page_problem(layout, candidates, book.conventions)
            for (i, j), features in edge_features(problem, book.costs).items():
                named = candidates[j].kind == "labelled" and bool(candidates[j].body)
                # A figure of an entry, or with a line of its own, may have a labelled caption besides.
                if named or not ((page, i) in members or (page, i) in lines):
                    yield Proposal((page, i), texts[j], features, self.name)
