"""The kind of a figure that a person drew: by its words and look, as the program tells those of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from extractors.look import Look, look_of
from extractors.pairing.kinds import BookFigures, kind_of_drawn
from extractors.records import Kind, Pair


class BookKinds:
    """Tells kinds by what the figures of each book have in common."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        """`pairs` are those that the program read in all books."""
        self._pairs: dict[str, list[Pair]] = defaultdict(list)
        for pair in pairs:
            self._pairs[pair.book_sha256].append(pair)
        self._books: dict[str, BookFigures] = {}

    def of(self, pair: Pair, look: Look | None) -> Kind:
        """The kind of a figure with the texts and the box of `pair`."""
        book = pair.book_sha256
        if book not in self._books:
            self._books[book] = BookFigures.of(self._pairs[book])
        return kind_of_drawn(pair.bbox, pair.title, pair.caption, pair.description, look, self._books[book])


def look_at(file: Path) -> Look:
    """How the picture in a file looks. Raises OSError."""
    with Image.open(file) as image:
        return look_of(np.asarray(image.convert("RGB")))
