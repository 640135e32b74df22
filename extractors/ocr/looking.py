"""Where on a page the detector looks: not at pictures, not at bare paper, and again where it missed print.

The detector costs by the pixel, whether print stands there or not; and beside large dark pictures it was seen
to miss every line of half a page at one size, and none at another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.geometry import cover
from extractors.ocr.base import Image, PixelBox, Quad
from extractors.ocr.columns import sides

Detect = Callable[[Image], list[Quad]]
"""The quads of the text lines in an image (H x W x 3, uint8, BGR)."""

Cells = tuple[int, int, int, int]
"""[x0, y0, x1, y1] in cells of the map of print."""

# Longest side of a page as the detector sees it, in pixels. A4 at 200 dpi passes unscaled (2339),
# so that captions of 7 pt stay 20 px high; finer scans are made smaller, which costs no line.
DETECTION_SIDE = 2400
# Nothing higher than this share of the page's longer side is a line (84 pt on A4): a tile may show the rim of
# a picture as one great letter.
MOST_HEIGHT = 1 / 10
# The second look is at two thirds of that size: 133 dpi for 200, where 8 pt type is 15 px high.
SECOND_LOOK = 2 / 3
# A quad of the second look covered by one of the first to this share is the same line.
ALREADY_SEEN = 0.3
# Inside pictures only labels of panels count; half the size shows them.
LABEL_LOOK = 1 / 2
# A label (12, a, 图3) is at most so many times as long as high, and no higher than this share of the page's
# longer side (42 pt on A4).
LABEL_SHAPE, LABEL_HEIGHT = 3.0, 1 / 20
# A caption printed over a picture stands within this share of its height from its head or foot.
RIM = 0.2
# The map of print has cells of so many pixels, half a millimetre at 200 dpi; it never has more than so many.
CELL, MAP_SIDE = 4, 600
# From cell to cell print changes by so many grey levels at least, grain averaged out, and by so many times
# what the calmest quarter of the page does, which is paper.
CONTRAST, GRAIN = 8, 4
# Smaller images (pixels) are looked at whole: a strip cut from a page has print at its edges.
SMALL = 500_000
# Dust is smaller than this (cells).
LEAST_PRINT = 3
# A picture is covered up to this near its edge (pixels): a caption may stand close to it.
EDGE = 4
# What spans so much of a page with so little ink is a frame, or the edge of the page on a dark bed.
FRAME_SPAN, FRAME_INK = 0.25, 0.15
# Paper kept around print, for the detector to see that it ends there (cells).
MARGIN = 10
# Empty bands broader than this part a page into tiles: narrower ones would save little (cells, 15 mm).
WIDE_GAP = 30
# A line of print is so many cells thick (6 to 32 pt); a rule is thinner, a picture thicker.
LEAST_THICK, MOST_THICK = 3, 24
# Print of so many cells in length outside all quads, ten characters, is worth a second look.
MISSED = 50


def find_quads(page: Image, pictures: Sequence[PixelBox], lean: float, detect: Detect) -> list[Quad]:
    """The lines of `page` (H x W x 3, BGR) outside `pictures`, and the labels within them.

    `pictures` are upright boxes around pictures that slant by `lean` (sine of the angle).
    """
    scale = min(1.0, DETECTION_SIDE / max(page.shape[:2]))
    bare = cover_up(page, pictures, lean)
    cell = max(CELL, -(-max(page.shape[:2]) // MAP_SIDE))
    shown = _print(bare, pictures, lean, cell)
    quads: list[Quad] = []
    whole = (0, 0, shown.shape[1], shown.shape[0])
    if page.shape[0] * page.shape[1] <= SMALL:
        return _look(page, (0, 0, page.shape[1], page.shape[0]), scale, detect)
    for tile in _tiles(shown, whole):
        box = tuple(cell * edge for edge in _with_margin(tile, shown.shape))
        found = _look(bare, box, scale, detect)
        if _missed(shown, tile, found, cell):
            found += _unseen(_look(bare, box, SECOND_LOOK * scale, detect), found)
        quads += [quad for quad in found if min(sides(quad)) <= MOST_HEIGHT * max(page.shape[:2])]
    highest = LABEL_HEIGHT * max(page.shape[:2])
    for picture in pictures:
        found = _look(page, _inside(picture, lean), LABEL_LOOK * scale, detect)
        told = [quad for quad in found if _is_label(quad, highest) or _is_at_rim(quad, picture, highest)]
        quads += _unseen(told, quads)
    return quads


def cover_up(page: Image, pictures: Sequence[PixelBox], lean: float) -> Image:
    """`page` with its pictures (see `find_quads`) painted over in the tone of the rest."""
    if not pictures:
        return page
    rest = np.ones(page.shape[:2], dtype=bool)
    for picture in pictures:
        x0, y0, x1, y1 = _inside(picture, lean)
        rest[y0:y1, x0:x1] = False
    sample = page[::CELL, ::CELL][rest[::CELL, ::CELL]]
    covered = page.copy()
    covered[~rest] = np.median(sample, axis=0) if len(sample) else 255
    return covered


def _inside(picture: PixelBox, lean: float) -> tuple[int, int, int, int]:
    """The upright box that lies wholly in a picture that slants within its own box."""
    x0, y0, x1, y1 = picture
    dx, dy = lean * (y1 - y0) + EDGE, lean * (x1 - x0) + EDGE
    left, top = max(0, round(x0 + dx)), max(0, round(y0 + dy))
    return left, top, max(left, round(x1 - dx)), max(top, round(y1 - dy))


def _print(page: Image, pictures: Sequence[PixelBox], lean: float, cell: int) -> NDArray[np.bool_]:
    """Which cells of `page` hold print: not paper, dust, the edge of the scan or the rim of a picture."""
    high, wide = (-(-side // cell) for side in page.shape[:2])
    grey = cv2.cvtColor(cv2.resize(page, (wide, high), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    grey = np.pad(grey.astype(np.int16), ((0, 1), (0, 1)), mode="edge")
    step = np.maximum(abs(np.diff(grey, axis=0))[:, :-1], abs(np.diff(grey, axis=1))[:-1])
    ink = (step > max(CONTRAST, GRAIN * float(np.percentile(step, 25)))).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    rim = np.zeros_like(ink)
    rim[[0, -1]] = rim[:, [0, -1]] = 1
    areas, spans = stats[:, cv2.CC_STAT_AREA], stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    kept = (areas >= LEAST_PRINT) & ((spans < FRAME_SPAN * ink.size) | (areas > FRAME_INK * spans))
    kept[np.unique(labels[rim > 0])] = False
    kept[0] = False
    shown: NDArray[np.bool_] = kept[labels]
    for picture in pictures:
        _clear_rim(
            shown, labels, [edge / cell for edge in picture], [edge / cell for edge in _inside(picture, lean)]
        )
    return shown


def _clear_rim(
    shown: NDArray[np.bool_], labels: NDArray[np.int32], outer: Sequence[float], inner: Sequence[float]
) -> None:
    """Take from `shown` what is left of a picture between the boxes within and around it (cells).

    That hangs on the inner box; a caption in the corner beside a slanting picture does not.
    """
    x0, y0, x1, y1 = (int(edge) for edge in inner)
    hanging = np.unique(labels[max(0, y0 - 1) : y1 + 2, max(0, x0 - 1) : x1 + 2])
    x0, y0, x1, y1 = (int(edge) for edge in outer)
    part = np.s_[max(0, y0 - 1) : y1 + 2, max(0, x0 - 1) : x1 + 2]
    shown[part] &= ~np.isin(labels[part], hanging)


def _tiles(shown: NDArray[np.bool_], box: Cells) -> list[Cells]:
    """The parts of `box` that hold print, parted where broad bands of it are empty."""
    x0, y0, x1, y1 = box
    part = shown[y0:y1, x0:x1]
    columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    if not len(rows):
        return []
    left, right, top, bottom = x0 + columns[0], x0 + columns[-1] + 1, y0 + rows[0], y0 + rows[-1] + 1
    down, across = np.diff(rows, prepend=rows[0]), np.diff(columns, prepend=columns[0])
    if max(down.max(), across.max()) < WIDE_GAP:
        return [(int(left), int(top), int(right), int(bottom))]
    if down.max() >= across.max():
        cut = int(y0 + rows[down.argmax()])
        halves = ((x0, y0, x1, cut), (x0, cut, x1, y1))
    else:
        cut = int(x0 + columns[across.argmax()])
        halves = ((x0, y0, cut, y1), (cut, y0, x1, y1))
    return [tile for half in halves for tile in _tiles(shown, half)]


def _with_margin(tile: Cells, shape: tuple[int, ...]) -> Cells:
    x0, y0, x1, y1 = tile
    return max(0, x0 - MARGIN), max(0, y0 - MARGIN), min(shape[1], x1 + MARGIN), min(shape[0], y1 + MARGIN)


def _look(page: Image, box: tuple[int, ...], scale: float, detect: Detect) -> list[Quad]:
    """What the detector sees in `box` (pixels) at `scale`, as quads of the page."""
    x0, y0, x1, y1 = box
    part = page[y0:y1, x0:x1]
    if scale < 1:
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    offset = np.array([x0, y0], dtype=np.float32)
    return [
        (quad / np.float32(scale) + offset).astype(np.float32) for quad in detect(np.ascontiguousarray(part))
    ]


def _unseen(quads: list[Quad], seen: list[Quad]) -> list[Quad]:
    boxes = [bounds(quad) for quad in seen]
    return [quad for quad in quads if all(cover(bounds(quad), box) < ALREADY_SEEN for box in boxes)]


def _missed(shown: NDArray[np.bool_], tile: Cells, quads: list[Quad], cell: int) -> bool:
    """Whether much of what looks like lines in `tile` lies outside `quads`."""
    x0, y0, x1, y1 = tile
    rest = shown[y0:y1, x0:x1].astype(np.uint8)
    for quad in quads:
        cv2.fillPoly(rest, [np.round(quad / cell - (x0, y0)).astype(np.int32)], 0)
    _, _, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    high, wide = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    thick, long = np.minimum(high, wide), np.maximum(high, wide)
    return int(long[(thick >= LEAST_THICK) & (thick <= MOST_THICK)].sum()) >= MISSED


def _is_label(quad: Quad, highest: float) -> bool:
    wide, high = sides(quad)
    return high <= highest and max(wide, high) <= LABEL_SHAPE * min(wide, high)


def _is_at_rim(quad: Quad, picture: PixelBox, highest: float) -> bool:
    """Whether a quad is a horizontal line near the head or foot of a picture."""
    wide, high = sides(quad)
    rim = RIM * (picture[3] - picture[1])
    _, top, _, foot = bounds(quad)
    return (
        LABEL_SHAPE * high < wide
        and high <= highest
        and (foot <= picture[1] + rim or top >= picture[3] - rim)
    )


def bounds(quad: Quad) -> PixelBox:
    """The upright box around a quad."""
    return float(quad[:, 0].min()), float(quad[:, 1].min()), float(quad[:, 0].max()), float(quad[:, 1].max())
