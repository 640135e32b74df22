"""A printed sheet photographed: paper, light, curl, gutter, scanner bed, camera and file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.fitting.finder.dice import Field, Picture, Rng, between, chance, count, noise, pick
from extractors.fitting.finder.sheet import Item, ItemKind

Polygon = NDArray[np.float32]
"""N x 2 points x, y in pixels."""
Shape = tuple[ItemKind, Polygon]
BY_HAND = 0.14
"""Share of sheets photographed by hand: farther away, more turned and more oblique."""


def aged_paper(rng: Rng, pixels: Picture) -> Picture:
    """The print on tinted, uneven, foxed or edge-darkened paper in place of white."""
    height, width = pixels.shape[:2]
    tint = np.array([between(rng, 200, 255)] * 3, np.float32)
    if chance(rng, 0.7):
        yellow = np.array([255, 255 - between(rng, 0, 14), 255 - between(rng, 0, 40)], np.float32)
        tint = yellow * np.float32(between(rng, 0.72 if chance(rng, 0.25) else 0.84, 1))
    light = np.ones((height, width), np.float32)
    if chance(rng, 0.7):
        light -= np.float32(between(rng, 0.01, 0.10)) * noise(rng, height, width, count(rng, 2, 8))
    if chance(rng, 0.5):
        fine = rng.standard_normal((height // 2, width // 2), np.float32) * np.float32(
            between(rng, 0.004, 0.024)
        )
        light += cv2.resize(fine, (width, height))
    if chance(rng, 0.2):
        x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
        across = np.minimum(x, x[::-1])[None]
        edge = np.minimum(across, np.minimum(y, y[::-1])[:, None])
        light *= 1 - between(rng, 0.1, 0.4) * np.exp(-edge / np.float32(width * between(rng, 0.01, 0.06)))
    out = cv2.multiply(pixels, cv2.merge([light * value for value in tint / 255]), dtype=cv2.CV_32F)
    if chance(rng, 0.25):
        spots = np.zeros((height, width), np.float32)
        for _ in range(count(rng, 5, 60)):
            at = count(rng, 0, width), count(rng, 0, height)
            cv2.circle(spots, at, count(rng, 1, pick(rng, 5, 14)), between(rng, 0.05, 0.4), -1)
        soft = cv2.GaussianBlur(spots, (0, 0), between(rng, 1, 4))
        out *= cv2.merge([1 - soft * strength for strength in (0.3, 0.5, 0.75)])
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def show_through(rng: Rng, pixels: Picture) -> Picture:
    """The sheet with the print of its other side, its own mirrored, showing through."""
    turned = np.roll(pixels[::-1, ::-1], count(rng, -60, 60), 0)
    back = pixels[:, ::-1] if chance(rng, 0.5) else turned
    back = cv2.GaussianBlur(np.ascontiguousarray(back), (0, 0), between(rng, 1.5, 4))
    strength = np.float32(between(rng, 0.03, 0.2))
    return np.asarray(pixels * (1 - strength * (1 - back / np.float32(255))), np.uint8)


def _bed(rng: Rng, height: int, width: int) -> Picture:
    """What the book lies on: a scanner's lid, a table, a cloth."""
    kind = pick(rng, "black", "black", "dark", "grey", "white", "white", "wood", "cloth", "colour")
    if kind in ("wood", "cloth"):
        grain = noise(rng, height, width, 150)
        if kind == "wood":
            grain = np.asarray(
                cv2.resize(rng.random((height, 8), dtype=np.float32), (width, height)), np.float32
            )
        field = noise(rng, height, width, 5) * between(rng, 20, 60) + grain * 40
        base = np.array([count(rng, 60, 190), count(rng, 40, 140), count(rng, 20, 110)], np.float32)
        bed = np.clip(base + field[..., None] - 30, 0, 255).astype(np.uint8)
    else:
        low, high = {"black": (0, 30), "dark": (30, 90), "grey": (90, 215), "white": (225, 255)}.get(
            kind, (20, 220)
        )
        level = count(rng, low, high)
        tint = [level] * 3 if kind != "colour" else [count(rng, low, high) for _ in range(3)]
        bed = np.full((height, width, 3), tint, np.uint8)
    if chance(rng, 0.5):
        fine = rng.standard_normal((height, width, 1), np.float32) * np.float32(between(rng, 1, 5))
        bed = np.clip(bed + fine, 0, 255).astype(np.uint8)
    if chance(rng, 0.3):
        bed = np.clip(bed * _three(0.7 + 0.5 * noise(rng, height, width, 2)), 0, 255).astype(np.uint8)
    return bed


@dataclass(frozen=True)
class _Curl:
    """How the paper bends: at each of `xs`, the printed x it shows and how far its print is moved in y."""

    xs: NDArray[np.float64]
    printed: NDArray[np.float64]
    lift: NDArray[np.float64]


def _curl(rng: Rng, height: int, width: int, gutter: float) -> _Curl:
    """Lines that bend near the gutter or wave, and print squeezed where the paper falls into the fold."""
    xs = np.linspace(-0.1 * width, 1.1 * width, 240)
    near = np.abs(xs - gutter) / width
    reach = height * (between(rng, 0, 0.018) if chance(rng, 0.6) else 0) * pick(rng, -1, 1)
    wave = np.exp(-near / between(rng, 0.04, 0.2))
    if chance(rng, 0.25):
        wave = np.sin(xs / width * between(rng, 2, 7) + between(rng, 0, 6))
    squeeze = between(rng, 0, 0.35) if chance(rng, 0.4) else 0
    density = 1 + squeeze * np.exp(-near / between(rng, 0.02, 0.07))
    printed = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(xs))])
    printed = printed - np.interp(0, xs, printed)
    printed = printed / np.interp(width, xs, printed) * width
    return _Curl(xs, printed, reach * wave)


def _corners(rng: Rng, height: int, width: int) -> Polygon:
    """Where the corners of the sheet are in a picture (height, width): margins, skew, perspective."""
    by_hand = chance(rng, BY_HAND)
    margin = (
        between(rng, 0.02, 0.15) if by_hand else pick(rng, 0, 0, between(rng, 0, 0.03), between(rng, 0, 0.09))
    )
    sides = [margin * between(rng, 0, 1.4) if chance(rng, 0.8) else -between(rng, 0, 0.01) for _ in range(4)]
    x0, y0, x1, y1 = sides[0] * width, sides[1] * height, width * (1 - sides[2]), height * (1 - sides[3])
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)
    angle = np.radians(rng.normal(0, 2.2 if by_hand else pick(rng, 0.2, 0.6, 1.3)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = corners.mean(0)
    corners = (corners - centre) @ turn.T + centre
    if by_hand or chance(rng, 0.6):
        reach = between(rng, 0.01, 0.03) if by_hand else between(rng, 0.001, 0.012)
        corners += rng.normal(0, reach, (4, 2)) * [width, height]
    return np.asarray(corners, np.float32)


def _light(
    rng: Rng, printed_x: NDArray[np.floating[Any]], sheet_width: int, gutter: float, has_gutter: bool
) -> Field:
    """Brightness (h, w) of each pixel: a lamp at one side, the shadow of the fold."""
    height, width = printed_x.shape
    light = np.ones((height, width), np.float32)
    if chance(rng, 0.6):
        fall = between(rng, 0.28, 0.6) if chance(rng, 0.15) else between(rng, 0.03, 0.28)
        light *= 1 - np.float32(fall) * np.clip(noise(rng, height, width, 2), 0, 1)
    if has_gutter and chance(rng, 0.9):
        distance = np.abs(printed_x - np.float32(gutter)) / np.float32(sheet_width)
        light *= 1 - between(rng, 0.1, 0.85) * np.exp(-distance / between(rng, 0.006, 0.06))
        if chance(rng, 0.5):
            light *= 1 + between(rng, 0, 0.12) * np.exp(-(((distance - 0.06) / 0.03) ** 2))
        if chance(rng, 0.3):
            light[distance < 0.0015] *= between(rng, 0.1, 0.5)
    return np.asarray(light, np.float32)


def scanned(
    rng: Rng, pixels: Picture, items: list[Item], size: tuple[int, int], gutter: float | None
) -> tuple[Picture, list[Shape]]:
    """The sheet photographed: a picture of `size` (height, width), and the outlines of its items in it.

    `gutter` is the x of the fold between two pages; None for a single sheet.
    """
    sheet_height, sheet_width = pixels.shape[:2]
    height, width = size
    matrix = cv2.getPerspectiveTransform(
        np.array([[0, 0], [sheet_width, 0], [sheet_width, sheet_height], [0, sheet_height]], np.float32),
        _corners(rng, height, width),
    )
    fold = gutter if gutter is not None else pick(rng, 0.0, float(sheet_width))
    curl = _curl(rng, sheet_height, sheet_width, fold)
    inverse = np.linalg.inv(matrix).astype(np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    depth = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
    flat_x = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) / depth
    flat_y = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) / depth
    at = np.clip((flat_x - curl.xs[0]) / (curl.xs[1] - curl.xs[0]), 0, len(curl.xs) - 2)
    index = at.astype(np.int32)
    part = (at - index).astype(np.float32)
    lift, printed = curl.lift.astype(np.float32), curl.printed.astype(np.float32)
    printed_x = printed[index] * (1 - part) + printed[index + 1] * part
    printed_y = flat_y + lift[index] * (1 - part) + lift[index + 1] * part
    on_sheet = (printed_x >= 0) & (printed_x < sheet_width) & (printed_y >= 0) & (printed_y < sheet_height)
    inside = on_sheet.astype(np.float32)
    shrink = max(1.0, min(sheet_width / width, sheet_height / height))
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.42 * shrink) if shrink > 1.15 else pixels
    warped = cv2.remap(soft, printed_x, printed_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = _light(rng, printed_x, sheet_width, fold, gutter is not None or chance(rng, 0.45))
    bed = _bed(rng, height, width).astype(np.float32)
    if chance(rng, 0.4):
        moved = np.roll(inside, (count(rng, -4, 4), count(rng, -4, 4)), (0, 1))
        shadow = cv2.GaussianBlur(moved, (0, 0), between(rng, 2, 9))
        bed *= _three(1 - np.float32(between(rng, 0.2, 0.7)) * shadow)
    if chance(rng, 0.25):  # the block of leaves beside the page
        for leaf in range(count(rng, 1, 4)):
            shift = pick(rng, -1, 0, 1) * leaf * 2, pick(rng, -1, 1) * (leaf + 1) * count(rng, 1, 3)
            bed[np.roll(inside, shift, (0, 1)) > 0.5] = between(rng, 150, 235)
    cover = cv2.GaussianBlur(inside, (0, 0), 0.6)
    picture = warped * _three(light * cover) + bed * _three(1 - cover)
    return np.clip(picture, 0, 255).astype(np.uint8), [_moved(item, matrix, curl) for item in items]


def _three(field: Field) -> NDArray[np.float32]:
    """A field (h, w) for three channels: numpy multiplies pictures by (h, w, 1) very slowly."""
    return np.asarray(cv2.merge([field, field, field]), np.float32)


def _moved(item: Item, matrix: NDArray[np.float64], curl: _Curl) -> Shape:
    """The outline of an item (corners and middles of its sides) in the picture."""
    kind, x0, y0, x1, y1 = item
    mx, my = (x0 + x1) / 2, (y0 + y1) / 2
    ring = [(x0, y0), (mx, y0), (x1, y0), (x1, my), (x1, y1), (mx, y1), (x0, y1), (x0, my)]
    points = np.array(ring, np.float64)
    x = np.interp(points[:, 0], curl.printed, curl.xs)
    y = points[:, 1] - np.interp(x, curl.xs, curl.lift)
    depth = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    placed = np.stack(
        [
            (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / depth,
            (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / depth,
        ],
        1,
    )
    return kind, placed.astype(np.float32)


_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) * 16 + 8


def developed(rng: Rng, picture: Picture) -> Picture:
    """What camera, scanner and file do: blur, tone, noise, grey or one-bit depth, JPEG."""
    if chance(rng, 0.5):
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), between(rng, 0.3, 1.1)), np.uint8)
    if chance(rng, 0.15):
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        picture = np.clip(cv2.addWeighted(picture, 1.8, soft, -0.8, 0), 0, 255).astype(np.uint8)
    out: NDArray[np.floating[Any]] = picture.astype(np.float32)
    if chance(rng, 0.6):
        out = (out - 128) * between(rng, 0.7, 1.25) + 128 + between(rng, -25, 20)
    if chance(rng, 0.3):
        out = 255 * (np.clip(out, 0, 255) / 255) ** between(rng, 0.7, 1.6)
    if chance(rng, 0.3):
        out *= np.array([between(rng, 0.88, 1.08) for _ in range(3)], np.float32)
    if chance(rng, 0.6):
        fine = rng.standard_normal((*out.shape[:2], pick(rng, 1, 3)), np.float32)
        out += fine * np.float32(between(rng, 1, 9))
    depth = rng.random()
    if depth < 0.04:  # a photocopy: mid tones run into black and white
        out = (out - between(rng, 110, 170)) * between(rng, 1.8, 4) + 128
    picture = np.clip(out, 0, 255).astype(np.uint8)
    if depth < 0.34:
        picture = _without_colour(rng, picture, one_bit=0.04 <= depth < 0.16)
    if chance(rng, 0.5):
        quality = [cv2.IMWRITE_JPEG_QUALITY, count(rng, 22, 85)]
        picture = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR), np.uint8
        )
    return picture


def _without_colour(rng: Rng, picture: Picture, *, one_bit: bool) -> Picture:
    """The picture in grey, or in black and white by a threshold, a local threshold or a dither."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if one_bit:
        kind = pick(rng, "level", "level", "local", "dither")
        if kind == "local":
            grey = cv2.adaptiveThreshold(
                grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, count(rng, 6, 20)
            )
        elif kind == "level":
            level = np.percentile(grey, 75) * between(rng, 0.5, 0.85)  # of the paper's brightness
            grey = ((grey > level) * 255).astype(np.uint8)
        else:
            height, width = grey.shape
            screen = np.tile(_BAYER, (height // 4 + 1, width // 4 + 1))[:height, :width]
            grey = ((grey > screen) * 255).astype(np.uint8)
    out = np.repeat(grey[..., None], 3, 2)
    if one_bit and chance(rng, 0.8):  # seen smaller, as the finder sees it
        out = cv2.GaussianBlur(out, (0, 0), between(rng, 0.4, 0.8))
    return np.asarray(out, np.uint8)
