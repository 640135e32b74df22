"""What people decided, by figure, text and page, so that each is found at once while more is decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from dataset_cards.review.corrections import Correction, Merge, PrintedText
from dataset_cards.review.decisions import BookDecisions, Decision, resolve
from dataset_cards.review.version_items import Item
from extractors.geometry import Box, rounded

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
    merged: frozenset[Place] = frozenset()
    """Figures that became a part of another."""

    def of(self, item: Item) -> Decision | None:
        """What was decided about a pair or a figure; None where nothing was, and for other items."""
        if item.type == "pair":
            return self.by_id.get(item.id)
        return self.by_place.get(place(item.page, item.bbox)) if item.type == "figure" and item.bbox else None

    def is_merged(self, item: Item) -> bool:
        """Whether the item's figure became a part of another."""
        return bool(self.merged) and item.bbox is not None and place(item.page, item.bbox) in self.merged

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
        if item.reviewed:
            return True
        book = self.of_book(item.book)
        if not (book.book.figures or book.book.done):
            return False
        if book.is_done(item.page) or book.of(item) is not None or book.is_merged(item):
            return True
        return item.type == "caption" and item.bbox is not None and place(item.page, item.bbox) in book.linked


def place(page: int, box: Box) -> Place:
    """As places are compared."""
    return page, rounded(box)


def _decided(book: BookDecisions) -> DecidedBook:
    by_id, by_place = {}, {}
    linked, merged = set(), set()
    for decision in book.figures:
        target = decision.target
        if target.pair_id is not None:
            by_id[target.pair_id] = decision
        else:
            by_place[place(target.page, target.bbox)] = decision
        for setting in decision.fields.values():
            if isinstance(setting.value, PrintedText):
                linked.add(place(setting.value.page, setting.value.bbox))
            elif isinstance(setting.value, Merge):
                merged |= {place(target.page, box) for box in setting.value.boxes}
    return DecidedBook(book, by_id, by_place, frozenset(linked), frozenset(merged))
