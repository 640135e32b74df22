"""Whole-number ids of texts and pictures, as the training code of Chinese-CLIP and CulTi's files use them.

Within a split equal texts are one text and equal pictures one picture, so that a text is never counted as
wrong for its own picture. Ids count up from 1 over all splits, in the order in which they are seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from dataset_cards.reading import Row

COLUMNS = ("description", "image_sha256")
"""What `ClipIds.pictures` reads of a row, besides its picture."""


class ClipIds:
    """The ids of one export; its splits are passed in turn."""

    def __init__(self) -> None:
        self._image_ids, self._text_ids = count(1), count(1)
        self._images: dict[str, int] = {}
        # The inner mapping is an ordered set: one caption may own thousands of pictures.
        self._texts: dict[str, dict[int, None]] = {}

    def pictures(self, rows: Iterable[Row]) -> Iterator[tuple[int, bytes]]:
        """Begin a split: id and PNG file of each picture when it is first seen."""
        self._images, self._texts = {}, defaultdict(dict)
        for row in rows:
            digest = row["image_sha256"]
            known = digest in self._images
            if not known:
                self._images[digest] = next(self._image_ids)
            self._texts[row["description"]][self._images[digest]] = None
            if not known:
                yield self._images[digest], row["image"]

    def image_id(self, sha256: str) -> int:
        """The id of a picture of this split that `pictures` has passed."""
        return self._images[sha256]

    def texts(self) -> Iterator[dict[str, Any]]:
        """End the split, once `pictures` is through: {"text_id": 1, "text": "…", "image_ids": [1, 2]}."""
        for text, image_ids in self._texts.items():
            yield {"text_id": next(self._text_ids), "text": text, "image_ids": list(image_ids)}
