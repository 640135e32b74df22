"""Captions of which a person said that they belong to no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dataset_cards.review.corrections import Correction
from dataset_cards.review.freed_captions import OF_NONE, Loose, is_same_caption
from dataset_cards.review.places import Whereabouts
from dataset_cards.review.record import NO_BOOK, Place, Reviewed, State

NO_CAPTION = "no caption without a figure is at this place any more"


def settle(
    captions: Sequence[Loose],
    settled: Sequence[Correction],
    titles: Mapping[str, str],
    whereabouts: Whereabouts,
) -> tuple[list[Loose], list[Reviewed]]:
    """The captions, those that belong to no figure with this as their reason; a line for each decision."""
    left, lines = list(captions), []
    for correction in settled:
        assert correction.bbox is not None
        seen = Place(correction.book, correction.page, correction.bbox)
        place = whereabouts(correction.id, seen)
        here = [
            number
            for number, (book, row, _) in enumerate(left)
            if (book, row.page) == (place.book, place.page) and is_same_caption(row.bbox, place.bbox)
        ]
        for number in here:
            book, row, picture = left[number]
            left[number] = (book, replace(row, reason=OF_NONE), picture)
        title = titles.get(place.book)
        told: tuple[State, str] = ("done", OF_NONE)
        if not here:
            told = ("not applied", NO_BOOK if title is None else NO_CAPTION)
        ids = (correction.id,)
        line = Reviewed(*told, "", place.book, title or "", place.page, place.bbox, (correction.who,), ids)
        lines.append(line)
    return left, lines
