"""Training pages: one sheet or a spread, as a clean page or scanned, at the size the finder sees.

Everything about page `index` of a seed is a function of the two, so that training may stop and resume.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from extractors.figures.finder_input import SINGLE, SPREAD
from extractors.fitting.finder.dice import Picture, Rng, between, chance, count, pick
from extractors.fitting.finder.layouts import printed_sheet
from extractors.fitting.finder.scanning import Shape, aged_paper, developed, scanned, show_through
from extractors.fitting.finder.sheet import Item

CLEAN = 0.36
"""Share of pages that are not scans: those of born-digital books."""
TURNED = 0.03
"""Share of single pages that lie on their side or head."""
SEEN_SHARE = 0.25
"""An item that is cut off counts while at least this share of its box is left."""


@dataclass(frozen=True)
class TrainingPage:
    """A page on the canvas the finder sees."""

    pixels: Picture
    """H x W x 3, the whole canvas; the page is at its top left."""
    size: tuple[int, int]
    """Height and width of the page in pixels."""
    shapes: list[Shape]
    """What is on the page, as outlines in pixels."""


def _printed(rng: Rng, spread: bool, clean: bool) -> tuple[Picture, list[Item], float | None]:
    """The print: a sheet, two facing sheets, or a sheet with a strip of its neighbour; and the fold's x."""
    canvas = SPREAD if spread else SINGLE
    zoom = between(rng, 1.35, 1.75)
    if spread and chance(rng, 0.88):
        height = int(canvas[0] * zoom)
        width = int(height * between(rng, 0.62, 0.82))
        left, right = printed_sheet(rng, height, width), printed_sheet(rng, height, width)
        moved = [Item(kind, x0 + width, y0, x1 + width, y1) for kind, x0, y0, x1, y1 in right.items]
        return np.concatenate([left.pixels, right.pixels], 1), left.items + moved, float(width)
    aspect = between(rng, 1.2, 1.6) if spread else between(rng, 0.62, 0.85 if chance(rng, 0.85) else 1.15)
    height = int((canvas[0] * canvas[1] / aspect) ** 0.5 * zoom)
    width = int(height * aspect)
    sheet = printed_sheet(rng, height, width)
    if spread or clean or not chance(rng, 0.16):
        return sheet.pixels, sheet.items, None
    other = printed_sheet(rng, height, width)
    strip = int(between(rng, 0.02, 0.14) * width)
    if chance(rng, 0.5):
        cut = [
            Item(kind, x0 + width, y0, min(x1, strip) + width, y1)
            for kind, x0, y0, x1, y1 in other.items
            if kind not in ("figure", "group") and x0 < strip
        ]
        return np.concatenate([sheet.pixels, other.pixels[:, :strip]], 1), sheet.items + cut, float(width)
    moved = [Item(kind, x0 + strip, y0, x1 + strip, y1) for kind, x0, y0, x1, y1 in sheet.items]
    return np.concatenate([other.pixels[:, -strip:], sheet.pixels], 1), moved, float(strip)


def training_page(rng: Rng, *, spread: bool) -> TrainingPage:
    """A page drawn from `rng`, on the canvas SPREAD (two facing pages, or a wide one) or SINGLE."""
    canvas = SPREAD if spread else SINGLE
    clean = chance(rng, CLEAN) and not (spread and chance(rng, 0.5))
    pixels, items, gutter = _printed(rng, spread, clean)
    height, width = pixels.shape[:2]
    scale = min(canvas[0] / height, canvas[1] / width)
    size = min(canvas[0], round(height * scale)), min(canvas[1], round(width * scale))
    if clean:
        picture, shapes = _clean(rng, pixels, items, size)
    else:
        pixels = aged_paper(rng, show_through(rng, pixels) if chance(rng, 0.3) else pixels)
        picture, shapes = scanned(rng, pixels, items, size, gutter)
        picture = developed(rng, picture)
    if not spread and chance(rng, TURNED):
        picture, shapes = _turned(picture, shapes, count(rng, 1, 3))
    fill = 255 if clean else int(np.median(picture[:, -3:]))
    full = np.full((*canvas, 3), fill, np.uint8)
    high, wide = picture.shape[:2]
    full[:high, :wide] = picture
    return TrainingPage(full, (high, wide), shapes)


def _clean(
    rng: Rng, pixels: Picture, items: list[Item], size: tuple[int, int]
) -> tuple[Picture, list[Shape]]:
    """The print as a renderer shows it, sometimes stored as JPEG."""
    picture = np.asarray(cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.array([size[1] / pixels.shape[1], size[0] / pixels.shape[0]], np.float32)
    shapes: list[Shape] = []
    for kind, x0, y0, x1, y1 in items:
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
        shapes.append((kind, corners * scale))
    if chance(rng, 0.15):
        quality = [cv2.IMWRITE_JPEG_QUALITY, count(rng, 50, 90)]
        picture = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR), np.uint8
        )
    return picture, shapes


def _turned(picture: Picture, shapes: list[Shape], times: int) -> tuple[Picture, list[Shape]]:
    """The page turned by quarters, shrunk to the canvas where it has become too wide."""
    out = np.ascontiguousarray(np.rot90(picture, times))
    width = picture.shape[1]
    sides = [picture.shape[1], picture.shape[0]] * 2
    for step in range(times):
        width = sides[step]
        shapes = [(kind, np.stack([points[:, 1], width - points[:, 0]], 1)) for kind, points in shapes]
    scale = min(SINGLE[0] / out.shape[0], SINGLE[1] / out.shape[1], 1)
    if scale < 1:
        out = np.asarray(cv2.resize(out, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return out, [(kind, (points * scale).astype(np.float32)) for kind, points in shapes]


def varied(rng: Rng, page: TrainingPage) -> TrainingPage:
    """The page seen again: mirrored, smaller, cut or in other tones."""
    picture, size, shapes = page.pixels, page.size, page.shapes
    height, width = picture.shape[:2]
    if chance(rng, 0.5):
        wide = size[1]  # the page is at the left: it is mirrored inside its own width
        mirrored = picture[:, ::-1]
        picture = np.concatenate([mirrored[:, width - wide :], mirrored[:, : width - wide]], 1)
        flip = np.array([-1, 1], np.float32), np.array([wide, 0], np.float32)
        shapes = [(kind, points * flip[0] + flip[1]) for kind, points in shapes]
    if chance(rng, 0.65):
        picture, shapes = _zoomed(rng, picture, shapes)
        size = (height, width)
    out = (picture.astype(np.float32) - 128) * between(rng, 0.75, 1.2) + 128 + between(rng, -25, 20)
    if chance(rng, 0.3):
        out = out * rng.uniform(0.85, 1.1, 3).astype(np.float32)
    if chance(rng, 0.15):
        out = np.repeat(out.mean(2, keepdims=True), 3, 2)
    return TrainingPage(np.clip(out, 0, 255).astype(np.uint8), size, shapes)


def _zoomed(rng: Rng, picture: Picture, shapes: list[Shape]) -> tuple[Picture, list[Shape]]:
    """The page smaller somewhere on the canvas, or larger and cut off."""
    height, width = picture.shape[:2]
    scale = between(rng, 0.7, 1.25)
    room_x, room_y = width * (1 - scale), height * (1 - scale)
    x, y = between(rng, min(0, room_x), max(0, room_x)), between(rng, min(0, room_y), max(0, room_y))
    rim = picture[:8].reshape(-1, 3).mean(0) if chance(rng, 0.5) else rng.integers(0, 255, 3)
    out = cv2.warpAffine(
        np.ascontiguousarray(picture),
        np.array([[scale, 0, x], [0, scale, y]], np.float32),
        (width, height),
        flags=pick(rng, cv2.INTER_AREA, cv2.INTER_LINEAR),
        borderValue=[int(value) for value in rim],
    )
    kept: list[Shape] = []
    for kind, points in shapes:
        placed = points * np.float32(scale) + np.array([x, y], np.float32)
        cut = np.clip(placed, 0, [width, height]).astype(np.float32)
        whole = float(np.prod(placed.max(0) - placed.min(0)))
        if whole > 0 and float(np.prod(cut.max(0) - cut.min(0))) > SEEN_SHARE * whole:
            kept.append((kind, cut))
    return np.asarray(out, np.uint8), kept
