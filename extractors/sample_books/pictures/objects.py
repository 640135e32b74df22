"""Photographs of vessels, sites and landscapes, ink rubbings, and portraits of authors."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image, ImageDraw

from extractors.sample_books.pictures.base import (
    Colour,
    Field,
    Picture,
    Rng,
    blend,
    flat,
    noise,
    shade,
    speckle,
)

VESSELS = ("jar", "bowl", "vase", "tripod")
"""Forms that `vessel` and the line drawings know."""
GLAZES: tuple[Colour, ...] = (
    (150, 96, 66),
    (120, 124, 112),
    (94, 122, 116),
    (178, 158, 124),
    (84, 70, 62),
    (66, 98, 84),
)

_PROFILES: dict[str, tuple[tuple[float, float], ...]] = {
    "jar": ((0.0, 0.5), (0.05, 0.46), (0.12, 0.4), (0.3, 0.86), (0.5, 1.0), (0.75, 0.75), (1.0, 0.46)),
    "bowl": ((0.0, 1.0), (0.1, 0.98), (0.5, 0.8), (0.85, 0.45), (0.9, 0.38), (1.0, 0.4)),
    "vase": ((0.0, 0.42), (0.08, 0.3), (0.3, 0.24), (0.5, 0.5), (0.72, 0.7), (0.9, 0.45), (1.0, 0.5)),
    "tripod": ((0.0, 0.8), (0.06, 0.84), (0.12, 0.72), (0.4, 0.9), (0.6, 0.86), (0.72, 0.6), (0.75, 0.2)),
}


def half_width(form: str, depth: float) -> float:
    """Half-width of a vessel form at `depth` (0 rim .. 1 foot), in units of its largest half-width."""
    profile = _PROFILES[form]
    return float(np.interp(depth, [d for d, _ in profile], [w for _, w in profile]))


def vessel(rng: Rng, form: str, width: int, height: int, background: Colour) -> Picture:
    """A vessel lit from the left on a plain background."""
    colour = GLAZES[int(rng.integers(len(GLAZES)))]
    picture = shade(
        flat(width, height, background),
        (0.9 + 0.12 * np.linspace(1, 0, height)[:, None] * np.ones((1, width))).astype(np.float32),
    )
    top, foot, reach = height * 0.08, height * 0.92, min(width * 0.44, height * 0.48)
    if form == "bowl":
        top = height * 0.22
    mask = np.zeros((height, width), np.float32)
    light = np.ones((height, width), np.float32)
    x = np.arange(width, dtype=np.float32)
    legs = form == "tripod"
    for row in range(int(top), int(foot)):
        depth = (row - top) / (foot - top)
        half = reach * half_width(form, depth)
        u = (x - width / 2) / max(half, 1)
        inside = np.abs(u) <= 1
        if legs and depth > 0.7:
            inside = np.zeros_like(inside)
            for leg in (-0.5, 0.0, 0.5):
                inside |= np.abs(x - width / 2 - leg * reach) < reach * 0.11 * (1.6 - depth)
        mask[row] = inside
        light[row] = np.maximum(0.5, 1.25 - 0.55 * np.abs(u + 0.35) ** 1.4)
    for _ in range(int(rng.integers(1, 4))):
        band = int(top + (foot - top) * rng.uniform(0.15, 0.6))
        light[band : band + max(2, height // 70)] *= 0.72
    light *= 0.85 + 0.3 * noise(rng, width, height, 10)
    shadow = np.zeros((height, width), np.float32)
    cv2.ellipse(
        shadow,
        (int(width / 2 + reach * 0.08), int(foot)),
        (int(reach * 0.9), int(height * 0.035)),
        0,
        0,
        360,
        1,
        -1,
    )
    picture = shade(picture, 1 - 0.5 * cv2.GaussianBlur(shadow, (0, 0), width / 50))
    body = shade(flat(width, height, colour), light)
    return speckle(blend(picture, body, cv2.GaussianBlur(mask, (0, 0), 0.8)), rng, 3)


def _ridge(rng: Rng, width: int, base: float, rough: float) -> Field:
    line = np.zeros(width, np.float32)
    for octave in range(5):
        bumps = rng.random((1, 3 * 2**octave), dtype=np.float32)
        line += cv2.resize(bumps, (width, 1), interpolation=cv2.INTER_CUBIC)[0] / 2**octave
    ridge: Field = base + rough * (line - line.mean())
    return ridge


def landscape(rng: Rng, width: int, height: int, caves: bool = True, grey: bool = False) -> Picture:
    """Sky, hills and, when `caves`, a cliff with rows of openings."""
    sky: Colour = ((150, 182, 212), (206, 210, 206), (226, 206, 170))[int(rng.integers(3))]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
    picture = shade(flat(width, height, sky), 0.95 + 0.15 * down)
    rows = np.arange(height)[:, None]
    for k, colour in enumerate(((150, 150, 150), (158, 132, 100), (122, 98, 70))):
        edge = _ridge(rng, width, height * (0.34 + 0.17 * k), height * 0.11)
        land = (rows > edge[None, :]).astype(np.float32)
        rock = shade(
            flat(width, height, colour),
            (0.65 + 0.6 * noise(rng, width, height, 14 + 9 * k)).astype(np.float32),
        )
        picture = blend(picture, rock, cv2.GaussianBlur(land, (0, 0), 0.8))
    if caves:
        canvas = Image.fromarray(picture)
        pen = ImageDraw.Draw(canvas)
        for level in (0.55, 0.68, 0.8):
            for k in range(int(rng.integers(4, 8))):
                x, s = width * (k + rng.uniform(0.3, 0.9)) / 8, width * rng.uniform(0.018, 0.034)
                y = height * level
                pen.rectangle((x - s, y, x + s, y + 1.7 * s), fill=(38, 30, 26))
                pen.pieslice((x - s, y - s, x + s, y + s), 180, 360, fill=(38, 30, 26))
        picture = np.asarray(canvas)
    picture = speckle(picture, rng, 5)
    return grey_of(picture) if grey else picture


def grey_of(picture: Picture) -> Picture:
    """The picture in black and white, still with three channels."""
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def trench(rng: Rng, width: int, height: int, grey: bool = False) -> Picture:
    """An excavation pit seen from above, with finds and a scale."""
    soil = shade(
        flat(width, height, (168, 134, 96)), (0.7 + 0.5 * noise(rng, width, height, 24)).astype(np.float32)
    )
    canvas = Image.fromarray(soil)
    pen = ImageDraw.Draw(canvas)
    pen.polygon(
        [(width * x, height * y) for x, y in ((0.12, 0.1), (0.9, 0.14), (0.86, 0.9), (0.1, 0.86))],
        fill=(122, 92, 66),
        outline=(80, 58, 42),
    )
    for _ in range(int(rng.integers(5, 10))):
        x, y, r = (
            width * rng.uniform(0.2, 0.8),
            height * rng.uniform(0.22, 0.78),
            width * rng.uniform(0.02, 0.06),
        )
        pen.ellipse(
            (x - r, y - r * 0.8, x + r, y + r * 0.8),
            fill=GLAZES[int(rng.integers(len(GLAZES)))],
            outline=(50, 38, 30),
            width=3,
        )
        pen.ellipse((x - r * 0.5, y - r * 0.4, x + r * 0.5, y + r * 0.4), fill=(60, 46, 36))
    for k in range(6):
        pen.rectangle(
            (width * (0.6 + 0.04 * k), height * 0.92, width * (0.64 + 0.04 * k), height * 0.945),
            fill=(250, 250, 250) if k % 2 else (200, 40, 40),
        )
    picture = shade(np.asarray(canvas), (0.75 + 0.4 * noise(rng, width, height, 7)).astype(np.float32))
    picture = speckle(picture, rng, 7)
    return grey_of(picture) if grey else picture


def _tile_ornament(pen: ImageDraw.ImageDraw, cx: float, cy: float, r: float, petals: int) -> None:
    for scale in (1.0, 0.9, 0.42):
        pen.ellipse(
            (cx - r * scale, cy - r * scale, cx + r * scale, cy + r * scale),
            outline=235,
            width=max(2, int(r * 0.03)),
        )
    for k in range(petals):
        a = 2 * math.pi * k / petals
        x, y = cx + 0.65 * r * math.cos(a), cy + 0.65 * r * math.sin(a)
        pen.ellipse(
            (x - 0.18 * r, y - 0.18 * r, x + 0.18 * r, y + 0.18 * r), outline=240, width=max(2, int(r * 0.05))
        )
        pen.line(
            (
                cx + 0.42 * r * math.cos(a + 0.3),
                cy + 0.42 * r * math.sin(a + 0.3),
                cx + 0.9 * r * math.cos(a + 0.3),
                cy + 0.9 * r * math.sin(a + 0.3),
            ),
            fill=225,
            width=max(2, int(r * 0.03)),
        )


def rubbing(rng: Rng, width: int, height: int) -> Picture:
    """An ink rubbing: white lines in dabbed black on pale paper."""
    canvas = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(canvas)
    _tile_ornament(pen, width / 2, height / 2, min(width, height) * 0.42, int(rng.integers(5, 10)))
    white = np.asarray(canvas, np.float32) / 255
    ink: Field = (0.75 + 0.4 * noise(rng, width, height, 30)).astype(np.float32)
    edge = np.zeros((height, width), np.float32)
    cv2.rectangle(
        edge, (int(width * 0.03), int(height * 0.03)), (int(width * 0.97), int(height * 0.97)), 1, -1
    )
    ragged = cv2.GaussianBlur(edge, (0, 0), 3) * (noise(rng, width, height, 60) * 0.4 + 0.8) > 0.6
    dark = np.clip(ink * ragged * (1 - white), 0, 1) * (
        0.86 + 0.14 * rng.random((height, width), dtype=np.float32)
    )
    return blend(flat(width, height, (236, 230, 216)), (34, 32, 34), dark.astype(np.float32))


def portrait(rng: Rng, width: int, height: int) -> Picture:
    """The head-and-shoulders photograph of an author."""
    canvas = Image.fromarray(
        flat(width, height, ((188, 200, 214), (206, 214, 196), (220, 220, 224))[int(rng.integers(3))])
    )
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((width * 0.08, height * 0.66, width * 0.92, height * 1.5), fill=(48, 52, 66))
    pen.polygon(
        [(width * 0.4, height * 0.68), (width * 0.6, height * 0.68), (width * 0.5, height * 0.86)],
        fill=(240, 240, 240),
    )
    pen.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.7), fill=(216, 180, 152))
    pen.pieslice((width * 0.27, height * 0.14, width * 0.73, height * 0.64), 180, 360, fill=(40, 34, 34))
    return speckle(np.asarray(canvas), rng, 4)


def logo(rng: Rng, size: int) -> Picture:
    """A publisher's small round mark."""
    canvas = Image.new("RGB", (size * 2, size * 2), (255, 255, 255))
    pen = ImageDraw.Draw(canvas)
    colour: Colour = ((170, 30, 36), (24, 74, 130), (30, 96, 66))[int(rng.integers(3))]
    pen.ellipse((4, 4, size * 2 - 4, size * 2 - 4), fill=colour)
    pen.polygon(
        [
            (size * x, size * y)
            for x, y in ((0.4, 0.6), (1, 0.8), (1.6, 0.6), (1.6, 1.3), (1, 1.5), (0.4, 1.3))
        ],
        fill=(255, 255, 255),
    )
    pen.line((size, size * 0.8, size, size * 1.5), fill=colour, width=max(2, size // 12))
    return np.asarray(canvas.resize((size, size), Image.Resampling.LANCZOS))
