"""Ids and splits inherited from earlier versions; new ids are minted for figures first seen.

A figure is known again, in this order, by its place in the same file; by its picture on that page; in a file
that continues an old one (`successors`) by picture, and by place on the page that pictures have shown to be
the same; and last by half of its place. Each old figure is taken over once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dataset_cards.duplicates.pictures import Sourced
from dataset_cards.identity.names import carry_names, unused
from dataset_cards.identity.places import (
    PART_OF_FIGURE,
    SAME_FIGURE,
    Place,
    by_place,
    free_by_place,
    match_boxes,
    sharing_pixels,
    shows_stricter,
)
from dataset_cards.identity.prints import Print, find_prints
from dataset_cards.identity.records import Figure, History
from dataset_cards.identity.successors import Succession, find_successions
from dataset_cards.splits import STRICTEST_FIRST
from extractors.geometry import iou
from extractors.records import Pair

UNLIKE_BITS = 24
"""Differing bits of two perceptual hashes above which they are of different pictures: those of unrelated
ones differ by 32 of 64 on the average and by 24 or fewer once in thirty times; a crop that is 5 % narrower
differs by 20."""


@dataclass(frozen=True)
class Inheritance:
    """The pairs of a new version under the ids they keep."""

    pairs: Sequence[Sourced]
    """In the order given, with the ids, figure_ids, parents and groups of the pairs they were."""
    follows: Mapping[str, str] = field(default_factory=dict)
    """Of new pairs that show pixels or the picture of an old one: pair_id -> the split they belong to."""
    continues: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """sha256 of a book -> those of the old books it was saved again from."""
    same_pages: Mapping[Place, Place] = field(default_factory=dict)
    """Page of a book -> the page of the book that continues it, as pictures show."""


def inherit(pairs: Sequence[Sourced], history: History) -> Inheritance:
    """Give each of `pairs` (as extracted, their ids unique) the id it had in an earlier version.

    A pair that was never published keeps the id it was extracted with, unless an old figure has that id. The
    result depends on the set of pairs, not on their order. Raises DamagedWorkspaceError for a crop that
    cannot be read.
    """
    if not history.figures:
        return Inheritance(pairs)
    heirs = _Heirs(pairs, history)
    heirs.by_id_alone()
    heirs.on_same_pages(SAME_FIGURE)
    prints = find_prints(heirs.free_figures(), heirs.free_pairs(), history.picture)
    heirs.take(item for item in _by_bits(prints) if _same_page(item))
    successions = find_successions(prints, heirs.old_sizes, heirs.new_sizes, heirs.new_sizes.keys())
    heirs.take(_in_successors(successions))
    heirs.see_as_same(successions)
    heirs.on_same_pages(SAME_FIGURE)
    heirs.on_same_pages(PART_OF_FIGURE)
    continues: dict[str, list[str]] = defaultdict(list)
    for succession in successions:
        continues[succession.new].append(succession.old)
    same_pages = {(s.old, old): (s.new, new) for s in successions for new, old in s.pages.items()}
    return Inheritance(heirs.renamed(), heirs.follows(prints), dict(continues), same_pages)


class _Heirs:
    """Who has taken over which figure so far."""

    def __init__(self, pairs: Sequence[Sourced], history: History) -> None:
        self._given = pairs
        self._figures = history.figures
        self._sorted = sorted(pairs, key=lambda item: item[0].pair_id)
        self._places = by_place(history.figures.values())
        # A page may be several old ones, where files were put together or a spread was cut.
        self._same: dict[Place, list[Place]] = {}
        self._pages: dict[Place, list[Pair]] = defaultdict(list)
        for pair, _ in self._sorted:
            self._pages[pair.book_sha256, pair.page].append(pair)
        self.taken: dict[str, str] = {}
        """pair_id of a figure -> that of the pair, as extracted, that took it over."""
        self.origin: dict[str, Figure] = {}
        """The reverse: pair_id as extracted -> the figure."""
        self.ids: dict[str, str] = {}
        """pair_id as extracted -> pair_id as published; filled by `renamed`."""
        self.old_sizes = Counter(figure.book_sha256 for figure in history.figures.values())
        self.new_sizes = Counter(pair.book_sha256 for pair, _ in pairs)

    def free_figures(self) -> list[Figure]:
        return [figure for figure in self._figures.values() if figure.pair_id not in self.taken]

    def free_pairs(self) -> list[Sourced]:
        return [item for item in self._sorted if item[0].pair_id not in self.origin]

    def by_id_alone(self) -> None:
        """Take over, by the id itself, figures of which old versions recorded nothing else."""
        for pair, _ in self._sorted:
            old = self._figures.get(pair.pair_id)
            if old is not None and not old.page:
                self._match(old, pair)

    def on_same_pages(self, least: float) -> None:
        """Take over by place: in the same file, and on pages that are seen as the same."""
        for place, pairs in self._pages.items():
            news = [pair for pair in pairs if pair.pair_id not in self.origin]
            for page in self._old_pages(place) if news else ():
                olds = free_by_place(self._places, page, self.taken)
                for old, new in match_boxes(olds, news, least):
                    if not shows_stricter(old, new, self._places[page]) and not _another_picture(old, new):
                        self._match(old, new)
                news = [pair for pair in news if pair.pair_id not in self.origin]

    def take(self, prints: Iterable[Print]) -> None:
        """Take over by picture, in the order given."""
        for item in prints:
            if item.old.pair_id not in self.taken and item.new.pair_id not in self.origin:
                self._match(item.old, item.new)

    def see_as_same(self, successions: Sequence[Succession]) -> None:
        """Let places be compared on pages that pictures have shown to be the same."""
        for succession in successions:
            for new, old in succession.pages.items():
                self._same.setdefault((succession.new, new), []).append((succession.old, old))

    def follows(self, prints: Sequence[Print]) -> dict[str, str]:
        """The strictest split of the old figures that each new pair shows something of; by its new id."""
        shown: dict[str, set[str]] = defaultdict(set)
        for item in prints:
            if item.new.pair_id not in self.origin:
                shown[item.new.pair_id].add(item.old.split)
        for place, pairs in self._pages.items():
            for pair in pairs:
                if pair.pair_id not in self.origin:
                    for page in self._old_pages(place):
                        olds = sharing_pixels(pair, self._places.get(page, ()))
                        shown[pair.pair_id].update(old.split for old in olds)
        return {
            self.ids[pair_id]: min(splits, key=STRICTEST_FIRST.index)
            for pair_id, splits in shown.items()
            if splits
        }

    def renamed(self) -> list[Sourced]:
        """The pairs in the order given, under their ids and names."""
        self.ids = {pair_id: old.pair_id for pair_id, old in self.origin.items()}
        used = {*self._figures, *self.ids.values()}
        books: dict[str, list[Pair]] = defaultdict(list)
        for pair, _ in self._sorted:
            books[pair.book_sha256].append(pair)
            if pair.pair_id not in self.ids:
                self.ids[pair.pair_id] = unused(pair.pair_id, used)
                used.add(self.ids[pair.pair_id])
        named: dict[str, Pair] = {}
        for pairs in books.values():
            pairs.sort(key=lambda pair: (pair.page, pair.bbox, pair.pair_id))
            ids = [self.ids[pair.pair_id] for pair in pairs]
            origins = [self.origin.get(pair.pair_id) for pair in pairs]
            for pair, carried in zip(pairs, carry_names(pairs, origins, ids), strict=True):
                named[pair.pair_id] = carried
        return [(named[pair.pair_id], source) for pair, source in self._given]

    def _match(self, old: Figure, new: Pair) -> None:
        self.taken[old.pair_id] = new.pair_id
        self.origin[new.pair_id] = old

    def _old_pages(self, place: Place) -> list[Place]:
        return [place, *self._same.get(place, ())]


def _by_bits(prints: Iterable[Print]) -> list[Print]:
    return sorted(
        prints,
        key=lambda item: (not item.old.held, not item.exact, item.bits, item.old.pair_id, item.new.pair_id),
    )


def _same_page(item: Print) -> bool:
    return (item.old.book_sha256, item.old.page) == (item.new.book_sha256, item.new.page)


def _another_picture(old: Figure, new: Pair) -> bool:
    """Whether what a file shows at the place of `old` in an earlier file is something else."""
    # Of a figure that a person drew otherwise, the picture is not that of the place where it was read.
    known = old.image_phash and new.image_phash and old.read_bbox is None
    if old.book_sha256 == new.book_sha256 or not known:
        return False
    return (int(old.image_phash, 16) ^ int(new.image_phash, 16)).bit_count() > UNLIKE_BITS


def _in_successors(successions: Sequence[Succession]) -> Iterator[Print]:
    """The prints that books saved again share with the old ones: those at the same place first."""
    ranked = []
    for succession in successions:
        for item in succession.prints:
            at_place = succession.pages.get(item.new.page) == item.old.page
            overlap = iou(item.old.place, item.new.bbox) if at_place else 0.0
            rank = (
                overlap < SAME_FIGURE,
                not at_place,
                not item.old.held,
                not item.exact,
                item.bits,
                -overlap,
                item.old.pair_id,
                item.new.pair_id,
            )
            ranked.append((rank, item))
    return (item for _, item in sorted(ranked, key=lambda entry: entry[0]))
