"""Training pages side by side with their boxes, for looking at."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from extractors.figures.finder_input import SINGLE, SPREAD
from extractors.fitting.finder.dice import Picture
from extractors.fitting.finder.pages import TrainingPage, training_page

COLOURS = {"figure": (220, 0, 0), "group": (0, 140, 255), "ignore": (0, 200, 0)}
COLUMNS = 8
"""Single pages to a row."""
SHRINK = 0.5


def _tile(page: TrainingPage) -> Picture:
    """The page with its boxes, on a tile of the height of a single page."""
    picture = page.pixels.copy()
    for kind, points in page.shapes:
        if kind in COLOURS:
            low, high = points.min(0).astype(int).tolist(), points.max(0).astype(int).tolist()
            cv2.rectangle(picture, low, high, COLOURS[kind], 3 if kind == "figure" else 1)
    tile = np.full((SINGLE[0], picture.shape[1], 3), 90, np.uint8)
    tile[: picture.shape[0]] = picture
    return tile


def contact_sheet(path: Path, number: int, seed: int) -> None:
    """Draw `number` pages of `seed` into the PNG file `path`; every fourth is a spread."""
    rows: list[list[Picture]] = [[]]
    for index in range(number):
        spread = index % 4 == 3
        tile = _tile(training_page(np.random.default_rng([seed, index]), spread=spread))
        if sum(kept.shape[1] for kept in rows[-1]) + tile.shape[1] > COLUMNS * SINGLE[1]:
            rows.append([])
        rows[-1].append(tile)
    wide = max(SPREAD[1], *(sum(tile.shape[1] for tile in row) for row in rows))
    lines = [np.concatenate(row, 1) for row in rows]
    full = np.concatenate([np.pad(line, ((0, 4), (0, wide - line.shape[1]), (0, 0))) for line in lines])
    small = cv2.resize(full[..., ::-1], None, fx=SHRINK, fy=SHRINK, interpolation=cv2.INTER_AREA)
    path.write_bytes(cv2.imencode(".png", small)[1].tobytes())
