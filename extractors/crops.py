"""Figures cut out of a page: the embedded original where it is what the page shows, else a rendering."""

from __future__ import annotations

import contextlib
import io
import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

import cv2
import imagehash
import numpy as np
import numpy.typing as npt
import pymupdf
from PIL import Image
from pymupdf import mupdf

from extractors.document import Picture, PlacedImage, draw, placed_images, render, to_array
from extractors.geometry import Box, area, cover, grow, intersect, iou
from extractors.settings import Limits

Method = Literal["embedded", "rendered"]

FILLS = 0.95
"""An image fills a box from this IoU or this share of the box on; figure boxes are good to a point or two."""

SNAP = 0.5
"""Points. A box edge this near to an image edge means the image edge: boxes are rounded on their way here."""

SQUARE = 0.02
"""Pixels whose sides differ by more look distorted when shown as squares (fax scans: 0.5)."""

UPRIGHT = 1e-3
"""Largest share of shear in a placement that keeps pixel rows parallel to the page: 1 pixel in 1000."""

COMPARE_DPI = 100
"""Resolution of the look whether the page shows the image alone; a printed label has 50 pixels there."""

COMPARE_INSET = 2.0
"""Points left out at each edge of that look: frames and the soft edges of clips are not the picture."""

SAME_MEAN = 4.0
"""Largest mean difference, of 255, that is the same picture: a pale watermark adds up to 3."""

SEEN = 48
"""A difference, of 255, that the eye notices in one pixel: pale watermarks stay below 30."""

SEEN_PIXELS = 12
"""This many noticed pixels are a mark on the image: the smallest panel label at COMPARE_DPI has more."""

MOST_DPI = 600
"""A rendering takes no more than this from a finer image inside it: print scans end here."""

SAME_RESOLUTION = 1.05
"""Ratio within which two resolutions count as one: strips of one scan differ by rounding."""

PNG_OPTIONS = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
"""Run lengths alone: photographs come out 10 to 20 % smaller than at zlib's level 1, in the same time, and no
larger than at level 6, in a fifth of it."""

BILEVEL_LEVEL = 6
"""zlib level for one-bit pictures, which are small enough for it."""

PREVIEW_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Crop:
    """A figure as a lossless picture: PNG bytes (1-bit, grey or RGB), its size in pixels, its origin."""

    png: bytes
    width: int
    height: int
    method: Method
    phash: str
    """`phash(png)`, taken from the pixels while they are at hand."""
    pixels: Picture = field(repr=False, compare=False)
    """What the PNG holds, unpacked, for whoever looks at the picture next."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The pixel rows and columns of a placed image, on the page."""

    box: Box
    """The image in points."""
    across: float
    down: float
    """Pixels per point."""
    upright: bool
    """Whether rows and columns are parallel to the page's edges, and pixels square."""

    def pixels(self, box: Box) -> tuple[int, int, int, int]:
        """`box` in whole pixels, at least one each way, its edges snapped to those of the image near them."""
        edges = [
            mine if abs(mine - theirs) <= SNAP else theirs for mine, theirs in zip(self.box, box, strict=True)
        ]
        x0, x1 = (round((x - self.box[0]) * self.across) for x in (edges[0], edges[2]))
        y0, y1 = (round((y - self.box[1]) * self.down) for y in (edges[1], edges[3]))
        return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)

    @property
    def matrix(self) -> pymupdf.Matrix:
        """From points to pixels of the grid."""
        return pymupdf.Matrix(
            self.across, 0, 0, self.down, -self.box[0] * self.across, -self.box[1] * self.down
        )


def cut(page: pymupdf.Page, bbox: Box, dpi: int, limits: Limits) -> Crop:
    """The figure at `bbox` (points, as displayed) as the page shows it.

    Embedded: when one image fills the box, or holds it, and the page shows that image and nothing else
    there, its own pixels, turned and coloured as displayed, its mask on white. Rendered: else, at `dpi` or
    at the finer resolution of the images inside, up to MOST_DPI.
    Raises PageTooLargeError over the pixel limit; ValueError when the box lies outside the page.
    """
    box = intersect(bbox, tuple(page.rect))
    if not area(box):
        raise ValueError(f"page {page.number + 1}: nothing to cut at {bbox}")
    images = placed_images(page, limits)
    placed = _all_that_shows(page, box, images, limits)
    if placed is None:
        return _crop(_rendered(page, box, dpi, images, limits), "rendered")
    grid = _grid(placed)
    target = pymupdf.IRect(grid.pixels(intersect(box, grid.box)))
    return _crop(draw_alone(placed, grid.matrix, target), "embedded")


def phash(picture: bytes | npt.NDArray[np.uint8]) -> str:
    """64-bit perceptual hash, 16 hexadecimal digits, of a picture file or an array (H x W x 3 or H x W)."""
    with Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else Image.fromarray(picture) as image:
        return str(imagehash.phash(image))


def preview(page: pymupdf.Page, dpi: int, limits: Limits) -> bytes:
    """The page as a small JPEG for the gallery. Raises PageTooLargeError."""
    stream = io.BytesIO()
    Image.fromarray(render(page, dpi, limits)).save(stream, "JPEG", quality=PREVIEW_QUALITY)
    return stream.getvalue()


def to_png(picture: Picture) -> bytes:
    """Lossless PNG (RGB, grey or 1-bit, whichever is enough) without metadata; equal pixels, equal bytes."""
    channel = picture[..., 0]
    if not _is_grey(picture):
        return _encode(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not _is_bilevel(channel):
        return _encode(np.ascontiguousarray(channel))
    stream = io.BytesIO()
    Image.fromarray(channel).convert("1", dither=Image.Dither.NONE).save(
        stream, "PNG", compress_level=BILEVEL_LEVEL
    )
    return stream.getvalue()


def _crop(picture: Picture, method: Method) -> Crop:
    return Crop(to_png(picture), picture.shape[1], picture.shape[0], method, phash(picture), picture)


def _encode(pixels: npt.NDArray[np.uint8]) -> bytes:
    _, data = cv2.imencode(".png", pixels, PNG_OPTIONS)
    return bytes(data.tobytes())


def _is_grey(picture: Picture) -> bool:
    def equal(part: Picture) -> bool:
        return bool((part[..., 0] == part[..., 1]).all() and (part[..., 1] == part[..., 2]).all())

    return equal(picture[::16, ::16]) and equal(picture)


def _is_bilevel(channel: npt.NDArray[np.uint8]) -> bool:
    def two(part: npt.NDArray[np.uint8]) -> bool:
        return bool(((part == 0) | (part == 255)).all())

    return two(channel[::16, ::16]) and two(channel)


def _grid(placed: PlacedImage) -> _Grid:
    m = placed.matrix
    x0, y0, x1, y1 = pymupdf.Rect(0, 0, 1, 1) * m
    width, height = placed.size
    along, beside = math.hypot(m.a, m.b), math.hypot(m.c, m.d)  # lengths of an image row and an image column
    if not along or not beside:
        return _Grid((x0, y0, x1, y1), 0.0, 0.0, False)
    across, down = width / along, height / beside
    turned = abs(m.a) < abs(m.b)
    skew = (abs(m.a) / along + abs(m.d) / beside) if turned else (abs(m.b) / along + abs(m.c) / beside)
    if turned:
        across, down = down, across
    return _Grid((x0, y0, x1, y1), across, down, skew < UPRIGHT and abs(across / down - 1) < SQUARE)


def _fills(image: Box, box: Box) -> bool:
    return iou(image, box) >= FILLS or cover(box, image) >= FILLS


def _all_that_shows(
    page: pymupdf.Page, box: Box, images: list[PlacedImage], limits: Limits
) -> PlacedImage | None:
    """The image that fills `box`, when the page looks there like that image alone on white."""
    grids = [(placed, _grid(placed)) for placed in reversed(images) if placed.ink is None]
    filling = [placed for placed, grid in grids if grid.upright and _fills(grid.box, box)]
    if not filling:
        return None
    inset = min(COMPARE_INSET, (box[2] - box[0]) / 4, (box[3] - box[1]) / 4)
    inner = grow(box, -inset)
    scale = pymupdf.Matrix(COMPARE_DPI / 72, COMPARE_DPI / 72)
    shown = draw(page, scale, limits, inner)
    target = (pymupdf.Rect(inner) * scale).irect
    return next((placed for placed in filling if _alike(shown, draw_alone(placed, scale, target))), None)


def _alike(shown: Picture, alone: Picture) -> bool:
    if shown.shape != alone.shape:
        return False
    difference = cv2.absdiff(shown, alone).max(axis=2)
    return bool(difference.mean() <= SAME_MEAN and np.count_nonzero(difference > SEEN) < SEEN_PIXELS)


def draw_alone(placed: PlacedImage, matrix: pymupdf.Matrix, target: pymupdf.IRect) -> Picture:
    """The pixels `target` of one image alone on white, drawn under `matrix` (points to pixels)."""
    canvas = mupdf.fz_new_pixmap_with_bbox(
        pymupdf.csRGB.this, mupdf.FzIrect(*target), mupdf.FzSeparations(), 0
    )
    mupdf.fz_clear_pixmap_with_value(canvas, 255)
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(), canvas)
    placement = mupdf.FzMatrix(*(placed.matrix * matrix))
    mask = placed.image.mask()
    if mask.m_internal is not None:
        mupdf.fz_clip_image_mask(device, mask, placement, mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE))
    with contextlib.suppress(
        mupdf.FzErrorBase
    ):  # an image that cannot be decoded shows nothing, as on the page
        if placed.ink is None:
            mupdf.fz_fill_image(device, placed.image, placement, placed.alpha, mupdf.FzColorParams())
        else:
            _paint_stencil(device, placed, placement, placed.ink)
    if mask.m_internal is not None:
        mupdf.fz_pop_clip(device)
    mupdf.fz_close_device(device)
    return to_array(pymupdf.Pixmap("raw", canvas))


def _paint_stencil(device: Any, placed: PlacedImage, placement: Any, ink: tuple[float, float, float]) -> None:
    colour = mupdf.new_floats(len(ink))
    try:
        for channel, value in enumerate(ink):
            mupdf.floats_setitem(colour, channel, value)
        mupdf.fz_fill_image_mask(
            device, placed.image, placement, pymupdf.csRGB.this, colour, placed.alpha, mupdf.FzColorParams()
        )
    finally:
        mupdf.delete_floats(colour)


def _rendered(page: pymupdf.Page, box: Box, dpi: int, images: list[PlacedImage], limits: Limits) -> Picture:
    grid = _finest_grid(images, box)
    if grid is None or max(grid.across, grid.down) * 72 <= dpi:
        return render(page, dpi, limits, box)
    finer = max(grid.across, grid.down) * 72
    most = max(dpi, min(MOST_DPI, 72 * math.sqrt(limits.max_pixels / area(box))))
    if finer > most or not grid.upright:
        return render(page, min(finer, most), limits, box)
    # On the image's own grid its pixels are copied, not resampled.
    x0, y0, x1, y1 = grid.pixels(box)
    return draw(page, grid.matrix, limits, tuple(pymupdf.Rect(x0, y0, x1, y1) * ~grid.matrix))


def _finest_grid(images: list[PlacedImage], box: Box) -> _Grid | None:
    """The grid of the finest images that make up at least half of the box, strips and tiles added up."""
    shares: dict[int, float] = defaultdict(float)
    grids: dict[int, _Grid] = {}
    for grid in map(_grid, images):
        if grid.across and (share := cover(box, grid.box)):
            resolution = round(math.log(max(grid.across, grid.down), SAME_RESOLUTION))
            shares[resolution] += share
            grids.setdefault(resolution, grid)
    enough = [resolution for resolution, share in shares.items() if share >= 0.5]
    return grids[max(enough)] if enough else None
