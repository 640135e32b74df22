"""Lines printed at the figures of an entry: 花心（局部）, the name of the object under its picture."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.pairing.edges import edge_features
from extractors.pairing.page_problem import page_problem
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef


class EntryNames:
    """A short line right at a figure of an entry, that no other figure has."""

    name = "entry"
    claims: Claim = "name"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        owned = {ref for ref, choice in book.chosen.get("caption", {}).items() if choice.text.kind == "entry"}
        taken = book.used("caption") | book.used("line")
        for layout in book.layouts:
            page = layout.page
            texts = [
                TextRef("page", page, j)
                for j, c in enumerate(book.candidates[page])
                if c.kind == "plain" and not c.text.endswith("。") and TextRef("page", page, j) not in taken
            ]
            if not texts or not any(ref[0] == page for ref in owned):
                continue
            problem = page_problem(layout, [book.candidate(ref) for ref in texts], book.conventions)
            for (i, j), features in edge_features(problem, book.costs).items():
                if (page, i) in owned:
                    yield Proposal((page, i), texts[j], features, self.name, self.claims)
