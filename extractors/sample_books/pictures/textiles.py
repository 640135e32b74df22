"""Woven patterns, their cropped motifs, and the garments they are taken from."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    grain,
    noise,
    shade,
)
from extractors.sample_books.pictures.motifs import Point, Shape, disc, lotus, petals, shape

SUBJECTS = ("bird", "beast", "hare", "dragon", "lotus", "rosette", "fish", "cloud")
FRAMES = ("pearl", "petal", "lattice", "tortoise", "scroll")
GARMENTS = ("robe", "jacket", "skirt", "panel", "fragment")

_SUPERSAMPLE = 2


@dataclass(frozen=True)
class Weave:
    """What a cloth shows: a subject in a frame, on a ground."""

    subject: str
    frame: str
    ground: Colour
    figure: Colour
    accent: Colour


class _Loom:
    """Draws shapes given in -1..1 units around a centre onto a grey layer."""

    def __init__(self, width: int, height: int) -> None:
        self.layer = Image.new("L", (width * _SUPERSAMPLE, height * _SUPERSAMPLE), 0)
        self.pen = ImageDraw.Draw(self.layer)

    def draw(
        self, shape: Shape, x: float, y: float, scale: float, mirror: bool = False, ink: int = 255
    ) -> None:
        s = -scale if mirror else scale
        for outline in shape:
            points = [((x + px * s) * _SUPERSAMPLE, (y + py * scale) * _SUPERSAMPLE) for px, py in outline]
            self.pen.polygon(points, fill=ink)

    def ring(self, x: float, y: float, radius: float, width: float) -> None:
        box = [c * _SUPERSAMPLE for c in (x - radius, y - radius, x + radius, y + radius)]
        self.pen.ellipse(box, outline=255, width=max(1, round(width * _SUPERSAMPLE)))

    def line(self, points: list[Point], width: float) -> None:
        self.pen.line(
            [(x * _SUPERSAMPLE, y * _SUPERSAMPLE) for x, y in points],
            fill=255,
            width=max(1, round(width * _SUPERSAMPLE)),
        )

    def field(self) -> Field:
        small = self.layer.resize(
            (self.layer.width // _SUPERSAMPLE, self.layer.height // _SUPERSAMPLE), Image.Resampling.BOX
        )
        return (np.asarray(small, np.float32) / 255).astype(np.float32)


def _motif(loom: _Loom, accents: _Loom, weave: Weave, x: float, y: float, r: float, mirror: bool) -> None:
    """One repeat: the frame and what stands in it."""
    outline = shape(weave.subject)
    if weave.frame == "pearl":
        loom.ring(x, y, r, r * 0.03)
        loom.ring(x, y, r * 0.8, r * 0.03)
        for k in range(20):
            a = 2 * math.pi * k / 20
            accents.draw(
                [disc(0, 0, 1, steps=16)], x + 0.9 * r * math.cos(a), y + 0.9 * r * math.sin(a), r * 0.065
            )
    elif weave.frame == "petal":
        accents.draw(petals(0, 0, 1, 12, 0.12), x, y, r)
        loom.draw([disc(0, 0, 1)], x, y, r * 0.74, ink=0)
        accents.draw([disc(0, 0, 1)], x, y, r * 0.74, ink=0)
        loom.ring(x, y, r * 0.74, r * 0.05)
    elif weave.frame == "scroll":
        for k in range(5):
            a = 2 * math.pi * k / 5
            cx, cy = x + 0.86 * r * math.cos(a), y + 0.86 * r * math.sin(a)
            spiral = [
                (cx + r * 0.05 * t * math.cos(a + t), cy + r * 0.05 * t * math.sin(a + t))
                for t in np.linspace(0.3, 5, 18)
            ]
            accents.line(spiral, r * 0.04)
            accents.draw(petals(0, 0, 1, 3, 0.3, a), cx, cy, r * 0.2)
    inner = r * (0.6 if weave.frame != "scroll" else 0.62)
    if weave.subject in ("bird", "beast", "hare") and weave.frame in ("pearl", "petal"):
        for side in (False, True):
            loom.draw(outline, x + (0.34 if side else -0.34) * r, y - 0.05 * r, inner * 0.72, mirror=side)
        accents.draw(lotus(), x, y + 0.38 * r, inner * 0.3)
    else:
        loom.draw(outline, x, y, inner, mirror)
        accents.draw([disc(0, 0, 1, steps=16)], x, y, inner * 0.1)


def _lattice(loom: _Loom, width: int, height: int, step: float, hexagonal: bool) -> None:
    if not hexagonal:
        for k in range(-int(height / step) - 2, int(width / step) + 3):
            loom.line([(k * step, 0), (k * step + height, height)], step * 0.03)
            loom.line([(k * step + height, 0), (k * step, height)], step * 0.03)
        return
    side = step / math.sqrt(3)
    for row in range(-1, int(height / (1.5 * side)) + 2):
        for col in range(-1, int(width / step) + 2):
            cx, cy = (col + 0.5 * (row % 2)) * step, row * 1.5 * side
            hexagon = [
                (cx + side * math.sin(k * math.pi / 3), cy - side * math.cos(k * math.pi / 3))
                for k in range(7)
            ]
            loom.line(hexagon, step * 0.04)


def pattern(
    rng: Rng, weave: Weave, width: int, height: int, repeats: float = 2.5, fresh: bool = False
) -> Picture:
    """A cloth with `repeats` motifs across; `fresh` draws it as a clean restored pattern (no wear)."""
    loom, accents = _Loom(width, height), _Loom(width, height)
    step = width / repeats
    if weave.frame in ("lattice", "tortoise"):
        _lattice(
            accents,
            width,
            height,
            step * (0.5 if weave.frame == "lattice" else 0.8),
            weave.frame == "tortoise",
        )
    rows = int(height / (step * 0.9)) + 2
    for row in range(-1, rows):
        for col in range(-1, int(repeats) + 2):
            x, y = (col + 0.5 + 0.5 * (row % 2)) * step, (row + 0.5) * step * 0.9
            _motif(loom, accents, weave, x, y, step * 0.44, mirror=bool(row % 2))
            accents.draw(petals(0, 0, 1, 4, 0.25, 0.78), x + step / 2, y, step * 0.1)
    return _woven(rng, weave, loom.field(), accents.field(), fresh)


def motif(rng: Rng, weave: Weave, width: int, height: int) -> Picture:
    """One motif, cropped close: what is printed small beside its pattern."""
    loom, accents = _Loom(width, height), _Loom(width, height)
    _motif(loom, accents, weave, width / 2, height / 2, min(width, height) * 0.47, mirror=False)
    return _woven(rng, weave, loom.field(), accents.field(), fresh=False)


def _woven(rng: Rng, weave: Weave, figure: Field, accent: Field, fresh: bool) -> Picture:
    height, width = figure.shape
    cloth = blend(flat(width, height, weave.ground), weave.accent, accent)
    cloth = blend(cloth, weave.figure, figure)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    twill = 1 + 0.05 * np.sin((x + y) * 1.9) + 0.03 * np.sin(y * 2.9)
    if fresh:
        return shade(cloth, (1 + 0.02 * np.sin(y * 2.9)).astype(np.float32))
    worn = 0.82 + 0.3 * noise(rng, width, height, 4)
    cloth = shade(cloth, (twill * worn).astype(np.float32) + grain(rng, width, height, 0.04))
    holes = np.clip((noise(rng, width, height, 9) - 0.86) * 12, 0, 1).astype(np.float32)
    return blend(cloth, (186, 168, 138), holes * 0.8)


_OUTLINES: dict[str, list[Point]] = {
    "robe": [
        (0.4, 0.03),
        (0.6, 0.03),
        (0.68, 0.1),
        (0.99, 0.3),
        (0.95, 0.42),
        (0.7, 0.33),
        (0.72, 0.6),
        (0.84, 0.97),
        (0.16, 0.97),
        (0.28, 0.6),
        (0.3, 0.33),
        (0.05, 0.42),
        (0.01, 0.3),
        (0.32, 0.1),
    ],
    "jacket": [
        (0.42, 0.05),
        (0.58, 0.05),
        (0.64, 0.12),
        (0.99, 0.2),
        (0.99, 0.42),
        (0.7, 0.38),
        (0.72, 0.95),
        (0.28, 0.95),
        (0.3, 0.38),
        (0.01, 0.42),
        (0.01, 0.2),
        (0.36, 0.12),
    ],
    "skirt": [
        (0.28, 0.05),
        (0.72, 0.05),
        (0.74, 0.16),
        (0.98, 0.95),
        (0.5, 0.98),
        (0.02, 0.95),
        (0.26, 0.16),
    ],
    "panel": [(0.04, 0.03), (0.97, 0.05), (0.95, 0.5), (0.98, 0.96), (0.5, 0.98), (0.03, 0.97), (0.05, 0.5)],
    "fragment": [
        (0.05, 0.12),
        (0.3, 0.04),
        (0.62, 0.1),
        (0.95, 0.05),
        (0.98, 0.4),
        (0.86, 0.55),
        (0.97, 0.9),
        (0.6, 0.97),
        (0.42, 0.86),
        (0.1, 0.96),
        (0.02, 0.6),
        (0.12, 0.45),
    ],
}


def garment(rng: Rng, weave: Weave, form: str, width: int, height: int, background: Colour) -> Picture:
    """A garment or piece of cloth laid on a plain background, with a soft shadow."""
    cloth = pattern(rng, weave, width, height, repeats=5 if form != "panel" else 3.5)
    loom = _Loom(width, height)
    outline = _OUTLINES[form]
    if form == "fragment":
        outline = [(x + rng.uniform(-0.02, 0.02), y + rng.uniform(-0.02, 0.02)) for x, y in outline]
    points = [(x * width, y * height) for x, y in outline]
    loom.draw([points], 0, 0, 1)
    mask = loom.field()
    depth = cv2.GaussianBlur(mask, (0, 0), width / 40)
    ground = shade(
        flat(width, height, background), (0.97 + 0.05 * noise(rng, width, height, 3)).astype(np.float32)
    )
    shadow = np.roll(depth, (width // 60, width // 60), (0, 1))
    ground = shade(ground, (1 - 0.35 * shadow).astype(np.float32))
    folds = 0.85 + 0.2 * np.sin(np.linspace(0, rng.uniform(8, 16), width, dtype=np.float32))[None, :] * depth
    picture = blend(ground, shade(cloth, folds.astype(np.float32)), mask)
    if form in ("robe", "jacket"):
        seam = Image.fromarray(picture)
        pen = ImageDraw.Draw(seam)
        dark: Colour = (
            round(weave.ground[0] * 0.4),
            round(weave.ground[1] * 0.4),
            round(weave.ground[2] * 0.4),
        )
        pen.line(
            [
                (0.42 * width, 0.04 * height),
                (0.5 * width, 0.2 * height),
                (0.62 * width, 0.3 * height),
                (0.6 * width, 0.95 * height),
            ],
            fill=dark,
            width=max(2, width // 90),
        )
        pen.line(
            [(0.58 * width, 0.04 * height), (0.5 * width, 0.2 * height)], fill=dark, width=max(2, width // 90)
        )
        picture = np.asarray(seam)
    return picture
