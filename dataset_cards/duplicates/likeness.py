"""Whether two pictures are prints of the same one: the second look, after their hashes proposed it.

Two sketches are laid on each other by the affine map that correlates them best (ECC: Evangelidis, Psarakis,
PAMI 2008), which undoes a crop, a margin or a slight turn. Then block by block their grey values are
correlated: a garment with another pattern has the same outline, but its blocks differ. The mean over the
blocks is the likeness. Of colours only the hue is compared, and only roughly: scanners disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

SIDE = 128
"""Pixels of a sketch's side: a motif repeated five times across is still some 25 pixels wide."""
HUE_SIDE = 16
SKETCH_BYTES = SIDE * SIDE + HUE_SIDE * HUE_SIDE * 2

# The map is sought at half size, where it is found three times as fast and to a quarter of a pixel.
_MAP_SIDE = 64
_MAP_STEPS = 30
_MAP_PRECISION = 1e-4
_MAP_BLUR = 3
# Correlation of the whole below which no two prints of one picture were seen (lowest measured: .79).
_HOPELESS = 0.7

# The rim is left out: a margin or a crop of 5 % shows there.
_RIM = 16
_BLOCK = 16
# Grey levels squared: a block with less variance than this shows nothing …
_SHOWS = 16.0
# … and in a block with little of it, grain and JPEG noise count for less.
_NOISE = 81.0
# Blocks (of 36) that must show something: plain cloth and blank paper are like any other.
_FEWEST_BLOCKS = 3

# Steps of a and b of Lab: how much the cast of two scans may differ (measured: 16 for channel gains of
# ± 15 %), and what may be left once the cast is taken off (measured: 3; vessels of other glaze: 5 to 12).
_CAST = 20.0
_HUE = 5.0
# The same for the 3 % of the picture that differ most, as a bird does that is woven once in yellow and once
# in white (measured: 2 to 13 for scans, 18 to 60 for other dyes; strong casts of all channels reach 20).
_MOST_APART = 97
_FIGURE_HUE = 16.0


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a picture to compare it."""

    grey: Grey
    """SIDE x SIDE, squashed to a square."""
    hue: npt.NDArray[np.uint8]
    """HUE_SIDE x HUE_SIDE x 2: a and b of Lab."""

    def to_bytes(self) -> bytes:
        """SKETCH_BYTES bytes."""
        return self.grey.tobytes() + self.hue.tobytes()

    @staticmethod
    def from_bytes(data: bytes) -> Sketch:
        """The sketch that `to_bytes` wrote."""
        values = np.frombuffer(data, np.uint8)
        return Sketch(
            values[: SIDE * SIDE].reshape(SIDE, SIDE), values[SIDE * SIDE :].reshape(HUE_SIDE, HUE_SIDE, 2)
        )

    def turned(self, turn: int) -> Sketch:
        """The sketch of the picture turned; 0..7: quarter turns, from 4 on after mirroring left to right."""
        return Sketch(_turned(self.grey, turn), _turned(self.hue, turn))


def sketch(picture: npt.NDArray[np.uint8]) -> Sketch:
    """The sketch of a picture (H x W x 3, BGR)."""
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(
        cv2.resize(small, (HUE_SIDE, HUE_SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB
    )
    return Sketch(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.ascontiguousarray(lab[..., 1:]))


def likeness(a: Sketch, b: Sketch) -> float:
    """How surely two sketches are of one picture: 0..1, in steps of a thousandth; 0 for a plain one.

    Nearly, not exactly, the same the other way round: `b` is laid on `a`.
    """
    laid = _best_map(a.grey, b.grey)
    if laid is None or not _same_hues(a.hue, _warped(b.hue, laid)):
        return 0.0
    mine, other = (_blocks(cv2.GaussianBlur(grey, (0, 0), 1)) for grey in (a.grey, _warped(b.grey, laid)))
    spread, other_spread = (mine * mine).mean(axis=1), (other * other).mean(axis=1)
    shows = np.maximum(spread, other_spread) > _SHOWS
    if shows.sum() < _FEWEST_BLOCKS:
        return 0.0
    correlation = (mine * other).mean(axis=1) / np.sqrt(spread * other_spread + _NOISE)
    return round(max(0.0, float(correlation[shows].mean())), 3)


def _best_map(a: Grey, b: Grey) -> npt.NDArray[np.float32] | None:
    """The affine map (2 x 3, in shares of the side) from `a` into `b`; None when none makes them alike."""
    size = (_MAP_SIDE, _MAP_SIDE)
    small, other = (cv2.resize(grey, size, interpolation=cv2.INTER_AREA) for grey in (a, b))
    if min(small.std(), other.std()) ** 2 < _SHOWS:
        return None
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _MAP_STEPS, _MAP_PRECISION)
    start = np.eye(2, 3, dtype=np.float32)
    try:
        correlation, found = cv2.findTransformECC(
            small, other, start, cv2.MOTION_AFFINE, until, None, _MAP_BLUR
        )
    except cv2.error:  # it did not converge: the pictures have nothing in common
        return None
    if correlation < _HOPELESS:
        return None
    shares: npt.NDArray[np.float32] = found / np.array([1, 1, _MAP_SIDE], np.float32)
    return shares


def _warped(values: npt.NDArray[np.uint8], shares: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
    side = len(values)
    return np.asarray(
        cv2.warpAffine(
            values,
            shares * np.array([1, 1, side], np.float32),
            (side, side),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    )


def _same_hues(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> bool:
    rim = _RIM * HUE_SIDE // SIDE
    apart = (a.astype(np.float32) - b)[rim:-rim, rim:-rim].reshape(-1, 2)
    cast = np.median(apart, axis=0)
    left = apart - cast
    figure = np.percentile(np.hypot(left[:, 0], left[:, 1]), _MOST_APART)
    return bool(np.abs(cast).max() <= _CAST and np.abs(left).mean() <= _HUE and figure <= _FIGURE_HUE)


def _blocks(grey: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The blocks inside the rim, a row each, their mean taken off."""
    count = (SIDE - 2 * _RIM) // _BLOCK
    inner = grey[_RIM : SIDE - _RIM, _RIM : SIDE - _RIM].astype(np.float32)
    rows = inner.reshape(count, _BLOCK, count, _BLOCK).transpose(0, 2, 1, 3).reshape(count * count, -1)
    centred: npt.NDArray[np.float32] = rows - rows.mean(axis=1, keepdims=True)
    return centred


def _turned(values: npt.NDArray[np.uint8], turn: int) -> npt.NDArray[np.uint8]:
    mirrored = values[:, ::-1] if turn >= 4 else values
    return np.ascontiguousarray(np.rot90(mirrored, turn % 4))
