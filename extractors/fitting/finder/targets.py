"""What the network should answer for a training page, as arrays."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.finder_input import CELL, FINE, KINDS
from extractors.fitting.finder.pages import TrainingPage
from extractors.fitting.finder.scanning import Polygon

SMALLEST = 8.0
"""Figures with a side shorter than this (pixels of the canvas) are not asked for."""
CORE, NEAR = 0.30, 0.40
"""Cells within CORE of the middle of a box (shares of its sides) answer for it; those out to NEAR may."""
CORE_PIXELS = 5.0
"""... and cells this near (pixels) in any case, so that small figures have one."""
IGNORE, NONE, HIT = -1, 0, 1


class Targets(NamedTuple):
    """For one page of H x W pixels; h, w = H, W / CELL and fine ones H, W / FINE."""

    boxes: NDArray[np.float32]
    """(3, 4, h, w): the box a cell answers for, in pixels, by kind in the order of `KINDS`."""
    hits: NDArray[np.int8]
    """(3, h, w): HIT, NONE or IGNORE."""
    maps: NDArray[np.uint8]
    """(6, h4, w4): left, right, top and bottom edges of figures; insides of figures; text."""


def _box(points: Polygon, size: tuple[int, int]) -> NDArray[np.float32]:
    """The box around `points` on a page of `size` (height, width)."""
    low, high = points.min(0), points.max(0)
    corners = np.concatenate([np.maximum(low, 0), np.minimum(high, [size[1], size[0]])])
    return np.asarray(corners, np.float32)


def _mark(boxes: list[NDArray[np.float32]], cells: NDArray[np.float32], hits: NDArray[np.int8]) -> None:
    """Give each box its cells; small boxes win over large ones."""
    height, width = hits.shape
    y, x = (np.arange(height) + 0.5) * CELL, (np.arange(width) + 0.5) * CELL
    for box in sorted(boxes, key=lambda b: -float((b[2] - b[0]) * (b[3] - b[1]))):
        wide, high = float(box[2] - box[0]), float(box[3] - box[1])
        dx, dy = np.abs(x - (box[0] + box[2]) / 2), np.abs(y - (box[1] + box[3]) / 2)
        near_x, near_y = dx < max(wide * NEAR, CORE_PIXELS), dy < max(high * NEAR, CORE_PIXELS)
        core_x, core_y = dx < max(wide * CORE, CORE_PIXELS), dy < max(high * CORE, CORE_PIXELS)
        core = core_x[None] & core_y[:, None]
        hits[near_x[None] & near_y[:, None]] = IGNORE
        hits[core] = HIT
        cells[:, core] = box[:, None]


def _draw_edges(maps: NDArray[np.uint8], box: NDArray[np.float32]) -> None:
    height, width = maps.shape[1:]
    x0, x1 = (int(np.clip(v / FINE, 0, width - 1)) for v in (box[0] + 0.01, box[2] - 0.01))
    y0, y1 = (int(np.clip(v / FINE, 0, height - 1)) for v in (box[1] + 0.01, box[3] - 0.01))
    maps[0, y0 : y1 + 1, x0] = 1
    maps[1, y0 : y1 + 1, x1] = 1
    maps[2, y0, x0 : x1 + 1] = 1
    maps[3, y1, x0 : x1 + 1] = 1


def targets_of(page: TrainingPage) -> Targets:
    """The targets of a page."""
    height, width = page.pixels.shape[:2]
    cells = np.zeros((len(KINDS), 4, height // CELL, width // CELL), np.float32)
    hits = np.zeros((len(KINDS), height // CELL, width // CELL), np.int8)
    maps = np.zeros((6, height // FINE, width // FINE), np.uint8)
    found: dict[str, list[NDArray[np.float32]]] = {kind: [] for kind in KINDS}
    for kind, points in page.shapes:
        if kind == "text":
            cv2.fillPoly(maps[5], [np.round(points / FINE - 0.5).astype(np.int32)], 1)
        elif kind in found:
            box = _box(points, page.size)
            if min(box[2] - box[0], box[3] - box[1]) < SMALLEST:
                continue
            found[kind].append(box)
            if kind == "figure":
                cv2.fillPoly(maps[4], [np.round(points / FINE - 0.5).astype(np.int32)], 1)
                _draw_edges(maps, box)
    for index, boxes in enumerate(found.values()):
        _mark(boxes, cells[index], hits[index])
    for kind, points in page.shapes:
        if kind == "ignore":
            area = np.zeros(hits.shape[1:], np.uint8)
            cv2.fillPoly(area, [np.round(points / CELL - 0.5).astype(np.int32)], 1)
            hits[:, area > 0] = IGNORE
    return Targets(cells, hits, maps)
