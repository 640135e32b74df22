"""A scanned page made ready for looking: its edges inside black borders, its paper, its skew, its spread.

Pictures are RGB arrays (H, W, 3) of uint8 as displayed; boxes are (x0, y0, x1, y1) in pixels of that
picture, origin top-left, y down. Looking happens on a small copy of `WORK_DPI`: figures are centimetres
large, so a quarter of a millimetre is exact enough, and halftone screens average out there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.geometry import Box

Rgb = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Field = NDArray[np.float32]
Points = tuple[NDArray[np.int64], NDArray[np.int64]]

WORK_DPI = 100.0
"""Resolution of the small copy: a printed hairline (0.1 mm) still leaves half its black in a pixel."""
MM_PER_INCH = 25.4

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

BLOCK_MM = 3.0
"""Paper is sampled in blocks about as high as a character, so that most hold some bare paper."""
PAPER_MIN_LEVEL = 110.0
"""Lightness (of 255) of the darkest paper: old brown paper in a dim scan."""
PAPER_MAX_SPREAD = 10.0
"""Lightness spread (levels) of the bare half of a block of paper, scan noise included."""
PAPER_MAX_CHROMA = 45.0
"""Distance from grey (Lab units) of the yellowest paper."""
MARGIN_MM = 12.0
"""Width of the ring along the page's edge that is paper on nearly every page."""
MARGIN_WEIGHT = 6.0
"""Votes of a block in that ring, so that a large pale textile does not outvote the margins."""
PAPER_MIN_SHARE = 0.03
"""Below this share of blocks the page has no paper to speak of: a full-bleed plate."""
FIELD_TOLERANCES = (22.0, 14.0, 9.0)
"""Levels a block may differ from the paper field while the field is fitted, pass by pass."""
FIELD_SPAN = 0.7
"""Share of the page the paper samples must span before a curved field is fitted, else a plane."""

SHADE_AGREEMENT = 14.0
"""Levels the shadow of the fold may differ between the top and the bottom margin."""
SHADE_DEPTH = 70.0
"""Levels of the deepest shadow in which print is still read."""

SKEW_LIMIT = 3.0
"""Degrees: beyond this a page was laid wrong on purpose or is a picture."""
SKEW_COARSE_STEP = 0.5
SKEW_FINE_STEP = 0.1
SKEW_DPI = 75.0
SKEW_MIN_POINTS = 400
"""Ink pixels needed before an angle means anything."""
SKEW_MIN_GAIN = 1.25
"""The best angle must sharpen the profile of printed lines by this factor over the typical angle."""
SKEW_EDGE_GAIN = 2.0
"""The same for the edges of pictures, which are fewer and more easily chance."""
SKEW_EDGE = 120.0
"""Gradient (Sobel, levels) of an edge cut straight."""
SKEW_EDGE_SLANT = 8.0
"""An edge within the skew limit is at least this much steeper across than along."""
SKEW_MAX_BLOB_MM = 12.0
"""Connected ink larger than this is no character and says nothing about the lines."""

INK_DEPTH = 50.0
"""Levels below the paper at which print begins; bleed-through stays above it."""

SPREAD_MIN_ASPECT = 1.2
"""Width over height of the narrowest two-page spread (two tall pages)."""
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


def millimetres(length: float) -> int:
    """Millimetres -> whole pixels of the small copy, at least 1."""
    return max(1, round(length * WORK_DPI / MM_PER_INCH))


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
    skew = _skew(lab[:, :, 0], ~border)
    lab, border = _turned(lab, border, skew)
    inside = ~border
    inside[: int(box[1])], inside[int(box[3]) :] = False, False
    inside[:, : int(box[0])], inside[:, int(box[2]) :] = False, False
    work = lab.astype(np.float32)
    field, paper, share, noise = _paper(work, inside)
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
    if (x1 - x0) < SPREAD_MIN_ASPECT * (y1 - y0):
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


def _skew(light: Rgb, inside: Mask) -> float:
    """Degrees by which the lines of print, else the edges of pictures, fall to the right; else 0."""
    scale = SKEW_DPI / WORK_DPI
    small = np.asarray(cv2.resize(light, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    valid = cv2.resize(inside.astype(np.uint8), (small.shape[1], small.shape[0])) > 0
    print_points = _print_points(small, valid)
    angle = _sharpest([print_points, (-print_points[1], print_points[0])], SKEW_MIN_GAIN)
    return angle if angle is not None else _sharpest(_edge_points(small, valid), SKEW_EDGE_GAIN) or 0.0


def _print_points(small: Rgb, valid: Mask) -> Points:
    """The ink pixels of characters: (x, y)."""
    ground = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 15)
    ink = (ground.astype(np.int16) - small > INK_DEPTH) & valid
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    limit = SKEW_MAX_BLOB_MM * SKEW_DPI / MM_PER_INCH
    letters = (stats[:, 2:4].max(axis=1) <= limit) & (stats[:, 4] >= 2)
    letters[0] = False
    ys, xs = np.nonzero(letters[labels])
    return xs, ys


def _edge_points(small: Rgb, valid: Mask) -> list[Points]:
    """The pixels of nearly level and of nearly upright edges, each as (along, across)."""
    flat = cv2.GaussianBlur(small, (3, 3), 0)
    gx = np.abs(cv2.Sobel(flat, cv2.CV_32F, 1, 0))
    gy = np.abs(cv2.Sobel(flat, cv2.CV_32F, 0, 1))
    ys, xs = np.nonzero(valid & (gy > SKEW_EDGE) & (gy > SKEW_EDGE_SLANT * gx))
    v_ys, v_xs = np.nonzero(valid & (gx > SKEW_EDGE) & (gx > SKEW_EDGE_SLANT * gy))
    return [(xs, ys), (-v_ys, v_xs)]


def _sharpest(views: Sequence[Points], gain: float) -> float | None:
    """The angle at which points fall best into lines, or None when none is better by the factor `gain`."""
    coarse = np.arange(-SKEW_LIMIT, SKEW_LIMIT + 1e-9, SKEW_COARSE_STEP)
    best: float | None = None
    for along, across in views:
        if len(along) < SKEW_MIN_POINTS:
            continue
        scores = [_sharpness(along, across, float(angle)) for angle in coarse]
        near = float(coarse[int(np.argmax(scores))])
        fine = np.arange(near - SKEW_COARSE_STEP, near + SKEW_COARSE_STEP + 1e-9, SKEW_FINE_STEP)
        fine_scores = [_sharpness(along, across, float(angle)) for angle in fine]
        top = float(max(fine_scores)) / max(float(np.median(scores)), 1e-9)
        if top > gain:
            best, gain = float(fine[int(np.argmax(fine_scores))]), top
    return None if best is None else round(min(SKEW_LIMIT, max(-SKEW_LIMIT, best)), 1) + 0.0


def _sharpness(along: NDArray[np.int64], across: NDArray[np.int64], angle: float) -> float:
    """How sharply ink falls into lines when they are taken to run at `angle` degrees."""
    rows = np.round(across - along * math.tan(math.radians(angle))).astype(np.int64)
    profile = np.bincount(rows - rows.min()).astype(np.float64)
    return float((np.diff(profile) ** 2).sum())


def _turned(lab: Rgb, border: Mask, skew: float) -> tuple[Rgb, Mask]:
    if not skew:
        return lab, border
    high, wide = border.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), skew, 1.0)
    lab = cv2.warpAffine(lab, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outside = cv2.warpAffine(border.astype(np.uint8), turn, (wide, high), borderValue=1)
    return lab, outside > 0


def _paper(work: Field, inside: Mask) -> tuple[Field, tuple[float, float, float], float, float]:
    """The paper field (h, w, 3), the paper's RGB colour, its share of the page, and its noise."""
    size = millimetres(BLOCK_MM)
    down, across = work.shape[0] // size, work.shape[1] // size
    blocks = work[: down * size, : across * size].reshape(down, size, across, size, 3)
    blocks = blocks.transpose(0, 2, 1, 3, 4).reshape(down * across, size * size, 3)
    held = inside[: down * size, : across * size].reshape(down, size, across, size).mean(axis=(1, 3)).ravel()
    light = np.percentile(blocks[:, :, 0], [60, 75, 92], axis=1)
    bare = blocks[:, :, 0] >= light[0][:, None]
    colour = (blocks * bare[:, :, None]).sum(axis=1) / bare.sum(axis=1)[:, None]
    spread = light[2] - light[0]
    ys, xs = np.divmod(np.arange(down * across), across)
    place = np.stack([(xs + 0.5) / across * 2 - 1, (ys + 0.5) / down * 2 - 1], axis=1)
    chroma = np.hypot(colour[:, 1] - 128, colour[:, 2] - 128)
    good = (held > 0.95) & (spread <= PAPER_MAX_SPREAD) & (light[1] >= PAPER_MIN_LEVEL)
    good &= chroma <= PAPER_MAX_CHROMA
    rim = round(MARGIN_MM / BLOCK_MM)
    margin = (xs < rim) | (ys < rim) | (xs >= across - rim) | (ys >= down - rim)
    weight = np.where(margin, MARGIN_WEIGHT, 1.0)
    chosen = _fit(colour, place, good, weight)
    if chosen is None or chosen[1].sum() < PAPER_MIN_SHARE * max(1, (held > 0.95).sum()):
        white = np.broadcast_to(np.array([255, 128, 128], np.float32), work.shape)
        return white, (255.0, 255.0, 255.0), 0.0, 0.0
    terms, sample = chosen
    field = _field(terms, work.shape[0], work.shape[1])
    field[:, :, 0] += _fold_shade(work[:, :, 0], field[:, :, 0], inside)
    # A normal spread from the 60th to the 92nd percentile is 1.15 standard deviations.
    noise = float(np.median(spread[sample])) / 1.15
    paper = np.median(colour[sample], axis=0).round().clip(0, 255).astype(np.uint8).reshape(1, 1, 3)
    red, green, blue = cv2.cvtColor(paper, cv2.COLOR_LAB2RGB)[0, 0].tolist()
    share = float(sample.sum() / max(1, (held > 0.95).sum()))
    return field, (float(red), float(green), float(blue)), share, noise


def _terms(place: NDArray[np.float64], curved: bool) -> NDArray[np.float64]:
    x, y = place[:, 0], place[:, 1]
    columns = [np.ones_like(x), x, y]
    if curved:
        columns += [x * x, x * y, y * y]
    return np.stack(columns, axis=1)


def _fit(
    colour: NDArray[np.float64], place: NDArray[np.float64], good: Mask, weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Mask] | None:
    """A smooth paper colour over the page (6 terms x 3 channels) and the blocks it was fitted to."""
    if not good.any():
        return None
    bins = (colour // np.array([10, 8, 8])).astype(np.int64)
    keys = bins[:, 0] * 4096 + bins[:, 1] * 64 + bins[:, 2]
    where = np.unique(keys[good], return_inverse=True)[1]
    votes = np.bincount(where, weights=weight[good] * (colour[good, 0] / 255) ** 2)
    centre = np.median(colour[good][where == int(np.argmax(votes))], axis=0)
    guess = np.broadcast_to(centre, colour.shape)
    terms = np.zeros((6, 3))
    sample = good
    for tolerance in FIELD_TOLERANCES:
        sample = good & (np.abs(colour - guess).max(axis=1) <= tolerance)
        if sample.sum() < 8:
            return None
        curved = bool((np.ptp(place[sample], axis=0) / 2 >= FIELD_SPAN).all()) and sample.sum() >= 60
        design = _terms(place, curved)
        scale = np.sqrt(weight[sample])[:, None]
        found = np.linalg.lstsq(design[sample] * scale, colour[sample] * scale, rcond=None)[0]
        terms[:] = 0
        terms[: len(found)] = found
        guess = design @ found
    return terms, sample


def _field(terms: NDArray[np.float64], high: int, wide: int) -> Field:
    x = ((np.arange(wide) + 0.5) / wide * 2 - 1).astype(np.float32)
    y = ((np.arange(high) + 0.5) / high * 2 - 1).astype(np.float32)[:, None]
    t = terms.astype(np.float32)
    planes = [
        t[0, c] + t[1, c] * x + t[2, c] * y + t[3, c] * x * x + t[4, c] * x * y + t[5, c] * y * y
        for c in range(3)
    ]
    return np.clip(np.stack(planes, axis=2), 0, 255).astype(np.float32)


def _fold_shade(light: Field, field: Field, inside: Mask) -> Field:
    """Levels (w,) to add to the paper's lightness for a shadow that falls along the whole fold.

    Such a shadow shows alike in the top and the bottom margin, where no picture reaches.
    """
    rows = np.flatnonzero(inside.mean(axis=1) > 0.5)
    if len(rows) < 8 * millimetres(MARGIN_MM):
        return np.zeros(light.shape[1], np.float32)
    skip, deep = millimetres(2), millimetres(MARGIN_MM)
    shades = []
    for strip in (rows[skip:deep], rows[-deep:-skip]):
        away = np.percentile(light[strip] - field[strip], 70, axis=0).astype(np.float32)
        shades.append(cv2.blur(away[None], (2 * skip + 1, 1))[0])
    top, bottom = shades
    alike = (np.abs(top - bottom) <= SHADE_AGREEMENT) & (np.maximum(top, bottom) < 0)
    shade = np.where(alike, np.maximum(top, bottom), 0).clip(-SHADE_DEPTH, 0).astype(np.float32)
    return np.asarray(cv2.blur(shade[None], (2 * skip + 1, 1))[0], dtype=np.float32)


def _gutter(page: ScanPage) -> float | None:
    """The x of the fold in pixels of `work`, or None when nothing shows one."""
    light = page.work[:, :, 0]
    x0, y0, x1, y1 = (int(edge) for edge in page.work_box)
    middle, reach = (x0 + x1) // 2, millimetres(GUTTER_REACH_MM)
    spread = int((x1 - x0) * GUTTER_CENTRE_SHARE)
    columns = cv2.blur(light[y0:y1], (3, 9))
    best, depth = 0, 0.0
    for x in range(middle - spread, middle + spread + 1):
        dip = np.minimum(columns[:, x - reach], columns[:, x + reach]) - columns[:, x]
        level = float(np.percentile(dip, 100 * (1 - GUTTER_ROWS)))
        if level > depth:
            best, depth = x, level
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
