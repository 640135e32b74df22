"""Sketches of crops: each picture decoded once, its sketch kept in a scratch file rather than in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from dataset_cards.duplicates.likeness import SKETCH_BYTES, Sketch, sketch
from dataset_cards.duplicates.records import Shown
from dataset_cards.errors import DamagedWorkspaceError
from dataset_cards.files import REMEDY


class Sketches:
    """The sketches of pairs' pictures by image_sha256; use it in a `with` block."""

    def __init__(self, pictures: Mapping[str, tuple[Shown, Path]]) -> None:
        """`pictures`: by image_sha256 a pair, or a figure of earlier versions, that shows it, and the file
        of its crop."""
        self._pictures = pictures
        self._places: dict[str, int] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def get(self, image_sha256: str) -> Sketch:
        """The sketch of a picture. Raises DamagedWorkspaceError when its crop cannot be read."""
        place = self._places.get(image_sha256)
        if place is not None:
            self._file.seek(place)
            return Sketch.from_bytes(self._file.read(SKETCH_BYTES))
        made = sketch(_decoded(*self._pictures[image_sha256]))
        self._places[image_sha256] = self._file.seek(0, 2)
        self._file.write(made.to_bytes())
        return made


def _decoded(pair: Shown, source: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The crop's pixels, H x W x 3, BGR."""
    where = f"{pair.book_title}, page {pair.page}: the crop {source}"
    try:
        data = source.read_bytes()
    except OSError as error:
        raise DamagedWorkspaceError(f"{where} cannot be read ({error.strerror}); {REMEDY}") from error
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if picture is None:
        raise DamagedWorkspaceError(f"{where} cannot be read (it is no picture); {REMEDY}")
    return np.asarray(picture)
