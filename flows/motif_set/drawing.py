"""A scene as a picture: drawn shapes on a cloth ground, never twice quite the same."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from extractors.sample_books.pictures.base import Colour, Picture, Rng, mixed, noise, shade, speckle
from extractors.sample_books.pictures.motifs import Shape, disc, petals, shape
from flows.motif_set.scenes import Scene

SIDE = 160
"""Pixels of the longer side at the most; the shorter is at least two thirds of it."""
_SUPERSAMPLE = 2
_COLOURS: dict[str, Colour] = {
    "red": (176, 44, 40),
    "blue": (42, 74, 142),
    "green": (58, 116, 74),
    "yellow": (214, 172, 62),
    "white": (236, 230, 214),
    "brown": (92, 62, 44),
}
_JITTER = 14
"""Largest change of a colour channel from picture to picture: dyes differ, their names do not."""
_PEARLS = 18


class _Cloth:
    """A ground to draw on, in units of the picture's shorter side, origin in its middle."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.size = (width, height)
        self.unit = min(width, height) * _SUPERSAMPLE / 2
        self.image = Image.new("RGB", (width * _SUPERSAMPLE, height * _SUPERSAMPLE), ground)
        self.pen = ImageDraw.Draw(self.image)

    def draw(
        self, outlines: Shape, x: float, y: float, scale: float, colour: Colour, mirror: bool = False
    ) -> None:
        """Fill the outlines (in -1..1 units), centred on (x, y), `scale` of them to a unit."""
        mid_x, mid_y = (side / 2 for side in self.image.size)
        across = -scale if mirror else scale
        for outline in outlines:
            points = [
                (mid_x + (x + px * across) * self.unit, mid_y + (y + py * scale) * self.unit)
                for px, py in outline
            ]
            self.pen.polygon(points, fill=colour)

    def picture(self) -> Picture:
        """H x W x 3, RGB."""
        return np.asarray(self.image.resize(self.size, Image.Resampling.BOX))


def draw(scene: Scene, rng: Rng) -> Picture:
    """The picture of `scene`, H x W x 3; `rng` gives it its own proportions, shades, place and wear."""
    width, height = SIDE, int(SIDE * rng.uniform(2 / 3, 1))
    if rng.random() < 0.5:
        width, height = height, width
    ground, figure = (_dyed(name, rng) for name in (scene.ground, scene.figure))
    accent = mixed(ground, figure, 0.7)
    cloth = _Cloth(width, height, ground)
    x, y = rng.uniform(-0.06, 0.06, 2)
    size = rng.uniform(0.82, 0.94)
    _frame(cloth, scene.frame, x, y, size, accent, ground)
    room = size * (0.95 if scene.frame == "none" else 0.7)
    _motifs(
        cloth, scene, x, y - (0.12 * size if scene.place == "below" and scene.filler else 0), room, figure
    )
    if scene.filler:
        _filler(cloth, scene, x, y, size, accent)
    worn = shade(cloth.picture(), 0.86 + 0.26 * noise(rng, width, height, 4))
    return speckle(worn, rng, 5.0)


def _dyed(name: str, rng: Rng) -> Colour:
    r, g, b = (
        int(np.clip(channel + rng.integers(-_JITTER, _JITTER + 1), 0, 255)) for channel in _COLOURS[name]
    )
    return r, g, b


def _frame(
    cloth: _Cloth, frame: str, x: float, y: float, size: float, accent: Colour, ground: Colour
) -> None:
    match frame:
        case "pearls":
            for k in range(_PEARLS):
                a = 2 * math.pi * k / _PEARLS
                cloth.draw(
                    [disc(0, 0, 1)],
                    x + 0.9 * size * math.cos(a),
                    y + 0.9 * size * math.sin(a),
                    0.085 * size,
                    accent,
                )
        case "petals":
            cloth.draw(petals(0, 0, 1, 12, 0.13), x, y, size, accent)
            cloth.draw([disc(0, 0, 1)], x, y, 0.72 * size, ground)
        case "lozenge":
            _outlined(cloth, 4, 0.0, x, y, size * 1.08, accent, ground)
        case "hexagon":
            _outlined(cloth, 6, math.pi / 6, x, y, size, accent, ground)


def _outlined(
    cloth: _Cloth, corners: int, turn: float, x: float, y: float, size: float, accent: Colour, ground: Colour
) -> None:
    steps = [turn + 2 * math.pi * k / corners for k in range(corners)]
    outline = [(math.cos(a), math.sin(a)) for a in steps]
    cloth.draw([outline], x, y, size, accent)
    cloth.draw([outline], x, y, size * 0.89, ground)


def _motifs(cloth: _Cloth, scene: Scene, x: float, y: float, room: float, colour: Colour) -> None:
    outlines = shape(scene.motif)
    half = room / 2
    match scene.stance:
        case "single":
            cloth.draw(outlines, x, y, room * 0.9, colour)
        case "facing" | "back-to-back":
            # Outlines look to the right as drawn: facing, the left one stays and the right one is mirrored.
            facing = scene.stance == "facing"
            cloth.draw(outlines, x - half, y, half * 0.92, colour, mirror=not facing)
            cloth.draw(outlines, x + half, y, half * 0.92, colour, mirror=facing)
        case "row":
            for k in (-1, 0, 1):
                cloth.draw(outlines, x + k * room * 0.66, y, room * 0.34, colour)
        case "quarters":
            for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
                cloth.draw(outlines, x + dx * half * 0.9, y + dy * half * 0.9, half * 0.78, colour)


def _filler(cloth: _Cloth, scene: Scene, x: float, y: float, size: float, accent: Colour) -> None:
    outlines = shape(scene.filler or "")
    if scene.place == "below":
        cloth.draw(outlines, x, y + 0.56 * size, 0.17 * size, accent)
        return
    for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        cloth.draw(outlines, dx * 0.84, dy * 0.84, 0.15, accent)
