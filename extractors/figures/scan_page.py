"""A scanned page made ready for looking: its edges inside black borders, its paper, its skew, its spread.

Pictures are RGB arrays (H, W, 3) of uint8 as displayed; boxes are (x0, y0, x1, y1) in pixels of that
picture, origin top-left, y down. Looking happens on a small copy of `WORK_DPI`: figures are centimetres
large, so a quarter of a millimetre is exact enough, and halftone screens average out there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.figures.scan_paper import paper_field
from extractors.figures.scan_skew import measure_skew
from extractors.figures.scan_units import INK_DEPTH, MM_PER_INCH, WORK_DPI, Field, Mask, Rgb, millimetres
from extractors.geometry import Box

BORDER_LEVEL = 60
"""Scanner beds and lids photograph as near black (of 255); deep photographs are rarely this flat."""
BORDER_MAX_MM = 30.0
"""A border is looked for no deeper than this: beyond it, darkness belongs to a plate."""
BORDER_LINE_SHARE = 0.75
"""A row or column is border when this share of it is border-black: a skewed border is a wedge."""
BORDER_ROUGHNESS = 27
"""Local contrast (levels over 1 mm) above which a dark edge is a picture, not a scanner's bed."""
BORDER_RIM_MM = 1.2
"""The scan's blur and the page's own shadow leave a dark rim this wide beside the border."""
SPREAD_MIN_ASPECT = 1.2
"""Width over height of the narrowest two-page spread (two tall pages)."""
SPREAD_MIN_MM = 150.0
"""Two pages of the smallest pocket book side by side are wider."""
GUTTER_CENTRE_SHARE = 0.1
"""The gutter lies this share of the width around the middle, at most."""
GUTTER_REACH_MM = 14.0
"""Distance at which the page beside a gutter's shadow is flat again."""
GUTTER_DEPTH = 10.0
"""Levels the fold is darker than the page on both sides."""
GUTTER_ROWS = 0.7
"""Share of rows in which the fold must show: a picture's edge is shorter."""
GUTTER_BLANK_MM = 22.0
"""Width of two inner margins together; a gap between columns is narrower."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanPage:
    """One scanned page, measured.

    `work` is the deskewed small copy, Lab float32 (h, w, 3) with all channels 0..255; `field` is the bare
    paper at each of its pixels, same shape; `inside` (h, w) is False on scanner border and beyond the page.
    """

    rgb: Rgb
    dpi: float
    page_box: Box
    """The page inside black borders, pixels of `rgb`."""
    skew_degrees: float
    """Positive when the lines fall to the right; within ±3, 0 when nothing tells."""
    paper: tuple[float, float, float]
    """Median paper colour, RGB 0..255; white when the page shows no paper."""
    paper_share: float
    """Share of the page that is bare or printed paper, 0..1; 0 for a full-bleed plate."""
    noise: float
    """Standard deviation of the bare paper's lightness in `work`, levels."""
    work: Field
    field: Field
    inside: Mask
    work_box: Box
    """The page in pixels of `work`."""

    @property
    def scale(self) -> float:
        """Pixels of `work` for one pixel of `rgb`."""
        return float(self.work.shape[1] / self.rgb.shape[1])

    def to_work(self, box: Box) -> Box:
        """A box around a line of the scan -> the box around that line in the deskewed small copy."""
        sine, cosine = abs(math.sin(math.radians(self.skew_degrees))), self._cosine
        wide, high = (box[2] - box[0]) * self.scale, (box[3] - box[1]) * self.scale
        spread = cosine * cosine - sine * sine
        width = max((wide * cosine - high * sine) / spread, 1.0)
        height = max((high * cosine - wide * sine) / spread, 1.0)
        x, y = (box[0] + box[2]) / 2 * self.scale, (box[1] + box[3]) / 2 * self.scale
        x, y = self._turn(x, y, -1.0)
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2

    def to_scan(self, box: Box) -> Box:
        """A box of the deskewed small copy -> the axis-aligned box around it in pixels of `rgb`."""
        corners = [self._turn(x, y, 1.0) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs, ys = [x / self.scale for x, _ in corners], [y / self.scale for _, y in corners]
        high, wide = self.rgb.shape[:2]
        return max(0.0, min(xs)), max(0.0, min(ys)), min(float(wide), max(xs)), min(float(high), max(ys))

    @property
    def _cosine(self) -> float:
        return math.cos(math.radians(self.skew_degrees))

    def _turn(self, x: float, y: float, sign: float) -> tuple[float, float]:
        sine = sign * math.sin(math.radians(self.skew_degrees))
        cx, cy = self.work.shape[1] / 2, self.work.shape[0] / 2
        dx, dy = x - cx, y - cy
        return cx + dx * self._cosine - dy * sine, cy + dx * sine + dy * self._cosine


def clean_page(rgb: Rgb, dpi: float) -> ScanPage:
    """Measure a scanned page: its edges, its paper and light, its skew.

    `rgb` is (H, W, 3) uint8 at `dpi` dots per inch. Raises ValueError for another shape or a page under
    10 mm.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"a scanned page is an (H, W, 3) array of uint8, not {rgb.shape} of {rgb.dtype}")
    small = _resized(rgb, WORK_DPI / dpi)
    if min(small.shape[:2]) < millimetres(10):
        raise ValueError(f"a page of {rgb.shape[1]} x {rgb.shape[0]} pixels at {dpi:g} dpi is too small")
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    box, border = _page_edges(lab[:, :, 0])
    skew = measure_skew(lab[:, :, 0], ~border)
    lab, border = _turned(lab, border, skew)
    inside = ~border
    inside[: int(box[1])], inside[int(box[3]) :] = False, False
    inside[:, : int(box[0])], inside[:, int(box[2]) :] = False, False
    work = lab.astype(np.float32)
    field, paper, share, noise = paper_field(work, inside)
    kx, ky = rgb.shape[1] / small.shape[1], rgb.shape[0] / small.shape[0]
    page_box = (box[0] * kx, box[1] * ky, box[2] * kx, box[3] * ky)
    return ScanPage(rgb, dpi, page_box, skew, paper, share, noise, work, field, inside, box)


def split_spread(rgb: Rgb, dpi: float) -> list[Box]:
    """The page boxes of one scan, left to right: two when it shows a spread with a gutter, else one.

    Boxes are in pixels of `rgb`, inside black borders.
    """
    return spread_boxes(clean_page(rgb, dpi))


def spread_boxes(page: ScanPage) -> list[Box]:
    """`split_spread` for a page that is measured already."""
    x0, y0, x1, y1 = page.page_box
    if (x1 - x0) < max(SPREAD_MIN_ASPECT * (y1 - y0), SPREAD_MIN_MM / MM_PER_INCH * page.dpi):
        return [page.page_box]
    gutter = _gutter(page)
    if gutter is None:
        return [page.page_box]
    middle = gutter / page.scale
    return [(x0, y0, middle, y1), (middle, y0, x1, y1)]


def _resized(rgb: Rgb, scale: float) -> Rgb:
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, size, interpolation=way), dtype=np.uint8)


def _page_edges(light: Rgb) -> tuple[Box, Mask]:
    """The page's box and the mask of scanner border, both on the small copy."""
    high, wide = light.shape
    reach = millimetres(BORDER_MAX_MM)
    size = millimetres(1)
    rough = cv2.morphologyEx(light, cv2.MORPH_GRADIENT, np.ones((size, size), np.uint8))
    black = ((light < BORDER_LEVEL) & (rough < BORDER_ROUGHNESS)).astype(np.uint8)
    black[reach:-reach, reach:-reach] = 0
    _, labels = cv2.connectedComponents(black)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    border = np.isin(labels, np.unique(rim[rim > 0]))
    rows, columns = border.mean(axis=1), border.mean(axis=0)
    top, bottom = _run(rows, reach), _run(rows[::-1], reach)
    left, right = _run(columns, reach), _run(columns[::-1], reach)
    if border.any():
        rim_size = 2 * millimetres(BORDER_RIM_MM) + 1
        border = cv2.dilate(border.astype(np.uint8), np.ones((rim_size, rim_size), np.uint8)) > 0
    return (float(left), float(top), float(wide - right), float(high - bottom)), border


def _run(shares: NDArray[np.float64], reach: int) -> int:
    bare = np.flatnonzero(shares[:reach] < BORDER_LINE_SHARE)
    return int(bare[0]) if len(bare) else 0


def _turned(lab: Rgb, border: Mask, skew: float) -> tuple[Rgb, Mask]:
    if not skew:
        return lab, border
    high, wide = border.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), skew, 1.0)
    lab = cv2.warpAffine(lab, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outside = cv2.warpAffine(border.astype(np.uint8), turn, (wide, high), borderValue=1)
    return lab, outside > 0


def _gutter(page: ScanPage) -> float | None:
    """The x of the fold in pixels of `work`, or None when nothing shows one."""
    light = page.work[:, :, 0]
    x0, y0, x1, y1 = (int(edge) for edge in page.work_box)
    middle, reach = (x0 + x1) // 2, millimetres(GUTTER_REACH_MM)
    spread = int((x1 - x0) * GUTTER_CENTRE_SHARE)
    columns = cv2.blur(light[y0:y1], (3, 9))
    at = np.arange(middle - spread, middle + spread + 1)
    dips = np.minimum(columns[:, at - reach], columns[:, at + reach]) - columns[:, at]
    levels = np.percentile(dips, 100 * (1 - GUTTER_ROWS), axis=0)
    best, depth = int(at[levels.argmax()]), float(levels.max())
    if depth >= GUTTER_DEPTH:
        return float(best)
    ink = (page.field[:, :, 0] - light > INK_DEPTH)[y0:y1, x0:x1].mean(axis=0)
    blank = ink < 0.002
    left = right = middle - x0
    while left > 0 and blank[left]:
        left -= 1
    while right < len(blank) - 1 and blank[right]:
        right += 1
    both = left > 0 and right < len(blank) - 1
    if both and right - left >= millimetres(GUTTER_BLANK_MM):
        return float(x0 + (left + right) / 2)
    return None
