"""Repeating patterns as ink: rows of one unit, weaves, scrolls, framed or bare; and columns of characters."""

from __future__ import annotations

import numpy as np

from extractors.fitting.finder.dice import Ink, Rng, add_ink, between, chance, count, pick
from extractors.fitting.finder.glyphs import FACES, text_ink
from extractors.fitting.finder.line_pad import Pad
from extractors.fitting.finder.shapes import Points, blob


def _rings(pad: Pad, half: float) -> None:
    for share in pad.rng.uniform(0.2, 0.95, count(pad.rng, 1, 3)):
        pad.ring(half, half, half * share, half * share)


def _rosette(pad: Pad, half: float) -> None:
    weight = pick(pad.rng, 1, -1)
    for angle in np.arange(6) * np.pi / 3:
        x, y = half + np.cos(angle) * half * 0.5, half + np.sin(angle) * half * 0.5
        pad.ring(x, y, half * 0.35, half * 0.2, turn=float(np.degrees(angle)), weight=weight)


def _lozenge(pad: Pad, half: float) -> None:
    corners = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)])
    for share in pad.rng.uniform(0.2, 1, count(pad.rng, 1, 4)):
        pad.outline(corners * half * share + half)


def _spiral(pad: Pad, half: float) -> None:
    turns = np.linspace(0, 2 * np.pi * between(pad.rng, 1.5, 3.5), 60)
    reach = turns / turns[-1] * half * 0.95
    pad.outline(np.stack([np.cos(turns) * reach, np.sin(turns) * reach], 1) + half, closed=False)


def _star(pad: Pad, half: float) -> None:
    points = 2 * count(pad.rng, 4, 8)
    angles = np.arange(points) * 2 * np.pi / points
    reach = np.where(np.arange(points) % 2, 0.4, 0.95) * half
    _area_or_outline(pad, np.stack([np.cos(angles) * reach, np.sin(angles) * reach], 1) + half)


def _blob(pad: Pad, half: float) -> None:
    _area_or_outline(pad, blob(pad.rng, count(pad.rng, 3, 8), 0.8) * half * 0.9 + half)


def _scales(pad: Pad, half: float) -> None:
    for share in (1.0, 0.75, 0.5, 0.25):
        pad.ring(half, 2 * half, half * share, half * share)


def _key(pad: Pad, half: float) -> None:
    steps = np.array([(0, 1), (0, 0), (1, 0), (1, 0.75), (0.3, 0.75), (0.3, 0.35), (0.7, 0.35)])
    pad.outline(steps * (2 * half - 3) + 1, closed=False, weight=max(1, int(half / 5)))


def _cross(pad: Pad, half: float) -> None:
    weight = max(1, int(half * between(pad.rng, 0.2, 0.7)))
    pad.line((half, 0), (half, 2 * half), weight)
    pad.line((0, half), (2 * half, half), weight)


def _area_or_outline(pad: Pad, points: Points) -> None:
    if chance(pad.rng, 0.5):
        pad.area(points)
    else:
        pad.outline(points)


UNITS = (_rings, _rosette, _lozenge, _spiral, _star, _blob, _scales, _key, _cross)
"""Units of a pattern: each draws itself on a square pad, given half its side."""


def _unit(rng: Rng, side: int) -> Ink:
    """One unit on a square of `side` pixels."""
    pad = Pad(rng, side, side)
    pick(rng, *UNITS)(pad, side / 2)
    return pad.ink


def repeat(pad: Pad) -> None:
    """A rectangle full of one or two units in rows, straight or shifted, with or without a frame."""
    rng, width, height = pad.rng, pad.width, pad.height
    shorter = min(width, height)
    rows = count(rng, 1, 2) if width > 2.5 * height or height > 2.5 * width else count(rng, 2, 9)
    step = max(8, shorter // rows)
    units = [_unit(rng, max(8, int(step * between(rng, 0.7, 1)))) for _ in range(2)]
    shift = step // 2 if chance(rng, 0.4) else 0
    for row in range(height // step + 1):
        for column in range(-1, width // step + 1):
            x, y = column * step + (shift if row % 2 else 0), row * step
            add_ink(pad.ink, x, y, units[(row + column) % 2 if chance(rng, 0.97) else 0])
    if chance(rng, 0.7):
        for _ in range(count(rng, 1, 2)):
            inset = count(rng, 0, 4)
            pad.box(inset, inset, width - 1 - inset, height - 1 - inset, count(rng, 1, 3))


def weave(pad: Pad) -> None:
    """A weave as point paper shows it: filled and empty squares, or threads over and under."""
    rng, width, height = pad.rng, pad.width, pad.height
    side = max(3, min(width, height) // count(rng, 8, 24))
    unit = rng.random((count(rng, 2, 8), count(rng, 2, 8))) < between(rng, 0.3, 0.7)
    rows, columns = height // side, width // side
    filled = np.tile(unit, (rows // unit.shape[0] + 1, columns // unit.shape[1] + 1))[:rows, :columns]
    inset = 1 if chance(rng, 0.4) else 0
    for row, column in np.argwhere(filled):
        x, y = column * side, row * side
        pad.box(x + inset, y + inset, x + side - 1 - inset, y + side - 1 - inset, -1)
    if chance(rng, 0.6):
        for at in range(0, rows * side + 1, side):
            pad.line((0, at), (columns * side, at), 1)
        for at in range(0, columns * side + 1, side):
            pad.line((at, 0), (at, rows * side), 1)
    else:
        pad.box(0, 0, columns * side, rows * side, 1)


def inscription(rng: Rng, height: int, width: int) -> Ink:
    """Columns of large characters that fill height x width, as on a stele."""
    size = max(9, int(min(height, width) / between(rng, 1.5, 9)))
    lead = max(1, int(size * between(rng, 0.05, 0.5)))
    edge = int(size * between(rng, 0.1, 0.6))
    columns, length = (width - 2 * edge + lead) // (size + lead), (height - 2 * edge) // size
    ink = np.zeros((height, width), np.uint8)
    if columns < 1 or length < 1:
        return ink
    face = count(rng, 0, len(FACES) - 1)
    glyphs = text_ink(rng, face, size, lead, columns, length, vertical=True, last=length)
    add_ink(ink, edge, edge, glyphs)
    return ink


def pattern_ink(rng: Rng, height: int, width: int) -> Ink:
    """A repeat or a weave as ink (height, width)."""
    pad = Pad(rng, height, width)
    (weave if chance(rng, 0.25) else repeat)(pad)
    return pad.ink
