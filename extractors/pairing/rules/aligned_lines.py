"""Short lines without label, each at the same place of its own picture: the names in a grid of seals.

One such line may be a heading or a remnant of text; that it stands so at picture after picture is what tells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from extractors.geometry import gap
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidates import DETAIL_LENGTH, Candidate
from extractors.pairing.page_problem import distance_of
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef

NEAR = 2.0
"""Such a line stands within this many characters of its picture."""
MIN_ALIKE = 3
"""This many pictures of a page have their lines at the same place."""
TOLERANCE = 2.0
"""Points by which these places may differ."""

_Text = tuple[TextRef, Candidate]


class AlignedLines:
    """The line of each picture of a grid, where all stand alike."""

    name = "same-page"
    claims: Claim = "caption"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        closed = book.in_entries() | book.chosen.get("line", {}).keys()
        limit = book.costs.decided("panel_by_place")
        for layout in book.layouts:
            if len(layout.figures) < MIN_ALIKE:
                continue
            texts = [
                (TextRef("page", layout.page, j), c)
                for j, c in enumerate(book.candidates[layout.page])
                if c.kind == "plain" and not c.vertical and len(c.text) <= DETAIL_LENGTH
            ]
            for figure, (ref, candidate) in _alike(layout, texts).items():
                if (layout.page, figure) not in closed and not candidate.text.endswith("。"):
                    features = {"line": distance_of(layout.figures[figure].bbox, candidate)}
                    yield Proposal((layout.page, figure), ref, features, self.name, self.claims, limit)


def _alike(layout: PageLayout, texts: Iterable[_Text]) -> dict[int, _Text]:
    """The figures (indices) that have one line each at the same place, with their lines."""
    near: defaultdict[int, list[_Text]] = defaultdict(list)
    for text in texts:
        distances = [gap(figure.bbox, text[1].bbox) for figure in layout.figures]
        nearest = min(range(len(distances)), key=distances.__getitem__)
        if distances[nearest] <= NEAR * text[1].size:
            near[nearest].append(text)
    single = {figure: found[0] for figure, found in near.items() if len(found) == 1}
    places = {figure: _places(layout, figure, c) for figure, (_, c) in single.items()}
    counts = Counter(place for found in places.values() for place in found)
    usual = {place for place, count in counts.items() if count >= MIN_ALIKE}
    return {figure: single[figure] for figure in sorted(single) if places[figure] & usual}


def _places(layout: PageLayout, figure: int, line: Candidate) -> frozenset[tuple[str, int, int, int]]:
    """Where a line stands below or above a figure: how far, and how its left edge or its centre is set."""
    box, text = layout.figures[figure].bbox, line.bbox
    side, apart = (
        ("below", text[1] - box[3]) if text[1] >= box[3] - TOLERANCE else ("above", box[1] - text[3])
    )
    if apart < -TOLERANCE:
        return frozenset()
    left, centre = text[0] - box[0], (text[0] + text[2] - box[0] - box[2]) / 2
    size = round(line.size)
    steps = round(apart / TOLERANCE)
    return frozenset(
        (f"{side} {name}", steps, round(off / TOLERANCE), size)
        for name, off in (("left", left), ("centre", centre))
    )
