"""Labelled pages of real books as training pages: a finder that is trained on them too knows their series."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pymupdf

from extractors.document import open_document, render
from extractors.errors import UsageError
from extractors.evaluation.labels import BookLabels, labelled_books, read_labels
from extractors.figures.finder import PICTURE_SIDE
from extractors.figures.finder_input import SINGLE, SPREAD
from extractors.fitting.finder.dice import Picture
from extractors.fitting.finder.pages import TrainingPage
from extractors.fitting.finder.scanning import Shape
from extractors.fitting.finder.sheet import ItemKind
from extractors.geometry import Box
from extractors.settings import Limits

TABLE = "table"
"""Negatives of this kind teach what a table is."""


def labelled_pages(folders: Sequence[Path]) -> list[TrainingPage]:
    """All labelled pages of the books in `folders`, in the order of their names.

    Raises UsageError where there is none, LabelError for labels that cannot be read, and what opening and
    rendering a page raise.
    """
    found = [
        page
        for folder in folders
        for name in labelled_books(folder)
        for page in _pages_of(folder / f"{name}.pdf", read_labels(folder, name))
    ]
    if not found:
        raise UsageError(f"no labelled page in {', '.join(map(str, folders))}")
    return found


def digest_of_pages(pages: Sequence[TrainingPage]) -> str:
    """sha256 of what the pages show and of their labels."""
    digest = hashlib.sha256()
    for page in pages:
        digest.update(page.pixels.tobytes())
        for kind, points in page.shapes:
            digest.update(kind.encode() + points.tobytes())
    return digest.hexdigest()


def _pages_of(path: Path, labels: BookLabels) -> Iterator[TrainingPage]:
    with open_document(path, Limits()) as document:
        numbers = range(1, document.page_count + 1) if labels.pages is None else sorted(labels.pages)
        for number in numbers:
            yield _on_canvas(document[number - 1], _boxes(labels, number))


def _boxes(labels: BookLabels, page: int) -> list[tuple[ItemKind, Box]]:
    """What is on a page: figures, groups under one caption, tables, and what counts neither way."""
    figures = [figure for figure in labels.figures if figure.page == page]
    boxes: list[tuple[ItemKind, Box]] = [("figure", figure.bbox) for figure in figures]
    groups: dict[str, list[Box]] = {}
    for figure in figures:
        groups.setdefault(figure.group or figure.fid, []).append(figure.bbox)
    for members in groups.values():
        corners = np.array(members)
        low, high = corners[:, :2].min(0), corners[:, 2:].max(0)
        boxes.append(("group", (float(low[0]), float(low[1]), float(high[0]), float(high[1]))))
    for negative in labels.negatives:
        if negative.page == page and (negative.ignore or negative.kind == TABLE):
            boxes.append(("ignore" if negative.ignore else "table", negative.bbox))
    return boxes


def _on_canvas(page: pymupdf.Page, boxes: Sequence[tuple[ItemKind, Box]]) -> TrainingPage:
    """The page at the top left of a canvas, as large as fits, and its boxes in pixels."""
    longer = max(page.rect.width, page.rect.height)
    picture = render(page, 72 * PICTURE_SIDE / longer, Limits())
    high, wide = picture.shape[:2]
    canvas = SINGLE if high >= wide else SPREAD
    scale = min(canvas[0] / high, canvas[1] / wide)
    size = max(1, round(high * scale)), max(1, round(wide * scale))
    small = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)
    pixels: Picture = np.full((*canvas, 3), int(np.median(small[:, -3:])), np.uint8)
    pixels[: size[0], : size[1]] = small
    points = size[1] / page.rect.width, size[0] / page.rect.height
    return TrainingPage(pixels, size, [_shape(kind, box, points) for kind, box in boxes])


def _shape(kind: ItemKind, box: Box, scale: tuple[float, float]) -> Shape:
    x0, y0, x1, y1 = box
    return kind, np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32) * np.array(scale, np.float32)
