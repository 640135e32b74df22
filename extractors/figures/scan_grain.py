"""The grain of a picture: fine detail by which a textile as pale as its paper still shows.

Bare paper has the scanner's noise only, and what shines through it from the other side is blurred.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_units import Mask, Rgb, millimetres

FINE = 0.8
"""Deviation in pixels of the blur below which detail is fine: what shines through has none of it."""
PATCH = millimetres(2) // 2 * 2 + 1
"""Side of the window over which the typical detail is taken; odd."""
LEVELS = 40.0
"""Steps per grey level in which detail is kept."""
LEAST_DETAIL = 8.0
"""Of these steps (0.2 levels): paper without any noise must not turn every trace into grain."""
PAPER_PERCENTILE = 30
"""... of the detail where the paper seems bare; pale pictures among it lie above."""
GRAIN_FACTOR = 1.8
"""A picture has this many times the fine detail of bare paper, at least."""
INK_REACH = millimetres(1)
"""Print and strong tones sharpen the paper this far around them."""
GRAIN_SOLID = millimetres(5.5)
"""Smaller grainy spots are dust."""

SHADE_DEPTH = 22.0
"""Levels by which a picture on the other side darkens the paper, at most."""
SHADE_COLOUR = 6.0
"""... with less colour than this (Lab units): paper takes the colour out of what shines through."""
SHADE_SOLID = millimetres(4.5)
"""... over areas larger than the ghost of a headline."""
SOFT_EDGE = 0.5
"""Share of the outline of a shade that is no sharper than bare paper, at least."""
SHARP = 1.6
"""A cut edge has this many times the fine detail of bare paper, at least."""


def fine_detail(light: NDArray[np.float32], bare: Mask) -> NDArray[np.float32]:
    """Typical detail around each pixel of `light` (h, w), as a multiple of that of the `bare` paper.

    `bare` may hold pale pictures too, as long as most of it is paper.
    """
    detail = np.asarray(cv2.medianBlur(_fine(light), PATCH), dtype=np.float32)
    return _against_paper(detail, bare)


def sharpness(light: NDArray[np.float32], bare: Mask) -> NDArray[np.float32]:
    """The same with the mean in the place of the typical, so that a thin edge counts."""
    return _against_paper(cv2.blur(_fine(light).astype(np.float32), (PATCH, PATCH)), bare)


def _fine(light: NDArray[np.float32]) -> Rgb:
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), FINE)) * LEVELS
    return np.asarray(fine.clip(0, 255), dtype=np.uint8)


def _against_paper(detail: NDArray[np.float32], bare: Mask) -> NDArray[np.float32]:
    paper = float(np.percentile(detail[bare], PAPER_PERCENTILE)) if bare.any() else 0.0
    return detail / np.float32(max(paper, LEAST_DETAIL))


def grainy(detail: NDArray[np.float32], strong: Mask) -> Mask:
    """Where there is more fine detail than on bare paper, away from `strong` tones and print."""
    size = 2 * INK_REACH + 1
    near = cv2.dilate(strong.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    rough = (detail > GRAIN_FACTOR) & ~near
    solid = np.ones((GRAIN_SOLID, GRAIN_SOLID), np.uint8)
    return np.asarray(cv2.morphologyEx(rough.astype(np.uint8), cv2.MORPH_OPEN, solid) > 0)


def soft_shades(
    gone: Mask, faint: Mask, strong: Mask, detail: NDArray[np.float32], sharp: NDArray[np.float32]
) -> Mask:
    """The areas of `faint` tone without grain or a sharp edge towards paper: what shines through, and stains.

    `gone` says where there is no paper; near `strong` tones an edge says nothing.
    """
    size = 2 * (INK_REACH + PATCH // 2) + 1
    near = cv2.dilate(strong.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    plain = (faint & (detail < GRAIN_FACTOR)) | (gone & near)
    solid = np.ones((SHADE_SOLID, SHADE_SOLID), np.uint8)
    areas = cv2.morphologyEx(plain.astype(np.uint8), cv2.MORPH_OPEN, solid)
    _, labels = cv2.connectedComponents(areas)
    around = cv2.dilate(labels.astype(np.float32), np.ones((5, 5), np.uint8)).astype(np.int32)
    edge = ~gone & ~near
    count = int(labels.max()) + 1
    length = np.bincount(around[edge], minlength=count)
    blunt = np.bincount(around[edge & (sharp < SHARP)], minlength=count)
    soft = blunt >= SOFT_EDGE * np.maximum(length, 1)
    soft[0] = False
    return np.asarray(soft[labels] & faint)
