"""A test page in RGB, as a worker draws it where images touch."""

from __future__ import annotations

import numpy as np
import pymupdf
from numpy.typing import NDArray

from extractors.figures.images import SEAM_SCALE


def shades_of(page: pymupdf.Page) -> NDArray[np.float64]:
    """Colours of a page, (height, width, 3), 0..255, `SEAM_SCALE` pixels a point, rows from the top."""
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(SEAM_SCALE, SEAM_SCALE))
    rows = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
    return rows[:, : 3 * pixmap.width].reshape(pixmap.height, pixmap.width, 3).astype(np.float64)
