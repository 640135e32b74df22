"""What people decided, by figure, text and page, so that each is found at once while more is decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dataset_cards.identity.places import SAME_FIGURE
from dataset_cards.review.corrections import Correction, Merge, PrintedText
from dataset_cards.review.decisions import BookDecisions, Decision, resolve
from dataset_cards.review.figures import joined, made_id
from dataset_cards.review.freed_captions import BY_PEOPLE
from dataset_cards.review.version_items import Item
from extractors.geometry import Box, iou, rounded

Place = tuple[int, Box]
"""(page, box), the box rounded as corrections are compared by it."""


@dataclass(frozen=True)
class DecidedBook:
    """The decisions about one book, by what they are about."""

    book: BookDecisions = field(default_factory=BookDecisions)
    by_id: dict[str, Decision] = field(default_factory=dict)
    by_place: dict[Place, Decision] = field(default_factory=dict)
    """Of figures that are no pairs."""
    linked: frozenset[Place] = frozenset()
    """Texts that a person gave to a figure."""
    merged: Mapping[int, Sequence[tuple[Box, Correction]]] = field(default_factory=dict)
    """By page: the boxes of figures that became a part of another, each with the merge."""

    def of(self, item: Item) -> Decision | None:
        """What was decided about a pair or a figure; None where nothing was, and for other items."""
        if item.type not in ("pair", "figure") or item.bbox is None:
            return None
        if item.gone:  # what was a figure without text has an id there that no decision names
            return next((d for d in self.book.figures if item.corrections and _is_about(d, item)), None)
        return self.by_id.get(item.id) if item.type == "pair" else self.at(item.page, item.bbox)

    def at(self, page: int, box: Box) -> Decision | None:
        """What was decided about a figure that is no pair, at its place."""
        return self.by_place.get(place(page, box))

    def merge_of(self, item: Item) -> Correction | None:
        """The merge by which the item's figure became a part of another."""
        if item.bbox is None or item.type not in ("pair", "figure"):
            return None
        for box, merge in self.merged.get(item.page, ()):
            if merge.pair_id != item.id and iou(box, item.bbox) >= SAME_FIGURE:
                return merge
        return None

    def is_linked(self, item: Item) -> bool:
        """Whether the item is a caption that a person gave to a figure."""
        return item.type == "caption" and item.bbox is not None and place(item.page, item.bbox) in self.linked

    def is_settled(self, item: Item) -> bool:
        """Whether a person said that the item is a caption of no figure."""
        return (
            item.type == "caption"
            and item.bbox is not None
            and place(item.page, item.bbox) in self.book.settled
        )

    def is_done(self, page: int) -> bool:
        """Whether a person looked at everything on the page."""
        return page in self.book.done


class Decisions:
    """All corrections that were read; a new one costs a look at those of its book alone."""

    def __init__(self, corrections: Iterable[Correction] = ()) -> None:
        self._lines: dict[str, list[Correction]] = defaultdict(list)
        self._resolved: dict[str, DecidedBook] = {}
        self.add(corrections)

    def add(self, corrections: Iterable[Correction]) -> None:
        """Take more corrections in."""
        for correction in corrections:
            self._lines[correction.book].append(correction)
            self._resolved.pop(correction.book, None)

    def of_book(self, sha256: str) -> DecidedBook:
        """What counts for one book."""
        if sha256 not in self._resolved:
            lines = self._lines.get(sha256, ())
            self._resolved[sha256] = _decided(resolve(lines).get(sha256, BookDecisions(done={})))
        return self._resolved[sha256]

    def has(self, item: Item) -> bool:
        """Whether a person decided on the item, or on the whole of its page."""
        if item.reviewed or (item.type == "caption" and item.row.get("reason") in BY_PEOPLE):
            return True
        book = self.of_book(item.book)
        if not (book.book.figures or book.book.done or book.book.settled):
            return False
        if book.is_done(item.page) or book.of(item) is not None or book.merge_of(item) is not None:
            return True
        return book.is_linked(item) or book.is_settled(item)


def place(page: int, box: Box) -> Place:
    """As places are compared."""
    return page, rounded(box)


def _is_about(decision: Decision, item: Item) -> bool:
    return any(correction.id in item.corrections for correction in decision.corrections)


def _decided(book: BookDecisions) -> DecidedBook:
    figures = tuple(joined(book.figures))
    book = replace(book, figures=figures)
    by_id, by_place = {}, {}
    linked = set()
    merged: dict[int, list[tuple[Box, Correction]]] = defaultdict(list)
    for decision in figures:
        target = decision.target
        if target.pair_id is not None:
            by_id[target.pair_id] = decision
        else:
            by_place[place(target.page, target.bbox)] = decision
        if added := decision.fields.get("added"):
            first = added.by
            assert first.bbox is not None
            by_id[made_id(first)] = by_place[place(first.page, first.bbox)] = decision
        for setting in decision.fields.values():
            if isinstance(setting.value, PrintedText):
                linked.add(place(setting.value.page, setting.value.bbox))
        for merge in decision.merges:
            assert isinstance(merge.data, Merge)
            merged[target.page] += [(box, merge) for box in merge.data.boxes]
    return DecidedBook(book, by_id, by_place, frozenset(linked), merged)
