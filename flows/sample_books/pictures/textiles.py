"""Woven patterns, their cropped motifs, and the garments they are taken from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from flows.sample_books.pictures.base import Colour, Field, Picture, Rng, blend, flat, grain, noise, shade

Point = tuple[float, float]
Shape = list[list[Point]]

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


def _blob(points: list[Point]) -> list[Point]:
    """A closed smooth outline through `points` (Chaikin's corner cutting, three times)."""
    for _ in range(3):
        cut: list[Point] = []
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            cut += [
                (0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by),
                (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by),
            ]
        points = cut
    return points


def _disc(x: float, y: float, rx: float, ry: float | None = None, steps: int = 28) -> list[Point]:
    ry = rx if ry is None else ry
    return [
        (x + rx * math.cos(2 * math.pi * k / steps), y + ry * math.sin(2 * math.pi * k / steps))
        for k in range(steps)
    ]


def _ribbon(spine: list[Point], start: float, end: float) -> list[Point]:
    """A band along `spine` whose half-width goes from `start` to `end`."""
    left, right = [], []
    for k, (x, y) in enumerate(spine):
        px, py = spine[max(0, k - 1)]
        qx, qy = spine[min(len(spine) - 1, k + 1)]
        length = math.hypot(qx - px, qy - py) or 1
        half = start + (end - start) * k / (len(spine) - 1)
        nx, ny = -(qy - py) / length * half, (qx - px) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def _petals(x: float, y: float, radius: float, count: int, width: float, turn: float = 0.0) -> Shape:
    out = []
    for k in range(count):
        a = turn + 2 * math.pi * k / count
        c, s = math.cos(a), math.sin(a)
        leaf = [(0.15, 0.0), (0.55, -width), (1.0, 0.0), (0.55, width)]
        out.append(_blob([(x + radius * (u * c - v * s), y + radius * (u * s + v * c)) for u, v in leaf]))
    return out


def _bird() -> Shape:
    body = _blob(
        [
            (-0.55, 0.12),
            (-0.2, -0.14),
            (0.25, -0.22),
            (0.42, -0.42),
            (0.62, -0.5),
            (0.66, -0.38),
            (0.5, -0.1),
            (0.2, 0.25),
            (-0.2, 0.3),
        ]
    )
    wing = _blob(
        [
            (-0.1, -0.05),
            (-0.15, -0.6),
            (-0.45, -0.85),
            (-0.35, -0.45),
            (-0.6, -0.55),
            (-0.4, -0.2),
            (0.2, 0.02),
        ]
    )
    tail = [
        _ribbon([(-0.45, 0.15), (-0.7, 0.2 + d), (-0.95, 0.05 + 2 * d)], 0.07, 0.015)
        for d in (-0.08, 0.03, 0.14)
    ]
    legs = [_ribbon([(x, 0.25), (x + 0.04, 0.45), (x + 0.12, 0.6)], 0.03, 0.02) for x in (-0.05, 0.15)]
    beak = [[(0.63, -0.47), (0.82, -0.4), (0.63, -0.38)]]
    return [body, wing, *tail, *legs, *beak]


def _beast(ears: float = 0.16) -> Shape:
    body = _blob(
        [
            (-0.55, -0.1),
            (-0.2, -0.2),
            (0.25, -0.2),
            (0.4, -0.45),
            (0.55, -0.6),
            (0.75, -0.5),
            (0.72, -0.35),
            (0.5, -0.1),
            (0.4, 0.15),
            (-0.5, 0.15),
        ]
    )
    legs = [
        _ribbon([(x, 0.1), (x + b, 0.35), (x + b + 0.05, 0.65)], 0.07, 0.035)
        for x, b in ((-0.48, -0.08), (-0.34, 0.02), (0.28, 0.1), (0.38, 0.22))
    ]
    head = [
        _ribbon(
            [(0.52, -0.55), (0.46 - ears / 2, -0.6 - ears), (0.5 - ears, -0.65 - 1.6 * ears)], 0.045, 0.02
        )
    ]
    tail = [_ribbon([(-0.52, -0.05), (-0.75, -0.2), (-0.85, -0.5), (-0.7, -0.62)], 0.05, 0.02)]
    return [body, *legs, *head, *tail]


def _hare() -> Shape:
    body = _blob(
        [
            (-0.6, 0.15),
            (-0.45, -0.22),
            (0.0, -0.28),
            (0.35, -0.25),
            (0.6, -0.35),
            (0.78, -0.15),
            (0.5, 0.05),
            (0.1, 0.22),
        ]
    )
    ears = [_ribbon([(0.5, -0.25), (0.3, -0.5), (0.1 + d, -0.68)], 0.06, 0.03) for d in (0.0, 0.2)]
    legs = [
        _ribbon([(-0.45, 0.1), (-0.7, 0.35), (-0.95, 0.4)], 0.1, 0.04),
        _ribbon([(0.4, 0.0), (0.6, 0.3), (0.85, 0.36)], 0.06, 0.03),
    ]
    return [body, *ears, *legs]


def _dragon() -> Shape:
    spine = [
        (0.85 * math.cos(t) * (1 - t / 11), 0.85 * math.sin(t) * (1 - t / 11))
        for t in np.linspace(0.4, 7.6, 60)
    ]
    claws = []
    for k in (10, 24, 38):
        x, y = spine[k]
        claws += [
            _ribbon([(x, y), (x * 1.15 + d, y * 1.15 - d), (x * 1.3 + 2 * d, y * 1.3)], 0.04, 0.012)
            for d in (-0.08, 0.0, 0.08)
        ]
    hx, hy = spine[-1]
    head = _blob(
        [
            (hx - 0.2, hy - 0.1),
            (hx, hy - 0.25),
            (hx + 0.22, hy - 0.12),
            (hx + 0.3, hy + 0.04),
            (hx + 0.05, hy + 0.18),
        ]
    )
    horns = [
        _ribbon([(hx, hy - 0.15), (hx - 0.12, hy - 0.3), (hx - 0.05 + d, hy - 0.42)], 0.03, 0.01)
        for d in (-0.1, 0.08)
    ]
    return [_ribbon(spine, 0.03, 0.13), head, *horns, *claws]


def _lotus() -> Shape:
    petals = [
        p for k, r in ((7, 0.85), (5, 0.55)) for p in _petals(0, 0.2, r, k * 2, 0.2, math.pi / k)[: k + 1]
    ]
    upper = [p for p in petals if sum(y for _, y in p) / len(p) < 0.35]
    stem = [_ribbon([(0, 0.3), (0.1, 0.6), (-0.05, 0.95)], 0.04, 0.03)]
    leaves = [_blob([(s * 0.1, 0.6), (s * 0.4, 0.4), (s * 0.8, 0.6), (s * 0.4, 0.75)]) for s in (-1, 1)]
    return [*upper, *stem, *leaves]


def _fish() -> Shape:
    body = _blob([(-0.5, 0.0), (-0.1, -0.3), (0.4, -0.25), (0.75, 0.02), (0.4, 0.25), (-0.1, 0.28)])
    fins = [
        _blob([(-0.4, 0), (-0.9, -0.4), (-0.75, 0.0), (-0.9, 0.4)]),
        _blob([(0.0, -0.22), (0.05, -0.55), (0.35, -0.22)]),
    ]
    return [body, *fins]


def _cloud() -> Shape:
    heads = [
        _disc(x, y, r)
        for x, y, r in ((-0.45, 0.0, 0.26), (-0.12, -0.2, 0.32), (0.28, -0.1, 0.3), (0.55, 0.1, 0.2))
    ]
    return [*heads, _ribbon([(-0.6, 0.15), (0.1, 0.22), (0.6, 0.4), (0.95, 0.3)], 0.14, 0.02)]


def _shape(subject: str) -> Shape:
    match subject:
        case "bird":
            return _bird()
        case "beast":
            return _beast()
        case "hare":
            return _hare()
        case "dragon":
            return _dragon()
        case "lotus":
            return _lotus()
        case "fish":
            return _fish()
        case "cloud":
            return _cloud()
    return [*_petals(0, 0, 0.9, 8, 0.2), *_petals(0, 0, 0.55, 8, 0.26, 0.4), _disc(0, 0, 0.14)]


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
        return np.asarray(small, np.float32) / 255


def _motif(loom: _Loom, accents: _Loom, weave: Weave, x: float, y: float, r: float, mirror: bool) -> None:
    """One repeat: the frame and what stands in it."""
    shape = _shape(weave.subject)
    if weave.frame == "pearl":
        loom.ring(x, y, r, r * 0.03)
        loom.ring(x, y, r * 0.8, r * 0.03)
        for k in range(20):
            a = 2 * math.pi * k / 20
            accents.draw(
                [_disc(0, 0, 1, steps=16)], x + 0.9 * r * math.cos(a), y + 0.9 * r * math.sin(a), r * 0.065
            )
    elif weave.frame == "petal":
        accents.draw(_petals(0, 0, 1, 12, 0.12), x, y, r)
        loom.draw([_disc(0, 0, 1)], x, y, r * 0.74, ink=0)
        accents.draw([_disc(0, 0, 1)], x, y, r * 0.74, ink=0)
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
            accents.draw(_petals(0, 0, 1, 3, 0.3, a), cx, cy, r * 0.2)
    inner = r * (0.6 if weave.frame != "scroll" else 0.62)
    if weave.subject in ("bird", "beast", "hare") and weave.frame in ("pearl", "petal"):
        for side in (False, True):
            loom.draw(shape, x + (0.34 if side else -0.34) * r, y - 0.05 * r, inner * 0.72, mirror=side)
        accents.draw(_lotus(), x, y + 0.38 * r, inner * 0.3)
    else:
        loom.draw(shape, x, y, inner, mirror)
        accents.draw([_disc(0, 0, 1, steps=16)], x, y, inner * 0.1)


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
            accents.draw(_petals(0, 0, 1, 4, 0.25, 0.78), x + step / 2, y, step * 0.1)
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
