"""The narrow strips of paper between pictures set close together, where blur and show-through dim the paper.

Masks are (h, w) booleans of the deskewed small copy.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_units import Mask, millimetres

GUTTER_WIDTH = millimetres(7)
"""Wider strips show their paper anyway."""
GUTTER_LENGTH = millimetres(5)
"""A strip is straight over this length, at least: the smallest pictures measure 7 mm."""
GUTTER_STEP = 7.0
"""Levels a strip is lighter than the pictures on both sides, at least ..."""
EDGE_NOISE = 1.5
"""... and this many deviations of the scan's noise more."""
EDGE_REACH = 2
"""Pixels on either side over which the edge of a printed picture rises fully (0.5 mm)."""
GUTTER_TONE = 30.0
"""Levels by which blur and show-through darken a narrow strip of paper, at most ..."""
GUTTER_COLOUR = 12.0
"""... and Lab units by which they colour it."""
SPAN = 0.85
"""Share of an area's extent that a strip must cross to part it."""
NEIGHBOURHOOD = millimetres(2)
"""The extent of an area at a strip is taken over this many pixels on both sides."""


def part_at_gutters(
    solid: Mask,
    light: NDArray[np.float32],
    depth: NDArray[np.float32],
    colour: NDArray[np.float32],
    noise: float,
) -> Mask:
    """`solid` without the straight strips of dimmed paper that run right through one of its areas.

    `light` is the lightness, `depth` the levels below the paper, `colour` the Lab distance from its hue.
    """
    paper = (depth < GUTTER_TONE) & (colour < GUTTER_COLOUR)
    step = GUTTER_STEP + EDGE_NOISE * noise
    calm = cv2.blur(light, (3, 3))
    level = _level_strips(calm, paper, step)
    upright = _level_strips(calm.T.copy(), paper.T, step).T
    left = solid.copy()
    while True:
        cut = _crossings(left, level, upright)
        if not cut.any():
            return left
        left &= ~cut


def _level_strips(light: NDArray[np.float32], paper: Mask, step: float) -> Mask:
    """Level strips with sharp edges above and below, lighter than what lies beyond both."""
    dark = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((GUTTER_WIDTH, 1), np.uint8))
    shift = np.ones((2 * EDGE_REACH + 1, 1), np.float32)
    highest, lowest = cv2.dilate(light, shift), cv2.erode(light, shift)
    sharp = (highest - lowest > step).astype(np.uint8)
    reach = np.ones((GUTTER_WIDTH, 1), np.uint8)
    above = cv2.dilate(sharp, reach, anchor=(0, GUTTER_WIDTH - 1)) > 0
    below = cv2.dilate(sharp, reach, anchor=(0, 0)) > 0
    valley = (light - dark > step) & paper & above & below
    long = cv2.morphologyEx(valley.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, GUTTER_LENGTH), np.uint8))
    return np.asarray(long > 0)


def _crossings(solid: Mask, level: Mask, upright: Mask) -> Mask:
    """The pixels of strips that cross the connected area they lie in."""
    cut = np.zeros_like(solid)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8))
    for index, (x, y, w, h, _) in enumerate(stats.tolist()):
        if index == 0:
            continue
        view = slice(y, y + h), slice(x, x + w)
        own = labels[view] == index
        cut[view] |= own & (_crossed_rows(own, level[view])[:, None])
        cut[view] |= own & (_crossed_rows(own.T, upright[view].T)[None, :])
    return cut


def _crossed_rows(own: Mask, strips: Mask) -> NDArray[np.bool_]:
    """(h,) which rows of an area lie in a strip over nearly the area's whole extent there."""
    near = cv2.dilate(own.astype(np.uint8), np.ones((2 * NEIGHBOURHOOD + 1, 1), np.uint8)) > 0
    extent = np.maximum(near.sum(axis=1), 1)
    crossed = (strips & near).sum(axis=1) >= SPAN * extent
    return np.asarray(crossed & own.any(axis=1))
