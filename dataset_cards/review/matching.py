"""Which figure of the present reading each decision is about.

A figure is known again by its id; else by its place, also where its book was read again or saved again; else
by its picture. What is found nowhere is left over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from pathlib import Path

from dataset_cards.identity.places import PART_OF_FIGURE, SAME_FIGURE
from dataset_cards.identity.prints import CLEAR_BITS, CLEAR_LEAD
from dataset_cards.review.corrections import Correction, Merge, Split
from dataset_cards.review.decisions import Decision
from dataset_cards.review.figures import BookFigure, drawn_box, joined, made_id, part_ids
from dataset_cards.review.record import Place
from extractors.crops import phash
from extractors.geometry import iou

FindPlace = Callable[[str, Place], Place]
"""From the id of a correction and the place it names to where that place is in the books of now."""


class Matcher:
    """The figures of all books, to which decisions are given one after the other."""

    def __init__(
        self,
        figures: Sequence[BookFigure],
        books: Container[str],
        known: Container[str],
        find: FindPlace,
    ) -> None:
        """`books` are those on the shelf (sha256), `known` the ids that earlier versions published."""
        self.figures = list(figures)
        self._books, self._known, self._find_place = books, known, find
        self._by_id: dict[str, BookFigure] = {}
        self._by_page: dict[tuple[str, int], list[BookFigure]] = defaultdict(list)
        self._by_book: dict[str, list[BookFigure]] = defaultdict(list)
        self._hashes: dict[Path, str] = {}
        for figure in self.figures:
            self._register(figure)

    def give(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Give each decision to its figure, making those that people added; returns what is left over."""
        oldest_first = sorted(joined(decisions), key=lambda d: (d.corrections[0].when, d.corrections[0].id))
        # What is about a part of a split figure waits until there is the part: it would fit the whole, too.
        parts = {pair_id for d in oldest_first for split in d.splits for pair_id in part_ids(split)}
        waiting = [d for d in oldest_first if d.target.pair_id in parts]
        left = [d for d in oldest_first if d.target.pair_id not in parts and not self._take(d)]
        while True:  # a part may be split again
            for figure in list(self.figures):
                self._take_apart(figure)
            still = [d for d in waiting if d.target.pair_id not in self._by_id]
            for decision in waiting:
                if decision.target.pair_id in self._by_id:
                    self._take(decision)
            if len(still) == len(waiting):
                break
            waiting = still
        left = [decision for decision in [*left, *waiting] if not self._take(decision)]
        for figure in self.figures:
            self._put_together(figure)
        return left

    def _take(self, decision: Decision) -> bool:
        figure = self._find(decision) or self._added(decision)
        if figure is None:
            return False
        figure.about += decision.corrections
        if not figure.pair_id:
            figure.pair_id = made_id(decision.corrections[0])
            self._by_id.setdefault(figure.pair_id, figure)
        return True

    def _find(self, decision: Decision) -> BookFigure | None:
        target = decision.target
        if target.pair_id in self._by_id:
            return self._by_id[target.pair_id]
        # A person may have added a part of a figure: only one at the same place is the one added.
        least = SAME_FIGURE if "added" in decision.fields else PART_OF_FIGURE
        for place in self._places(decision):
            if place.pair_id in self._by_id:
                return self._by_id[place.pair_id]
            if found := self._at(place, least):
                return found
        book = self._find_place("", Place(target.book, target.page, target.bbox)).book
        return self._like(book, target.phash)

    def _places(self, decision: Decision) -> Iterator[Place]:
        """Where the figure of a decision may be, the last place first; an added one where it was drawn."""
        added = "added" in decision.fields
        for correction in reversed(decision.corrections):
            bbox = (drawn_box(correction) if added else None) or correction.bbox
            assert bbox is not None
            yield self._find_place(correction.id, Place(correction.book, correction.page, bbox))

    def _at(self, place: Place, least: float, besides: BookFigure | None = None) -> BookFigure | None:
        """The figure at a place: the one that overlaps most, or the only one that overlaps by `least`."""
        overlaps = [
            (max(iou(place.bbox, own) for own in figure.boxes()), figure)
            for figure in self._by_page[place.book, place.page]
            if figure is not besides and self._may_be(figure)
        ]
        near = [(overlap, figure) for overlap, figure in overlaps if overlap >= least]
        if not near:
            return None
        overlap, best = max(near, key=lambda item: item[0])
        return best if overlap >= SAME_FIGURE or len(near) == 1 else None

    def _may_be(self, figure: BookFigure) -> bool:
        """Whether the figure may be one that is called otherwise: no version knows it by an id of its own."""
        return figure.pair is None or figure.pair_id not in self._known

    def _like(self, book: str, picture: str | None) -> BookFigure | None:
        """The figure of the book that clearly shows the picture, and no other does."""
        if not picture:
            return None
        ranked = sorted(
            (
                ((int(own, 16) ^ int(picture, 16)).bit_count(), figure)
                for figure in self._by_book[book]
                if self._may_be(figure) and (own := self._hash(figure))
            ),
            key=lambda item: item[0],
        )
        if not ranked or ranked[0][0] > CLEAR_BITS:
            return None
        alone = len(ranked) == 1 or ranked[1][0] - ranked[0][0] >= CLEAR_LEAD
        return ranked[0][1] if alone else None

    def _hash(self, figure: BookFigure) -> str:
        if figure.pair is not None:
            return figure.pair.image_phash
        if figure.source is None:
            return ""
        if figure.source not in self._hashes:
            self._hashes[figure.source] = phash(figure.source.read_bytes())
        return self._hashes[figure.source]

    def _added(self, decision: Decision) -> BookFigure | None:
        """The figure that the decision adds; None where it adds none, or its book is not there."""
        if "added" not in decision.fields:
            return None
        by = decision.fields["added"].by
        assert by.bbox is not None
        place = self._find_place(by.id, Place(by.book, by.page, by.bbox))
        if place.book not in self._books:
            return None
        return self._make(BookFigure(place.book, place.page, place.bbox, pair_id=made_id(by)))

    def _take_apart(self, figure: BookFigure) -> None:
        """Make the parts of a figure that was split; parts that the program reads by itself are there."""
        for split in _decided(figure, Split):
            for pair_id, box in part_ids(split).items():
                place = Place(figure.book, figure.page, box)
                part = self._by_id.get(pair_id) or self._at(place, SAME_FIGURE, besides=figure)
                if part is None:
                    part = self._make(BookFigure(figure.book, figure.page, box, pair_id=pair_id, like=figure))
                part.pair_id = part.pair_id or pair_id
                self._by_id.setdefault(pair_id, part)

    def _put_together(self, figure: BookFigure) -> None:
        for merge in _decided(figure, Merge):
            assert isinstance(merge.data, Merge)
            for box in merge.data.boxes:
                place = self._find_place("", Place(figure.book, figure.page, box))
                others = [
                    (iou(box, own), other)
                    for other in self._by_page[place.book, place.page]
                    if other is not figure
                    for own in other.boxes()
                ]
                overlap, best = max(others, key=lambda item: item[0], default=(0.0, figure))
                if overlap >= PART_OF_FIGURE:
                    best.merged_into = figure.pair_id

    def _make(self, figure: BookFigure) -> BookFigure:
        self.figures.append(figure)
        self._register(figure)
        return figure

    def _register(self, figure: BookFigure) -> None:
        if figure.pair_id:
            self._by_id[figure.pair_id] = figure
        self._by_page[figure.book, figure.page].append(figure)
        self._by_book[figure.book].append(figure)


def _decided(figure: BookFigure, kind: type[Split] | type[Merge]) -> list[Correction]:
    return [correction for correction in figure.about if isinstance(correction.data, kind)]
