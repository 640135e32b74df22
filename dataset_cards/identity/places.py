"""Figures known again by their place: the page and the box."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dataset_cards.identity.records import Figure
from dataset_cards.splits import STRICTEST_FIRST
from extractors.geometry import Box, cover, iou
from extractors.records import Pair

SAME_FIGURE = 0.7
"""Intersection over union from which two boxes of a page are readings of one figure. Edges that move by 3
points keep a figure of 40 points above it; a figure beside or inside another stays below."""
PART_OF_FIGURE = 0.4
"""The same where only one is left that overlaps so much: half of a figure that was taken apart."""
HELD_LEAD = 0.1
"""Overlap by which a figure of the version before goes ahead of one that left earlier: datasets that older
programs made hold several readings of one figure, each under an id of its own."""
SHARED_PIXELS = 0.3
"""Share of the smaller of two boxes from which they show the same print. Boxes of figures that touch overlap
by less when their edges move by a few points."""
SHOWN = 0.5
"""Share of a figure in a box from which the box shows the figure."""

Place = tuple[str, int]
"""Book and page."""
Match = tuple[Figure, Pair]


def by_place(figures: Iterable[Figure]) -> dict[Place, list[Figure]]:
    """The figures whose place is known, by book and page."""
    places: dict[Place, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.page:
            places[figure.book_sha256, figure.page].append(figure)
    return dict(places)


def match_boxes(olds: Sequence[Figure], news: Sequence[Pair], least: float) -> Iterator[Match]:
    """One to one, the greatest overlap first, those that overlap by `least` (IoU); all are of one page."""
    edges = []
    for i, old in enumerate(olds):
        for j, new in enumerate(news):
            overlap = _iou(old.place, new.bbox)
            if overlap >= least:
                # Of figures with one box, as a plate and its motif may have, the picture tells which is
                # which.
                other = old.image_sha256 != new.image_sha256, old.pair_id != new.pair_id
                lead = overlap + (HELD_LEAD if old.held else 0.0)
                edges.append((-lead, other, old.pair_id, new.pair_id, i, j))
    taken_old, taken_new = set(), set()
    for *_, i, j in sorted(edges):
        if i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            yield olds[i], news[j]


def shows_stricter(old: Figure, new: Pair, page: Sequence[Figure]) -> bool:
    """Whether the box of `new` shows a figure of a stricter split that the box of `old` did not show.

    The split of `old` would then put pixels of a test figure into train.
    """
    rank = STRICTEST_FIRST.index
    return any(
        rank(other.split) < rank(old.split)
        and cover(other.bbox, new.bbox) >= SHOWN > cover(other.bbox, old.place)
        for other in page
    )


def sharing_pixels(new: Pair, page: Sequence[Figure]) -> list[Figure]:
    """The figures of a page that show some of the print that `new` shows."""
    return [old for old in page if shares_pixels(old.bbox, new.bbox)]


def strictest_sharing(new: Pair, places: Mapping[Place, Sequence[Figure]]) -> str | None:
    """The strictest split of the old figures that show some of the print that `new` shows; None: of none."""
    olds = sharing_pixels(new, places.get((new.book_sha256, new.page), ()))
    return min((old.split for old in olds), key=STRICTEST_FIRST.index, default=None)


def shares_pixels(a: Box, b: Box) -> bool:
    """Whether two boxes of one page show the same print."""
    return max(cover(a, b), cover(b, a)) >= SHARED_PIXELS


def _iou(a: Box, b: Box) -> float:
    if a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]:
        return 0.0  # apart, as most boxes of a page are
    return iou(a, b)


def free_by_place(
    places: Mapping[Place, Sequence[Figure]], place: Place, taken: Mapping[str, object]
) -> list[Figure]:
    """The figures of a page that no pair has taken over yet."""
    return [figure for figure in places.get(place, ()) if figure.pair_id not in taken]
