"""Outlines: smooth blobs, vessels, robes, torn sheets; as points in -1..1 or as masks."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.fitting.finder.dice import Ink, Rng, between, pick

Points = NDArray[np.float64]
"""N x 2: x, y."""
SHAPES = ("vessel", "vessel", "blob", "robe", "robe", "torn", "torn", "circle")


def blob(rng: Rng, waves: int = 6, rough: float = 0.35, points: int = 60) -> Points:
    """A closed smooth outline that touches the unit circle."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = np.ones(points) * 0.8
    for wave in range(1, waves):
        radius += rough / wave * 0.5 * np.sin(wave * angle + between(rng, 0, 6.3)) * rng.random()
    radius /= radius.max()
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius], 1)


def vessel_profile(rng: Rng) -> tuple[Points, Points]:
    """Half-widths (30,) and heights (30,) of a turned vessel, in -1..1."""
    heights = np.linspace(-1, 1, 30)
    widths = np.interp(np.linspace(0, 1, 30), np.linspace(0, 1, 6), [between(rng, 0.25, 1) for _ in range(6)])
    smooth = np.convolve(np.pad(np.clip(widths, 0.12, 1), 2, mode="edge"), np.ones(5) / 5, "valid")
    return np.asarray(smooth, np.float64), heights


def mirrored(widths: Points, heights: Points) -> Points:
    """The closed outline of a vessel with these half-widths."""
    return np.concatenate([np.stack([widths, heights], 1), np.stack([-widths[::-1], heights[::-1]], 1)])


def _robe(rng: Rng) -> Points:
    sleeve, hem = between(rng, 0.2, 0.4), between(rng, 0.3, 0.7)
    cuff = -0.6 + sleeve
    right = [(0.15, -1), (0.3, -0.9), (1, -0.9 + sleeve), (1, cuff), (0.35, -0.3), (hem, 1)]
    return np.array(right + [(-x, y) for x, y in reversed(right)], float)


def _torn(rng: Rng) -> Points:
    t = np.linspace(-1, 1, 14)

    def fray() -> Points:
        return np.abs(rng.normal(0, 0.03, 14))

    sides = [(t, -1 + fray()), (1 - fray(), t), (-t, 1 - fray()), (-1 + fray(), -t)]
    return np.concatenate([np.stack(side, 1) for side in sides])


def object_mask(rng: Rng, height: int, width: int, kind: str | None = None) -> Ink:
    """The mask (height, width) of one object that fills it."""
    mask = np.zeros((height, width), np.uint8)
    kind = kind or pick(rng, *SHAPES)
    points: Any
    if kind == "vessel":
        points = mirrored(*vessel_profile(rng))
    elif kind == "robe":
        points = _robe(rng)
    elif kind == "torn":
        points = _torn(rng)
    else:
        points = blob(rng, 2 if kind == "circle" else int(rng.integers(3, 9)), 0 if kind == "circle" else 0.6)
    placed = (points * 0.5 + 0.5) * [width - 3, height - 3] + 1
    cv2.fillPoly(mask, [np.round(placed).astype(np.int32)], 255, cv2.LINE_AA)
    return mask
