"""The skew of a scanned page, from its lines of print or else from the edges of its pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_units import INK_DEPTH, MM_PER_INCH, WORK_DPI, Mask, Rgb

Points = tuple[NDArray[np.int64], NDArray[np.int64]]

SKEW_LIMIT = 3.0
"""Degrees: beyond this a page was laid wrong on purpose or is a picture."""
SKEW_COARSE_STEP = 0.5
SKEW_FINE_STEP = 0.1
SKEW_DPI = 75.0
SKEW_MIN_POINTS = 400
"""Ink pixels needed before an angle means anything."""
SKEW_MIN_GAIN = 1.25
"""The best angle must sharpen the profile of printed lines by this factor over the typical angle."""
SKEW_EDGE_GAIN = 2.0
"""The same for the edges of pictures, which are fewer and more easily chance."""
SKEW_EDGE = 120.0
"""Gradient (Sobel, levels) of an edge cut straight."""
SKEW_EDGE_SLANT = 8.0
"""An edge within the skew limit is at least this much steeper across than along."""
SKEW_PAPER = 40.0
"""Levels by which uneven light dims the paper beside a picture, at most."""
SKEW_MAX_BLOB_MM = 12.0
"""Connected ink larger than this is no character and says nothing about the lines."""


def measure_skew(light: Rgb, inside: Mask) -> float:
    """Degrees by which lines of print or edges of pictures fall to the right; 0 when nothing tells."""
    scale = SKEW_DPI / WORK_DPI
    small = np.asarray(cv2.resize(light, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    valid = cv2.resize(inside.astype(np.uint8), (small.shape[1], small.shape[0])) > 0
    print_points = _print_points(small, valid)
    lines = _sharpest([print_points, (-print_points[1], print_points[0])], SKEW_MIN_GAIN)
    edges = _sharpest(_edge_points(small, valid), SKEW_EDGE_GAIN)
    # The dots of a one-bit photograph look like print, but never fall into lines as clearly as its edges.
    return max(lines, edges, key=lambda found: found[1])[0]


def _print_points(small: Rgb, valid: Mask) -> Points:
    """The ink pixels of characters: (x, y)."""
    ground = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 15)
    ink = (ground.astype(np.int16) - small > INK_DEPTH) & valid
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    limit = SKEW_MAX_BLOB_MM * SKEW_DPI / MM_PER_INCH
    letters = (stats[:, 2:4].max(axis=1) <= limit) & (stats[:, 4] >= 2)
    letters[0] = False
    ys, xs = np.nonzero(letters[labels])
    return xs, ys


def _edge_points(small: Rgb, valid: Mask) -> list[Points]:
    """The pixels of nearly level and of nearly upright edges, each as (along, across).

    Only edges towards paper count: what a picture shows may stand as it likes.
    """
    flat = cv2.GaussianBlur(small, (3, 3), 0)
    paper = float(np.percentile(flat[valid], 95)) if valid.any() else 255.0
    valid = valid & (cv2.dilate(flat, np.ones((5, 5), np.uint8)) > paper - SKEW_PAPER)
    gx = np.abs(cv2.Sobel(flat, cv2.CV_32F, 1, 0))
    gy = np.abs(cv2.Sobel(flat, cv2.CV_32F, 0, 1))
    ys, xs = np.nonzero(valid & (gy > SKEW_EDGE) & (gy > SKEW_EDGE_SLANT * gx))
    v_ys, v_xs = np.nonzero(valid & (gx > SKEW_EDGE) & (gx > SKEW_EDGE_SLANT * gy))
    return [(xs, ys), (-v_ys, v_xs)]


def _sharpest(views: Sequence[Points], needed: float) -> tuple[float, float]:
    """The angle at which points fall best into lines, and its gain as a multiple of what is `needed`.

    (0, 0) when no angle gains as much.
    """
    coarse = np.arange(-SKEW_LIMIT, SKEW_LIMIT + 1e-9, SKEW_COARSE_STEP)
    best, gain = 0.0, needed
    for along, across in views:
        if len(along) < SKEW_MIN_POINTS:
            continue
        scores = [_sharpness(along, across, float(angle)) for angle in coarse]
        near = float(coarse[int(np.argmax(scores))])
        fine = np.arange(near - SKEW_COARSE_STEP, near + SKEW_COARSE_STEP + 1e-9, SKEW_FINE_STEP)
        fine_scores = [_sharpness(along, across, float(angle)) for angle in fine]
        top = float(max(fine_scores)) / max(float(np.median(scores)), 1e-9)
        inside = abs(near) < SKEW_LIMIT  # a best angle at the very limit is a slope of the picture itself
        if inside and top > gain:
            best, gain = float(fine[int(np.argmax(fine_scores))]), top
    if gain <= needed:
        return 0.0, 0.0
    return round(min(SKEW_LIMIT, max(-SKEW_LIMIT, best)), 1) + 0.0, gain / needed


def _sharpness(along: NDArray[np.int64], across: NDArray[np.int64], angle: float) -> float:
    """How sharply ink falls into lines when they are taken to run at `angle` degrees."""
    rows = np.round(across - along * math.tan(math.radians(angle))).astype(np.int64)
    profile = np.bincount(rows - rows.min()).astype(np.float64)
    return float((np.diff(profile) ** 2).sum())
