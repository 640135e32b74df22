"""Pictures at places that people drew in review, cut from the books of a workspace and stored as objects."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dataset_cards.review.figures import CutPicture, Cutter, DrawnBox
from extractors.drawn_crops import DrawnCrop, cut_drawn
from extractors.errors import BookError
from extractors.settings import ExtractSettings
from flows.workspace import Book, Workspace


def review_cutter(workspace: Workspace, book: Book, settings: ExtractSettings) -> Cutter:
    """Cuts pictures out of `book` as its other crops were cut, and keeps them among the objects."""

    def cut(places: Sequence[DrawnBox]) -> Mapping[DrawnBox, CutPicture | str]:
        workspace.scratch.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=workspace.scratch) as name:
            named = [(place.page, place.bbox) for place in places]
            try:
                crops = cut_drawn(book.path, named, Path(name), settings)
            except BookError as error:
                return dict.fromkeys(places, f"its picture could not be cut: {error}")
            return {DrawnBox(*place): _kept(workspace, crop) for place, crop in crops.items()}

    return cut


def _kept(workspace: Workspace, crop: DrawnCrop | str) -> CutPicture | str:
    if isinstance(crop, str):
        return crop
    stored = workspace.objects.put(crop.file.read_bytes(), crop.file.name)
    file = workspace.objects.path(stored.sha256)
    return CutPicture(file, crop.width, crop.height, stored.sha256, crop.phash)
