"""Captions that lose their figure by what a person decided: they are unmatched then, with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dataset_cards.review.figures import BookFigure
from extractors.geometry import Box, cover
from extractors.records import Pair, Unmatched

MERGED = "its figure became a part of another"
NO_FIGURE = "a person saw no figure there"
TAKEN = "a person said that it is not this figure's"
OF_NONE = "a person said that it belongs to no figure"
NO_TEXT = "a person gave it no text"
"""The reason of a figure that a person made or changed, and that has none."""
BY_PEOPLE = (MERGED, NO_FIGURE, TAKEN, OF_NONE)
"""Reasons that follow from what a person decided: such a caption is no new work."""
WRONG_TEXT = "wrong-text"
"""The reason of a rejection that says so."""
SAME_CAPTION = 0.5
"""Share of a caption that lies in the place of another text from which on the two are one."""
_TEXTS = (
    *("title", "caption", "description", "number", "kind", "medium", "subject", "rule", "confidence"),
    *("caption_page", "caption_bbox", "description_page", "description_bbox"),
)
"""What a review shows of a figure that is not in the version."""

Loose = tuple[str, Unmatched, Path | None]


def left_texts(pair: Pair | None) -> Mapping[str, Any]:
    """The texts of a pair that leaves the version, as the program read them."""
    return {name: getattr(pair, name) for name in _TEXTS} if pair else {}


def read_caption(figure: BookFigure, reason: str) -> Unmatched | None:
    """The caption that the program read for a figure, as one without; None where it read none."""
    pair = figure.pair
    if pair is None or not pair.caption or pair.caption_bbox is None:
        return None
    return Unmatched("caption", pair.caption_page or pair.page, pair.caption_bbox, pair.caption, reason)


def without_figure(freed: Iterable[Loose], pairs: Sequence[Pair]) -> list[Loose]:
    """Those of the captions that none of the `pairs` has, each once."""
    held: dict[tuple[str, int], list[Box]] = defaultdict(list)
    for pair in pairs:
        if pair.caption_bbox is not None:
            held[pair.book_sha256, pair.caption_page or pair.page].append(pair.caption_bbox)
    left = []
    for book, caption, picture in freed:
        boxes = held[book, caption.page]
        if not any(is_same_caption(caption.bbox, box) for box in boxes):
            left.append((book, caption, picture))
            boxes.append(caption.bbox)
    return left


class ReadCaptions:
    """The captions that the program gave to figures, by place."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs: dict[tuple[str, int], list[Pair]] = defaultdict(list)
        for pair in pairs:
            self._pairs[pair.book_sha256, pair.caption_page or pair.page].append(pair)

    def pair_at(self, book: str, page: int, bbox: Box) -> Pair | None:
        """The pair whose caption is at `bbox` (points) of the page; None for a text of no pair."""
        for pair in self._pairs.get((book, page), ()):
            own = pair.caption_bbox
            if own and (is_same_caption(own, bbox) or is_same_caption(bbox, own)):
                return pair
        return None


def is_same_caption(caption: Box, other: Box) -> bool:
    """Whether a caption (its box in points) lies in the place of another text of the page."""
    return cover(caption, other) >= SAME_CAPTION
