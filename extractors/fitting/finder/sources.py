"""The pool of source pictures that training pages cut their photographs and plates from.

All are drawn: textiles, murals, vessels, sites and rubbings by `extractors.sample_books`, and photographs of
nothing in particular as leaves of random texture that hide one another, whose statistics are those of
natural pictures.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from extractors.fitting.finder.dice import Colour, Picture, Rng, between, chance, colour, count, noise, pick
from extractors.sample_books.pictures import murals, objects, textiles

POOL_SEED = 11
DRAWN = 200
LEAVES = 110
DARK = 28
_SMALLEST, _LARGEST = 220, 460
"""Sides of a source picture, pixels."""


def _fractal(rng: Rng, height: int, width: int, roughness: float) -> Picture:
    """A coloured 1/f field, from cloud to stone; `roughness` is the amplitude an octave keeps of the last."""
    base = np.array(colour(rng, 10, 245), np.float32)
    other = np.array(colour(rng, 0, 255), np.float32)
    field = np.zeros((height, width), np.float32)
    weight, total, cells = 1.0, 0.0, between(rng, 1.5, 5)
    while cells < max(height, width) / 2:
        field += weight * noise(rng, height, width, cells)
        total += weight
        weight, cells = weight * roughness, cells * 2
    field = np.clip((field / total - 0.5) * between(rng, 1.2, 3.2) + 0.5, 0, 1)[..., None]
    return np.clip(base * (1 - field) + other * field, 0, 255).astype(np.uint8)


def leaves(rng: Rng, height: int, width: int) -> Picture:
    """A "photograph": shapes of all sizes, each of its own texture and light, that hide one another."""
    picture = _fractal(rng, height, width, between(rng, 0.4, 0.8))
    palette = [np.array(colour(rng), np.float32) for _ in range(count(rng, 2, 6))]
    texture = _fractal(rng, height, width, between(rng, 0.5, 0.85)).astype(np.float32)
    largest = between(rng, 0.15, 0.5) * min(height, width)
    for _ in range(count(rng, 20, pick(rng, 60, 300))):
        radius = largest * between(rng, 0.03, 1) ** 3 + 1.5  # many small ones, few large
        x, y = between(rng, 0, width), between(rng, 0, height)
        points = count(rng, 3, 9)
        angle = np.sort(rng.uniform(0, 2 * np.pi, points))
        reach = radius * rng.uniform(0.5, 1.2, points)
        outline = np.stack([x + np.cos(angle) * reach, y + np.sin(angle) * reach], 1)
        mask = np.zeros((height, width), np.uint8)
        if chance(rng, 0.5):
            cv2.fillPoly(mask, [outline.astype(np.int32)], 255, cv2.LINE_AA)
        else:
            axes = int(radius), max(1, int(radius * between(rng, 0.3, 1)))
            cv2.ellipse(mask, (int(x), int(y)), axes, between(rng, 0, 180), 0, 360, 255, -1, cv2.LINE_AA)
        x0, y0 = max(0, int(x - 1.3 * radius)), max(0, int(y - 1.3 * radius))
        x1, y1 = min(width, int(x + 1.3 * radius) + 2), min(height, int(y + 1.3 * radius) + 2)
        if x1 - x0 < 3 or y1 - y0 < 3:
            continue
        tint = palette[count(rng, 0, len(palette) - 1)]
        part = texture[y0:y1, x0:x1] * between(rng, 0.1, 0.7) + tint * between(rng, 0.3, 0.9)
        shade = 1 + between(rng, -0.4, 0.4) * np.linspace(-1, 1, x1 - x0, dtype=np.float32)[None, :, None]
        cover = cv2.GaussianBlur(mask[y0:y1, x0:x1], (0, 0), between(rng, 0.4, 1.6))[..., None] / 255.0
        under = picture[y0:y1, x0:x1]
        picture[y0:y1, x0:x1] = np.clip(under * (1 - cover) + part * shade * cover, 0, 255).astype(np.uint8)
    light = 1 + between(rng, 0, 0.7) * (noise(rng, height, width, 2) - 0.5)
    return np.clip(picture * light[..., None], 0, 255).astype(np.uint8)


def _weave(rng: Rng) -> textiles.Weave:
    ground, figure, accent = (colour(rng, 20, 235) for _ in range(3))
    return textiles.Weave(pick(rng, *textiles.SUBJECTS), pick(rng, *textiles.FRAMES), ground, figure, accent)


def _drawn(rng: Rng, index: int, height: int, width: int) -> Picture:
    """One picture by the sample-book generator; the kind goes by `index`."""
    kind = index % 8
    backdrop: Colour = pick(rng, colour(rng, 20, 235), (240, 240, 238), (30, 30, 32))
    if kind == 0:
        return murals.mural(rng, pick(rng, *murals.SCENES), width, height)
    if kind in (1, 2):
        return textiles.pattern(rng, _weave(rng), width, height, between(rng, 1.5, 5), fresh=chance(rng, 0.4))
    if kind == 3:
        return textiles.garment(rng, _weave(rng), pick(rng, *textiles.GARMENTS), width, height, backdrop)
    if kind == 4:
        return objects.vessel(rng, pick(rng, *objects.VESSELS), width, height, backdrop)
    if kind == 5:
        return objects.landscape(rng, width, height, caves=chance(rng, 0.5))
    if kind == 6:
        return objects.trench(rng, width, height)
    return textiles.motif(rng, _weave(rng), width, height)


@functools.cache
def pool() -> dict[str, list[Picture]]:
    """Source pictures by kind: drawn, leaves, dark; drawn once a process, some 40 seconds."""
    rng = np.random.default_rng(POOL_SEED)

    def size() -> tuple[int, int]:
        return count(rng, _SMALLEST, _LARGEST), count(rng, _SMALLEST, _LARGEST)

    return {
        "drawn": [np.ascontiguousarray(_drawn(rng, index, *size())) for index in range(DRAWN)],
        "leaves": [leaves(rng, *size()) for _ in range(LEAVES)],
        "dark": [objects.rubbing(rng, *size()) for _ in range(DARK)],
    }


def source(rng: Rng) -> Picture | None:
    """What a picture, or all pictures of a group, is cut from; None is textured on the spot."""
    kind = pick(rng, "leaves", "leaves", "leaves", "drawn", "drawn", "drawn", "texture", "dark")
    kept = pool().get(kind)
    return None if kept is None else kept[count(rng, 0, len(kept) - 1)]
