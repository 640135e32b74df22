"""Names printed right at panels whose caption is common: 南立面图 | 剖面图 over 图3-2 大殿测绘图."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extractors.geometry import Box, centre, gap, height, overlap_x, overlap_y
from extractors.grouping import BoxIndex
from extractors.layout.book_layout import PageLayout
from extractors.layout.candidate import Candidate
from extractors.pairing.page_problem import distance_of
from extractors.pairing.proposals import Claim, LaidOutBook, Proposal, TextRef

REACH, DRAWN_REACH = 1.5, 6.0
"""A panel's name stands within this many characters below or above it (at a drawing, dimensions may stand
between) ..."""
CENTRED = 1.0
"""... and its middle within this many of the panel's."""
LENGTH = 16
"""Characters of such a name at most."""
LEAST = 2
"""One name is no panel's."""


class PanelNames:
    """A short line centred at a panel, where the page has fewer captions than named panels."""

    name = "panel-name"
    claims: Claim = "line"

    def propose(self, book: LaidOutBook) -> Iterable[Proposal]:
        for layout in book.layouts:
            candidates = book.candidates[layout.page]
            captions = [c for c in candidates if c.kind == "labelled" and c.body]
            if not captions or len(captions) >= len(layout.figures):
                continue
            figures = BoxIndex([figure.bbox for figure in layout.figures])
            named: dict[int, int] = {}
            for j, candidate in enumerate(candidates):
                panel = _panel_of(candidate, layout, figures) if _is_name(candidate) else None
                if panel is not None:
                    named.setdefault(panel, j)
            common = any(_is_common(caption, layout, named) for caption in captions)
            shared = list(named) if common else []
            if len(shared) < LEAST:
                continue
            for i in shared:
                name = candidates[named[i]]
                features = {"line": distance_of(layout.figures[i].bbox, name)}
                yield Proposal(
                    (layout.page, i), TextRef("page", layout.page, named[i]), features, self.name, self.claims
                )


def _is_name(candidate: Candidate) -> bool:
    plain = candidate.kind == "plain" and not (candidate.key or candidate.place or candidate.data)
    return (
        plain
        and not candidate.vertical
        and len(candidate.body) <= LENGTH
        and candidate.body[-1:] not in "。：:"
    )


def _panel_of(name: Candidate, layout: PageLayout, figures: BoxIndex) -> int | None:
    """The figure (index) that a name stands centred at; None where that is none or several."""
    near = [
        i
        for i in figures.near(name.bbox, DRAWN_REACH * name.size)
        if _stands_at(
            name,
            layout.figures[i].bbox,
            DRAWN_REACH if layout.figures[i].source == "drawing" else REACH,
        )
    ]
    return near[0] if len(near) == 1 else None


def _stands_at(name: Candidate, box: Box, reach: float = REACH) -> bool:
    middle = abs(centre(name.bbox)[0] - centre(box)[0]) <= CENTRED * name.size
    apart = gap(name.bbox, box) <= reach * name.size and overlap_y(name.bbox, box) < 0.5 * height(name.bbox)
    return middle and apart and overlap_x(name.bbox, box) > 0


def _is_common(caption: Candidate, layout: PageLayout, named: Mapping[int, int]) -> bool:
    """Whether a caption stands centred at none of the named panels."""
    return not any(_stands_at(caption, layout.figures[i].bbox) for i in named)
