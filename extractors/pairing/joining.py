"""Drawings in pieces that share one caption become one figure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace

from extractors.geometry import Box, cover, gap, union
from extractors.grouping import BoxIndex
from extractors.pairing.drafts import Draft, Place, place_of
from extractors.pairing.page_problem import LABEL_LENGTH
from extractors.records import TextLine

FRAGMENT_GAP = 60.0
"""Loose parts of a drawing stand within this many points of the rest."""
LABEL_GAP = 8.0
"""Numbers and scales of a drawing stand within this many points of it."""
MOST_AT_FIRST, MOST_COVERED = 0.3, 0.1
"""Shares of another figure or text that a drawing may cover: its pieces together, and as it grows."""
DIAGONAL = 2**0.5
"""A box that grows by one to each side comes nearer to a corner by this much."""

_DRAWN_LABEL = re.compile(
    r"(?:[0-9①-⑳.,()（）\-—~～ ]|[A-Za-z]{1,2}(?![A-Za-z])|[厘釐]米|毫米|米|cm|mm|北|[东東西南]){1,12}$"
)
"""Numbers, letters, scales and compass points: what is printed inside drawings."""


def join_drawings(
    drafts: Sequence[Draft], fragments: Sequence[Box], texts: Sequence[TextLine]
) -> list[Draft]:
    """Drafts of one page with the vector pieces of one caption joined into one figure.

    `fragments` are strokes too small or too plain to be figures alone (a scale bar, a plain vessel); those
    closer to a drawing than to other figures belong to it, as do short labels (`texts` are the lines outside
    figures). No union is made that would swallow other text or another figure.
    """
    by_caption: dict[Place, list[int]] = defaultdict(list)
    for index, draft in enumerate(drafts):
        named = draft.rule.endswith("+line")  # a panel with a name of its own is no piece
        if draft.candidate is not None and draft.has_text and draft.region.source == "drawing" and not named:
            by_caption[place_of(draft.candidate)].append(index)
    figures = BoxIndex([draft.bbox for draft in drafts])
    sentences = [text.bbox for text in texts if len(text.text) > LABEL_LENGTH]
    printed = BoxIndex(sentences)
    loose = _Parts(fragments)
    labels = _Parts([text.bbox for text in texts if _DRAWN_LABEL.match(text.text)])
    removed: set[int] = set()
    result = list(drafts)
    for (_, caption), members in by_caption.items():

        def others(box: Box, reach: float = 0.0, own: Set[int] = frozenset(members)) -> Iterator[Box]:
            return (drafts[k].bbox for k in figures.near(box, reach) if k not in own)

        def is_free(box: Box, most: float = MOST_COVERED, caption: Box = caption) -> bool:
            closed = (*others(box), *(sentences[k] for k in printed.near(box)), caption)
            return not any(cover(other, box) > most for other in closed)

        whole = union([drafts[i].bbox for i in members])
        if not is_free(whole, MOST_AT_FIRST):
            continue

        def is_nearest(part: Box, whole: Box = whole) -> bool:
            apart = gap(part, whole)
            return all(apart <= gap(part, other) for other in others(part, apart))

        grown = loose.added_to(whole, FRAGMENT_GAP, lambda part, larger: is_nearest(part) and is_free(larger))
        grown = labels.added_to(grown, LABEL_GAP, lambda _, larger: is_free(larger))
        first = members[0]
        result[first] = drafts[first].with_(
            region=replace(drafts[first].region, bbox=grown),
            margin=max(drafts[i].margin for i in members),
        )
        removed.update(members[1:])
    return [d for i, d in enumerate(result) if i not in removed]


class _Parts:
    """Pieces of a page that may belong to a drawing."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._boxes = boxes
        self._index = BoxIndex(boxes)

    def added_to(self, start: Box, reach: float, may: Callable[[Box, Box], bool]) -> Box:
        """`start` with the parts within `reach` points of it and of one another, the nearest to it first.

        `may(part, larger)` says whether the box may grow by `part` to `larger`.
        """
        whole = start
        seen: set[int] = set()
        looked, far = -1.0, reach
        while far > looked:
            found = [self._boxes[k] for k in self._index.near(start, far) if k not in seen]
            seen.update(self._index.near(start, far))
            for part in sorted(found, key=lambda part: (gap(part, start), part)):
                larger = union([whole, part])
                if gap(part, whole) <= reach and may(part, larger):
                    whole = larger
            looked = far
            grown = max(abs(new - old) for new, old in zip(whole, start, strict=True))
            far = reach + DIAGONAL * grown  # what is farther from `start` is out of reach of `whole` too
        return whole
