"""Where a place that a correction names is now: in another reading of the book, or in a file saved again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from dataset_cards.identity.past_books import PastBooks
from dataset_cards.identity.places import Place as BookPage
from dataset_cards.review.record import Place


class Whereabouts:
    """Finds the present place of a correction."""

    def __init__(
        self,
        books: Collection[str],
        last: Mapping[str, Place],
        same_pages: Mapping[BookPage, BookPage],
        past: PastBooks,
    ) -> None:
        """`books` are those on the shelf; `last` tells where the figure of a correction was in the version
        before, `same_pages` which page of a book is which of the book that continues it."""
        self._books, self._last, self._same = books, last, same_pages
        self._past = past

    def __call__(self, correction: str, seen: Place) -> Place:
        """The place now; one in a book that is not on the shelf where no book continues that."""
        place = self._last.get(correction, seen)
        if place.book in self._books:
            return place
        for book in sorted(self._books):
            if any(earlier.sha256 == place.book for earlier in self._past.earlier(book)):
                return replace(place, book=book, page=self._page(place, book))
        return place

    def _page(self, place: Place, book: str) -> int:
        """The page in `book`: as pictures show it, else as the nearest page that they show has moved."""
        moved = [
            (old, new) for (was, old), (now, new) in self._same.items() if (was, now) == (place.book, book)
        ]
        if not moved:
            return place.page
        old, new = min(moved, key=lambda pages: (abs(pages[0] - place.page), pages))
        return place.page + new - old
