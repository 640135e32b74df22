"""Random choices of the page generator; everything drawn depends on one seeded numpy generator."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Picture = NDArray[np.uint8]
"""H x W x 3, RGB, 0..255."""
Ink = NDArray[np.uint8]
"""H x W, coverage 0..255."""
Field = NDArray[np.float32]
"""H x W, usually 0..1."""
Colour = tuple[int, int, int]
T = TypeVar("T")

cv2.setNumThreads(1)


def pick(rng: Rng, *choices: T) -> T:
    """One of `choices`, each as likely as the others; name one twice to make it likelier."""
    return choices[int(rng.integers(len(choices)))]


def chance(rng: Rng, share: float) -> bool:
    """True with probability `share`."""
    return bool(rng.random() < share)


def between(rng: Rng, low: float, high: float) -> float:
    """A uniform number in [low, high)."""
    return float(rng.uniform(low, high))


def count(rng: Rng, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def colour(rng: Rng, low: int = 0, high: int = 255) -> Colour:
    """A colour whose channels are in low..high-1."""
    red, green, blue = (int(value) for value in rng.integers(low, high, 3))
    return red, green, blue


def noise(rng: Rng, height: int, width: int, cells: float) -> Field:
    """A smooth random field with about `cells` bumps along the longer side, 0..1 but for overshoot."""
    longer = max(height, width)
    shape = max(2, round(cells * height / longer)), max(2, round(cells * width / longer))
    coarse = rng.random(shape, dtype=np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def lay(picture: Picture, x: int, y: int, ink: Ink, tint: Colour = (20, 20, 20)) -> None:
    """Print `ink` in the colour `tint` with its top left corner at x, y; what is outside is cut off."""
    height, width = picture.shape[:2]
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + ink.shape[1], width), min(y + ink.shape[0], height)
    if x1 <= x0 or y1 <= y0:
        return
    cover = ink[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.uint16)[..., None]
    part = picture[y0:y1, x0:x1]
    part[:] = ((part * (255 - cover) + np.asarray(tint, np.uint16) * cover) // 255).astype(np.uint8)


def paste(part: Picture, picture: Picture, mask: Ink) -> None:
    """Put `picture` on `part` where `mask` is 255; all three of one size."""
    cover = mask[..., None].astype(np.uint16)
    part[:] = ((part * (255 - cover) + picture * cover) // 255).astype(np.uint8)


def add_ink(ink: Ink, x: int, y: int, other: Ink) -> None:
    """Lay the coverage `other` over `ink` at x, y; what is outside is cut off."""
    if x < 0 or y < 0:
        return
    part = ink[y : y + other.shape[0], x : x + other.shape[1]]
    part |= other[: part.shape[0], : part.shape[1]]


def ink_bounds(ink: Ink, level: int = 60) -> tuple[int, int, int, int] | None:
    """The box x0, y0, x1, y1 around coverage above `level`; None where there is none."""
    rows, columns = np.flatnonzero((ink > level).any(1)), np.flatnonzero((ink > level).any(0))
    if not len(rows) or not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
