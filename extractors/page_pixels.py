"""What is measured on the picture of one page: contrasts, margins, codes, seams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymupdf
from numpy.typing import NDArray

from extractors.crops import draw_alone
from extractors.document import placed_images, render
from extractors.figures.codes import LARGEST_SHARE, LOOK_PIXELS, is_code
from extractors.figures.images import SEAM_SCALE
from extractors.figures.paint import PaintOp
from extractors.figures.seams import blank_columns, grids
from extractors.geometry import Box, area, iou
from extractors.settings import Limits

SAME_IMAGE = 0.99
"""The paint log and the list of placed images give one image the same box, to rounding."""
PANELS_SHARE, PANELS_DPI = 0.03, 100
"""A picture of this share of the page may be several that touch, and is looked at in this resolution."""
RIM_DPI, RIM_WHITE, RIM_SHARE = 18, 245, 0.75
"""Resolution at which the rim of a page is looked at, the grey level of white, and the share of white."""
FAINT_DPI, FAINT_INK = 36, 98
"""Resolution at which a suspect image is measured, and the percentile of ink that tells whether it shows."""
STENCIL_DPI, STENCIL_INK = 150, 99.5
"""The same for a stencil, which may be a drawing in hairlines."""


@dataclass(frozen=True, slots=True)
class PagePixels:
    """A page, rendered for each measure. All raise PageTooLargeError beyond `limits`."""

    page: pymupdf.Page
    limits: Limits

    @property
    def bounds(self) -> Box:
        """The page as displayed (points)."""
        return 0.0, 0.0, self.page.rect.width, self.page.rect.height

    def contrast(self, op: PaintOp) -> float:
        """Grey levels by which the darkest or most coloured part of an image, drawn alone, is off white."""
        # The lines of a stencil are thinner than the dots of a coarse look, and few.
        dpi, share = (STENCIL_DPI, STENCIL_INK) if op.color is not None else (FAINT_DPI, FAINT_INK)
        scale = pymupdf.Matrix(dpi / 72, dpi / 72)
        target = (pymupdf.Rect(op.full) * scale).irect & (self.page.rect * scale).irect
        for placed in placed_images(self.page, self.limits):
            if (
                placed.size == op.pixels
                and iou(tuple(pymupdf.Rect(0, 0, 1, 1) * placed.matrix), op.full) > SAME_IMAGE
                and not target.is_empty
            ):
                return float(np.percentile(255 - draw_alone(placed, scale, target).min(axis=2), share))
        return 255.0  # drawn by a pattern or a font: nothing to measure, nothing to hold against it

    def is_code(self, box: Box) -> bool:
        """Whether a small region is a QR code or a bar code."""
        if area(box) > LARGEST_SHARE * area(self.bounds):
            return False
        side = max(box[2] - box[0], box[3] - box[1])
        return is_code(render(self.page, 72 * LOOK_PIXELS / side, self.limits, box))

    def shades(self) -> NDArray[np.float64]:
        """The page in RGB, (height, width, 3), `SEAM_SCALE` pixels a point."""
        return np.asarray(render(self.page, 72 * SEAM_SCALE, self.limits), np.float64)

    def has_margins(self) -> bool:
        """Whether the rim of the page is white."""
        shown = render(self.page, RIM_DPI, self.limits)
        sides = [side.reshape(-1, 3) for side in (shown[:2], shown[-2:], shown[:, :2], shown[:, -2:])]
        return bool((np.concatenate(sides).min(axis=1) >= RIM_WHITE).mean() >= RIM_SHARE)

    def columns(self, box: Box) -> tuple[int, ...]:
        """Into how many columns blanks of paper divide a picture."""
        if area(box) < PANELS_SHARE * area(self.bounds):
            return ()
        return tuple(blank_columns(np.asarray(render(self.page, PANELS_DPI, self.limits, box))))

    def grids(self, box: Box) -> tuple[tuple[int, int], ...]:
        """The grids of panels that the seams of a picture allow."""
        if area(box) < PANELS_SHARE * area(self.bounds):
            return ()
        return tuple(grids(np.asarray(render(self.page, PANELS_DPI, self.limits, box))))
