"""QR codes and bar codes: pictures for machines, which are no figures of a book."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CODE = "code"
"""The reason noted for a code that is left out."""
LOOK_PIXELS = 400
"""Longer side at which a picture is looked at: some ten pixels a module."""
QUIET = 40
"""Pixels of white put around it: the detector wants the quiet zone that a tight crop has lost."""
LARGEST_SHARE = 0.12
"""A code takes at most this share of a page; larger pictures are not looked at."""
DARK, LIGHT, TWO_TONE = 80, 176, 0.9
"""Codes are black and white: this share of the pixels is darker than the first or lighter than the second."""
QR_SHARE = 0.4
"""The code's square takes at least this share of the picture: a photograph may show a code on a wall."""
BARS = 20
"""A bar code has at least this many edges along its middle ..."""
SAME_COLUMN = 0.9
"""... and this share of its columns is of one colour from top to bottom."""
BAND = (0.25, 0.65)
"""Where bars are looked at, in shares of the height: digits stand below them."""


def is_code(rgb: NDArray[np.uint8]) -> bool:
    """Whether a picture (H, W, 3) is a QR code or a bar code and little else, however it is turned by 90°."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    scale = LOOK_PIXELS / max(grey.shape)
    if scale < 1:
        size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    plain = (grey < DARK) | (grey > LIGHT)
    if plain.mean() < TWO_TONE:
        return False
    return _is_qr(grey) or _has_bars(grey) or _has_bars(np.ascontiguousarray(grey.T))


def _is_qr(grey: NDArray[np.uint8]) -> bool:
    framed = cv2.copyMakeBorder(grey, QUIET, QUIET, QUIET, QUIET, cv2.BORDER_CONSTANT, value=255)
    found, corners = cv2.QRCodeDetector().detect(framed)
    return bool(found) and cv2.contourArea(corners.astype(np.float32)) >= QR_SHARE * grey.size


def _has_bars(grey: NDArray[np.uint8]) -> bool:
    """Whether upright bars of many widths fill the picture."""
    top, bottom = (round(share * len(grey)) for share in BAND)
    band = grey[top : max(bottom, top + 1)] < (DARK + LIGHT) // 2
    share = band.mean(axis=0)
    whole = (share < 0.1) | (share > 0.9)
    edges = np.count_nonzero(np.diff((share > 0.5).astype(np.int8)))
    return bool(whole.mean() >= SAME_COLUMN and edges >= BARS)
