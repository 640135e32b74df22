"""Wall paintings: haloed figures, flying attendants with ribbons, borders, cracks and losses."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image, ImageDraw

from extractors.sample_books.pictures.base import Colour, Picture, Rng, blend, flat, noise, shade, speckle

GROUNDS: tuple[Colour, ...] = (
    (206, 178, 134),
    (188, 152, 112),
    (214, 198, 164),
    (158, 118, 92),
    (176, 188, 170),
)
MINERALS: tuple[Colour, ...] = (
    (46, 112, 122),
    (66, 134, 96),
    (168, 72, 50),
    (120, 58, 44),
    (38, 70, 120),
    (214, 186, 110),
    (226, 214, 192),
)
_INK: Colour = (60, 40, 34)


def _curve(points: list[tuple[float, float]], steps: int = 24) -> list[tuple[float, float]]:
    """A Catmull-Rom curve through `points`."""
    padded = [points[0], *points, points[-1]]
    out = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for t in np.linspace(0, 1, steps, endpoint=False):
            out.append(
                tuple(
                    0.5
                    * (
                        2 * b
                        + (c - a) * t
                        + (2 * a - 5 * b + 4 * c - d) * t * t
                        + (3 * b - a - 3 * c + d) * t**3
                    )
                    for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
                )
            )
    return [(x, y) for x, y in out]


def _pick(rng: Rng) -> Colour:
    return MINERALS[int(rng.integers(len(MINERALS)))]


def _head(pen: ImageDraw.ImageDraw, rng: Rng, x: float, y: float, s: float) -> None:
    halo, ring = _pick(rng), _pick(rng)
    pen.ellipse((x - s, y - s, x + s, y + s), fill=halo, outline=_INK, width=2)
    pen.ellipse((x - 0.8 * s, y - 0.8 * s, x + 0.8 * s, y + 0.8 * s), outline=ring, width=max(2, int(s / 10)))
    pen.ellipse(
        (x - 0.42 * s, y - 0.5 * s, x + 0.42 * s, y + 0.5 * s), fill=(222, 190, 158), outline=_INK, width=2
    )
    pen.pieslice((x - 0.46 * s, y - 0.62 * s, x + 0.46 * s, y + 0.3 * s), 180, 360, fill=_INK)
    pen.ellipse((x - 0.2 * s, y - 0.85 * s, x + 0.2 * s, y - 0.5 * s), fill=_INK)
    for side in (-1, 1):
        pen.line((x + side * 0.08 * s, y, x + side * 0.28 * s, y - 0.02 * s), fill=_INK, width=2)
    pen.line((x - 0.1 * s, y + 0.28 * s, x + 0.1 * s, y + 0.28 * s), fill=(150, 60, 50), width=3)


def _ribbons(pen: ImageDraw.ImageDraw, rng: Rng, x: float, y: float, s: float, sideways: float) -> None:
    for k in range(3):
        colour, reach = _pick(rng), s * rng.uniform(1.8, 3.4)
        path = _curve(
            [
                (x, y),
                (x - sideways * reach * 0.4, y - s * rng.uniform(0.3, 1.5)),
                (x - sideways * reach * 0.7, y + s * rng.uniform(-0.6, 0.8)),
                (x - sideways * reach, y - s * (0.2 + 0.4 * k)),
            ]
        )
        pen.line(path, fill=_INK, width=max(3, int(s * 0.17)), joint="curve")
        pen.line(path, fill=colour, width=max(2, int(s * 0.12)), joint="curve")


def _seated(pen: ImageDraw.ImageDraw, rng: Rng, x: float, y: float, s: float) -> None:
    robe, skirt, seat = _pick(rng), _pick(rng), _pick(rng)
    pen.ellipse(
        (x - 1.9 * s, y - 1.4 * s, x + 1.9 * s, y + 3.6 * s), outline=_pick(rng), width=max(3, int(s / 4))
    )
    for k in range(-4, 5):
        pen.ellipse(
            (x + k * 0.42 * s - 0.32 * s, y + 3.0 * s, x + k * 0.42 * s + 0.32 * s, y + 3.9 * s),
            fill=seat,
            outline=_INK,
            width=2,
        )
    pen.polygon(
        _curve(
            [
                (x - 1.9 * s, y + 3.2 * s),
                (x - 1.4 * s, y + 2.2 * s),
                (x, y + 2.0 * s),
                (x + 1.4 * s, y + 2.2 * s),
                (x + 1.9 * s, y + 3.2 * s),
            ]
        ),
        fill=skirt,
        outline=_INK,
    )
    pen.polygon(
        _curve(
            [
                (x - 0.9 * s, y + 2.7 * s),
                (x - 1.0 * s, y + 1.1 * s),
                (x - 0.4 * s, y + 0.75 * s),
                (x + 0.4 * s, y + 0.75 * s),
                (x + 1.0 * s, y + 1.1 * s),
                (x + 0.9 * s, y + 2.7 * s),
            ]
        ),
        fill=robe,
        outline=_INK,
    )
    for k in range(4):
        pen.arc(
            (
                x - (0.8 - 0.15 * k) * s,
                y + (0.8 + 0.3 * k) * s,
                x + (0.8 - 0.15 * k) * s,
                y + (1.8 + 0.3 * k) * s,
            ),
            20,
            160,
            fill=_INK,
            width=2,
        )
    _head(pen, rng, x, y, s)


def _flying(pen: ImageDraw.ImageDraw, rng: Rng, x: float, y: float, s: float) -> None:
    side = 1 if rng.random() < 0.5 else -1
    _ribbons(pen, rng, x, y + 0.5 * s, s, side)
    body = _curve(
        [
            (x, y + 0.6 * s),
            (x - side * 0.6 * s, y + 1.3 * s),
            (x - side * 1.8 * s, y + 1.2 * s),
            (x - side * 3.0 * s, y + 0.5 * s),
        ]
    )
    pen.line(body, fill=_INK, width=int(s * 0.62), joint="curve")
    pen.line(body, fill=_pick(rng), width=int(s * 0.55), joint="curve")
    pen.line(
        _curve([(x, y + 0.8 * s), (x + side * 0.8 * s, y + 0.9 * s), (x + side * 1.3 * s, y + 0.3 * s)]),
        fill=(222, 190, 158),
        width=max(3, int(s * 0.2)),
    )
    _head(pen, rng, x, y, s * 0.75)


def _musician(pen: ImageDraw.ImageDraw, rng: Rng, x: float, y: float, s: float) -> None:
    _ribbons(pen, rng, x, y + s, s, 1)
    _seated(pen, rng, x, y, s)
    pen.ellipse(
        (x - 0.3 * s, y + 1.2 * s, x + 0.8 * s, y + 2.2 * s), fill=(150, 96, 54), outline=_INK, width=3
    )
    pen.line((x + 0.4 * s, y + 1.6 * s, x - 1.3 * s, y + 0.9 * s), fill=_INK, width=max(3, int(s / 6)))


def _rider(pen: ImageDraw.ImageDraw, rng: Rng, x: float, y: float, s: float) -> None:
    coat = _pick(rng)
    pen.ellipse((x - 1.5 * s, y + 1.3 * s, x + 1.3 * s, y + 2.5 * s), fill=coat, outline=_INK, width=3)
    pen.line(
        _curve([(x + 1.1 * s, y + 1.7 * s), (x + 1.6 * s, y + 0.8 * s), (x + 2.2 * s, y + 0.9 * s)]),
        fill=coat,
        width=int(s * 0.5),
    )
    for dx, bend in ((-1.2, -0.3), (-0.8, 0.1), (0.8, 0.2), (1.1, 0.5)):
        pen.line(
            _curve(
                [
                    (x + dx * s, y + 2.2 * s),
                    (x + (dx + bend) * s, y + 2.9 * s),
                    (x + (dx + bend * 1.4) * s, y + 3.7 * s),
                ]
            ),
            fill=coat,
            width=max(3, int(s * 0.22)),
        )
    pen.polygon(
        [
            (x - 0.5 * s, y + 1.8 * s),
            (x - 0.4 * s, y + 0.5 * s),
            (x + 0.4 * s, y + 0.5 * s),
            (x + 0.5 * s, y + 1.8 * s),
        ],
        fill=_pick(rng),
        outline=_INK,
    )
    _head(pen, rng, x, y, s * 0.6)


_FIGURES = {"seated": _seated, "flying": _flying, "musician": _musician, "rider": _rider}
SCENES = tuple(_FIGURES)


def _aged(rng: Rng, wall: Picture, ground: Colour) -> Picture:
    height, width = wall.shape[:2]
    wall = shade(wall, (0.8 + 0.35 * noise(rng, width, height, 6)).astype(np.float32))
    fade = np.clip(noise(rng, width, height, 5) * 0.7, 0, 0.55).astype(np.float32)
    wall = blend(wall, ground, fade)
    lost = (noise(rng, width, height, 11) + 0.25 * noise(rng, width, height, 50) > 1.02).astype(np.float32)
    wall = blend(wall, (196, 180, 150), np.asarray(cv2.GaussianBlur(lost, (0, 0), 1.0), np.float32))
    cracks = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(8, 18))):
        x, y, a = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 2 * math.pi)
        path = [(x, y)]
        for _ in range(int(rng.integers(10, 40))):
            a += rng.normal(0, 0.5)
            x, y = x + 9 * math.cos(a), y + 9 * math.sin(a)
            path.append((x, y))
        cv2.polylines(cracks, [np.array(path, np.int32)], False, 200, 1, cv2.LINE_AA)
    wall = blend(wall, (72, 54, 44), (cracks / 255).astype(np.float32))
    return speckle(wall, rng, 6)


def mural(rng: Rng, scene: str, width: int, height: int, figures: int | None = None) -> Picture:
    """A wall with one or more figures of the scene, aged."""
    ground = GROUNDS[int(rng.integers(len(GROUNDS)))]
    canvas = Image.fromarray(flat(width, height, ground))
    pen = ImageDraw.Draw(canvas)
    for _ in range(14):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(6, 22)
        pen.ellipse((x - r, y - r * 0.5, x + r, y + r * 0.5), fill=_pick(rng))
    count = figures or max(1, round(width / height * 1.4))
    s = min(height / 6.2, width / count / (4.4 if scene != "flying" else 5.0))
    for k in range(count):
        x = width * (k + 0.5) / count + (s * 0.8 if scene == "flying" else 0)
        _FIGURES[scene](pen, rng, x, height * 0.3 + rng.uniform(-0.3, 0.3) * s, s)
    band = max(6, int(min(width, height) * 0.05))
    if rng.random() < 0.6:
        for y0 in (0, height - band):
            pen.rectangle((0, y0, width, y0 + band), fill=_pick(rng))
            for k in range(int(width / band) + 1):
                pen.pieslice(
                    (k * band, y0, (k + 1) * band, y0 + band),
                    180 * (k % 2),
                    180 + 180 * (k % 2),
                    fill=_pick(rng),
                    outline=_INK,
                )
    return _aged(rng, np.asarray(canvas), ground)
