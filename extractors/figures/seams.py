"""Pictures that touch or stand close: straight lines from edge to edge divide them evenly.

Along such a line the colours jump, or there is nothing but paper. Textiles, buildings and drawings have such
lines within one picture. What is found here is therefore believed only where
captions speak of as many panels (`layout.touching`).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LONGER_SIDE = 320
"""Pixels of the longer side at which a picture is looked at."""
SLANTS = (-0.02, 0.0, 0.02)
"""How far a seam may lean on a scan, as shares of its length."""
ACROSS = 2
"""Pixels on either side of a seam where colours are compared."""
JUMP = 12.0
"""Levels by which a colour changes across a seam ..."""
LENGTH = 0.5
"""... along this share of its length ..."""
STANDS_OUT = 0.15
"""... which is more by this than in the columns around it, as textures have edges everywhere."""
AROUND = 24
"""Pixels to either side with which a seam is compared."""
OFF = 0.05
"""A seam is this share of the picture's extent from its place in an even grid at most."""
INK, SPECKS, BLANK = 40.0, 0.01, 3
"""Paper is darker than the lightest tenth of a picture by at most this many levels, but for this share of
specks; a blank is this many such columns side by side."""
MOST = 4
"""Panels in a row or a column at most."""

Picture = NDArray[np.uint8]
Grid = tuple[int, int]
"""Columns and rows."""


def grids(picture: Picture) -> list[Grid]:
    """The even grids of panels that the seams of a picture (H x W x 3, RGB) allow, the clearest first."""
    scale = min(1.0, LONGER_SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    columns = {count: _clearness(small, count) for count in range(1, MOST + 1)}
    rows = {count: _clearness(small.transpose(1, 0, 2), count) for count in range(1, MOST + 1)}
    clear = {(c, r): min(columns[c], rows[r]) for c in columns for r in rows if c * r > 1}
    return sorted((grid for grid in clear if clear[grid] > 0), key=lambda grid: (-clear[grid], grid))


def blank_columns(picture: Picture) -> list[int]:
    """Into how many even columns upright blanks of paper divide a picture (H x W x 3, RGB).

    A plan and its section stand as far apart: believed only where each column has a caption.
    """
    scale = min(1.0, LONGER_SIDE / max(picture.shape[:2]))
    grey = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).mean(axis=2)
    blank = (grey < np.percentile(grey, 90) - INK).mean(axis=0) <= SPECKS
    return [count for count in range(MOST, 1, -1) if all(_gap(blank, k / count) for k in range(1, count))]


def _gap(blank: NDArray[np.bool_], place: float) -> bool:
    """Whether enough columns side by side near `place`, a share of the width, are paper."""
    low, high = int((place - OFF) * len(blank)), int((place + OFF) * len(blank)) + 1
    near = blank[max(0, low) : high].astype(np.int8)
    return len(near) >= BLANK and bool(np.any(np.convolve(near, np.ones(BLANK, np.int8), "valid") == BLANK))


def _clearness(picture: Picture, count: int) -> float:
    """How far the weakest of the upright seams that make `count` even columns stands out; 0 without one."""
    if count == 1:
        return 1.0
    if picture.shape[1] < count * 4 * ACROSS:
        return 0.0
    shares = [_changes(_sheared(picture, slant)) for slant in SLANTS]
    return min(max(_seam(share, k / count) for share in shares) for k in range(1, count))


def _changes(picture: Picture) -> NDArray[np.float64]:
    """The share of its height along which the colour changes at each column, from `ACROSS` on."""
    colours = picture.astype(np.float32)
    change = np.abs(colours[:, 2 * ACROSS :] - colours[:, : -2 * ACROSS]).max(axis=2)
    return np.asarray((change > JUMP).mean(axis=0))


def _seam(share: NDArray[np.float64], place: float) -> float:
    """How far the clearest seam near `place`, a share of the width, stands out from the columns around it."""
    wide = len(share) + 2 * ACROSS
    low, high = int((place - OFF) * wide) - ACROSS, int((place + OFF) * wide) - ACROSS + 1
    low, high = max(0, low), min(len(share), max(high, low + 1))
    at = low + int(np.argmax(share[low:high]))
    before = share[max(0, at - AROUND) : max(0, at - 2 * ACROSS)]
    after = share[at + 2 * ACROSS + 1 : at + AROUND + 1]
    around = np.concatenate([before, after])
    clear = float(share[at] - np.median(around)) if len(around) else 0.0
    return clear if share[at] >= LENGTH and clear >= STANDS_OUT else 0.0


def _sheared(picture: Picture, slant: float) -> Picture:
    high, wide = picture.shape[:2]
    matrix = np.array([[1, slant, -slant * high / 2], [0, 1, 0]], np.float32)
    sheared: Picture = cv2.warpAffine(
        np.ascontiguousarray(picture), matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE
    )
    return sheared
