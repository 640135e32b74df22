"""Laid-out books made of figures and candidates, for the tests of rules and solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.pairing.conventions import Conventions
from extractors.pairing.costs import COSTS
from extractors.pairing.proposals import LaidOutBook
from extractors.records import Region
from tests.extractors.made import page


def laid_out(figures: Mapping[int, Sequence[Region]], texts: Sequence[Candidate]) -> LaidOutBook:
    """A book with `figures` (page -> regions) and `texts`, each on its own page."""
    by_page: dict[int, list[Candidate]] = defaultdict(list)
    for text in texts:
        by_page[text.page].append(text)
    numbers = sorted({*figures, *by_page})
    layouts = tuple(
        PageLayout(
            page(n, [], figures.get(n, ())), tuple(figures.get(n, ())), (), (), (), tuple(by_page[n]), ()
        )
        for n in numbers
    )
    candidates = {n: tuple(by_page[n]) for n in numbers}
    return LaidOutBook(layouts, (), (), candidates, (), Conventions(body_size=10), COSTS)
