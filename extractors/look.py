"""How a picture looks, in a few numbers measured on its pixels: its ground, its colours, lines, repeats."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]

SMALL = 96
"""Pixels on the longer side of the copy on which a look is measured."""
RING = 0.05
"""Width of the border ring looked at, as a share of the picture's sides."""
GREY_CHROMA = 18
"""Difference between a pixel's largest and smallest channel below which it is grey."""
PAPER, INK = 225, 90
"""Lightness (of 255) from which a pixel is paper, and up to which it is ink."""
STROKE = 5
"""Pixels of the small copy: what a closing of this size takes away is a line."""
TREND = 8.0
"""Pixels of the small copy: light that changes more slowly than this is no pattern."""
NEAREST_REPEAT, FARTHEST_REPEAT = 0.08, 0.5
"""Shifts, as shares of the picture's sides, at which a pattern is looked for that comes again."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the pixels of a figure say, measured on its crop. Colours are CIE Lab in 8 bits a channel."""

    ground: Colour
    """Median colour of the border."""
    main: Colour
    """Median colour of the whole."""
    grey: float
    """Share of the pixels without colour, 0..1."""
    uneven: float = 0.0
    """Standard deviation of the border's lightness, 0..255: a studio's ground is even, a wall is not."""
    paper: float = 0.0
    """Share of the pixels that are as light as paper, 0..1."""
    ink: float = 0.0
    """Share of the pixels that are as dark as ink, 0..1."""
    strokes: float = 0.0
    """Mean darkness, 0..1, of what is thinner than a stroke of a pen."""
    tones: float = 0.0
    """Entropy of the lightness, 0..1: few tones in a drawing, many in a photograph."""
    chroma: float = 0.0
    """Mean distance from grey, 0..1."""
    hues: float = 0.0
    """Spread of the colours around their mean, 0..1."""
    edges: float = 0.0
    """Mean gradient of the lightness, 0..1."""
    repeat: float = 0.0
    """Highest correlation of the picture with itself, shifted: near 1 for a pattern that comes again."""


def look_of(pixels: NDArray[np.uint8]) -> Look:
    """The look of a picture (H x W x 3, RGB, or H x W)."""
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
    scale = SMALL / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    light = np.ascontiguousarray(lab[..., 0])
    ring = _ring(light.shape)
    spread = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    colour = lab[..., 1:].reshape(-1, 2).astype(np.float64) - 128
    return Look(
        _median(lab[ring]),
        _median(lab.reshape(-1, 3)),
        float((spread <= GREY_CHROMA).mean()),
        float(light[ring].std()),
        float((light >= PAPER).mean()),
        float((light <= INK).mean()),
        _strokes(light),
        _entropy(light),
        float(np.hypot(*colour.T).mean()) / 128,
        float(np.hypot(*colour.std(axis=0))) / 128,
        _edges(light),
        _repeat(light),
    )


def _ring(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    rows, columns = shape
    ring = np.ones((rows, columns), bool)
    wide = max(1, round(RING * min(rows, columns)))
    ring[wide : rows - wide, wide : columns - wide] = False
    return ring


def _median(colours: NDArray[np.uint8]) -> Colour:
    a, b, c = np.median(colours, axis=0)
    return float(a), float(b), float(c)


def _strokes(light: NDArray[np.uint8]) -> float:
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (STROKE, STROKE))
    return float(cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, pen).mean()) / 255


def _entropy(light: NDArray[np.uint8]) -> float:
    shares = np.bincount(light.ravel() // 16, minlength=16) / light.size
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum()) / 4


def _edges(light: NDArray[np.uint8]) -> float:
    across, down = (cv2.Sobel(light, cv2.CV_64F, *axes, scale=0.25) for axes in ((1, 0), (0, 1)))
    return float(np.hypot(across, down).mean()) / 255


def _repeat(light: NDArray[np.uint8]) -> float:
    """The highest autocorrelation of the lightness within the shifts that are looked at."""
    rows, columns = light.shape
    smooth = cv2.GaussianBlur(light.astype(np.float64), (0, 0), TREND)
    values = light - smooth
    padded = (2 * rows, 2 * columns)
    spectrum = np.fft.rfft2(values, padded)
    product = np.fft.irfft2(spectrum * spectrum.conj(), padded)
    overlap = np.outer(rows - np.abs(_shifts(rows)), columns - np.abs(_shifts(columns)))
    correlation = product / np.maximum(overlap, 1) / max(float(values.var()), 1e-9)
    far = np.maximum(np.abs(_shifts(rows))[:, None] / rows, np.abs(_shifts(columns)) / columns)
    looked_at = (far >= NEAREST_REPEAT) & (far <= FARTHEST_REPEAT)
    return float(np.clip(correlation[looked_at].max(initial=0.0), 0, 1))


def _shifts(length: int) -> NDArray[np.int_]:
    """The shift that each row of a doubled correlation stands for, in pixels."""
    steps = np.arange(2 * length)
    return np.where(steps <= length, steps, steps - 2 * length)
