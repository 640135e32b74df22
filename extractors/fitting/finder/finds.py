"""Vessels, plates of finds and plans of tombs as excavation reports draw them: many parts, one figure."""

from __future__ import annotations

import itertools

import numpy as np

from extractors.fitting.finder.dice import add_ink, between, chance, count, pick
from extractors.fitting.finder.glyphs import PLAIN, word_ink
from extractors.fitting.finder.line_pad import Pad
from extractors.fitting.finder.shapes import blob, mirrored, vessel_profile

LABEL_SHARE = 0.09
"""Height of a part's number, of the part."""


def one_vessel(pad: Pad, cx: float, cy: float, rx: float, ry: float) -> None:
    """A vessel as reports draw it: outline and axis, section at left, bands at right."""
    rng = pad.rng
    widths, heights = vessel_profile(rng)
    pad.outline(mirrored(widths, heights) * [rx, ry] + [cx, cy])
    pad.line((cx, cy - ry), (cx, cy + ry), 1)
    if chance(rng, 0.6):
        inner = np.stack([-widths * rx * 0.88 + cx, heights * ry * 0.96 + cy], 1)
        pad.outline(inner, closed=False)
        if chance(rng, 0.5):
            outer = np.stack([-widths * rx + cx, heights * ry + cy], 1)
            pad.area(np.concatenate([outer, inner[::-1]]), 255 if chance(rng, 0.5) else 120)
    for _ in range(count(rng, 0, 5)):
        at = count(rng, 2, 27)
        left = cx if chance(rng, 0.5) else cx - widths[at] * rx
        pad.line((left, cy + heights[at] * ry), (cx + widths[at] * rx, cy + heights[at] * ry), 1)
    if chance(rng, 0.4):
        at = count(rng, 4, 20)
        for step in range(8):
            x = cx + (step - 4) / 4 * widths[at] * rx * 0.8
            pad.ring(x, cy + heights[at] * ry, rx * 0.08, ry * 0.08, weight=1)


def vessel(pad: Pad) -> None:
    """One vessel that fills the pad."""
    one_vessel(pad, pad.width / 2, pad.height / 2, pad.width / 2 - 3, pad.height / 2 - 3)


def vessels(pad: Pad) -> None:
    """Rows of numbered vessels that are one figure."""
    rng = pad.rng
    columns = count(rng, 2, 5) if pad.width > pad.height * 0.7 else 1
    rows = max(1, min(4, int(pad.height / pad.width * columns)))
    wide, high = pad.width / columns, pad.height / rows
    size = between(rng, 0.6, 1)
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * wide, (row + 0.45) * high
            reach = wide * size * between(rng, 0.22, 0.46), high * size * between(rng, 0.22, 0.4)
            one_vessel(pad, x, y, *reach)
            if chance(rng, 0.9):
                pad.label(x, (row + 0.9) * high, int(min(wide, high) * LABEL_SHARE))


def _tripod(pad: Pad, cx: float, cy: float, rx: float, ry: float) -> None:
    foot = ry * 0.35
    one_vessel(pad, cx, cy - foot / 2, rx, ry - foot / 2)
    for side in (-0.6, 0.0, 0.6):
        leg = np.array([[side - 0.12, 0], [side + 0.12, 0], [side + 0.04, 1], [side - 0.04, 1]])
        pad.outline(leg * [rx, foot] + [cx, cy + ry - foot])


def _blade(pad: Pad, cx: float, cy: float, rx: float, ry: float) -> None:
    shape = np.array([(-1, -0.25), (0.55, -0.3), (1, 0), (0.55, 0.3), (-1, 0.25), (-0.8, 0)])
    lying = rx > ry
    pad.outline(
        (shape if lying else shape[:, ::-1]) * ([rx, ry * 1.6] if lying else [rx * 1.6, ry]) + [cx, cy]
    )
    pad.line((cx - rx * 0.7, cy), (cx + rx * 0.7, cy), 1)
    pad.ring(cx - rx * 0.5, cy, min(rx, ry) * 0.15, min(rx, ry) * 0.15)


def _ring(pad: Pad, cx: float, cy: float, rx: float, ry: float) -> None:
    rng, radius = pad.rng, min(rx, ry)
    for share in (1.0, between(rng, 0.5, 0.9), between(rng, 0.15, 0.45)):
        pad.ring(cx, cy, radius * share, radius * share)
    for step in range(count(rng, 0, 40)):
        reach = radius * between(rng, 0.5, 0.9)
        pad.ring(cx + np.cos(step * 2.4) * reach, cy + np.sin(step * 2.4) * reach, 1, 1, weight=-1)


def _pin(pad: Pad, cx: float, cy: float, rx: float, ry: float) -> None:
    pad.line((cx, cy - ry), (cx, cy + ry), count(pad.rng, 2, 4))
    pad.ring(cx, cy - ry * 0.85, rx * 0.25, ry * 0.12)


def _tile(pad: Pad, cx: float, cy: float, rx: float, ry: float) -> None:
    pad.box(cx - rx, cy - ry, cx + rx, cy + ry)
    for step in range(count(pad.rng, 4, 14)):
        y = cy - ry + (step + 1) * 2 * ry / 15
        bent = [(cx - rx, y), (cx, y + between(pad.rng, -4, 4)), (cx + rx, y)]
        pad.outline(bent, closed=False, weight=1)


def _sherd(pad: Pad, cx: float, cy: float, rx: float, ry: float) -> None:
    pad.outline(blob(pad.rng, 6, 0.7) * [rx, ry] + [cx, cy])
    for step in range(count(pad.rng, 3, 12)):
        x = cx - rx * 0.6 + step * rx / 10
        pad.line((x, cy - ry * 0.4), (x + rx * 0.1, cy + ry * 0.4), 1)


_OBJECTS = (*(one_vessel,) * 5, _blade, _blade, _ring, _sherd, _pin, _tripod, _tile)
"""Each draws one find of half width rx and half height ry around cx, cy."""


def _section_beside(pad: Pad, x: float, cy: float, ry: float) -> None:
    """The narrow section of a blade or sherd, drawn beside it."""
    width = max(2.0, ry * between(pad.rng, 0.04, 0.12))
    strip = [(x, cy - ry), (x + width, cy - ry * 0.6), (x + width, cy + ry * 0.7), (x, cy + ry)]
    if chance(pad.rng, 0.6):
        pad.area(strip)
    else:
        pad.outline(strip)


def finds(pad: Pad) -> None:
    """Finds of several kinds and sizes in uneven rows, with numbers below and one scale bar."""
    rng, foot = pad.rng, int(pad.height * between(pad.rng, 0.03, 0.1))
    rows = max(1, min(4, round(pad.height / pad.width * between(rng, 1.2, 3))))
    shares = rng.uniform(0.6, 1.4, rows)
    heights = shares / shares.sum() * (pad.height - foot)
    kinds = [pick(rng, *_OBJECTS) for _ in range(3)]
    numbered, top, size = chance(rng, 0.9), 0.0, max(6, int(min(pad.height, pad.width) * 0.035))
    for height in heights:
        columns = max(1, min(6, round(pad.width / height * between(rng, 0.5, 1.4))))
        cuts = np.cumsum(rng.uniform(0.6, 1.4, columns))
        edges = np.concatenate([[0], cuts / cuts[-1]]) * pad.width
        for left, right in itertools.pairwise(edges):
            room = height - (size * 1.4 if numbered else 0)
            rx = (right - left) * between(rng, 0.25, 0.46)
            ry = room * between(rng, 0.28, 0.47)
            cx, cy = (left + right) / 2, top + room / 2
            pick(rng, *kinds)(pad, cx, cy, rx, ry)
            if chance(rng, 0.2):
                _section_beside(pad, min(cx + rx + 3, pad.width - 6), cy, ry)
            if numbered:
                pad.label(cx - size / 2, top + height - size * 1.1, size, 1 if chance(rng, 0.8) else 2)
        top += height
    if foot > 6:
        measured_bar(pad)


def measured_bar(pad: Pad) -> None:
    """A scale bar at the foot, plain or in black and white steps, with its 0 and its length in words."""
    rng = pad.rng
    length, size = int(pad.width * between(rng, 0.12, 0.35)), max(6, min(11, pad.height // 30))
    x, y = count(rng, 3, max(4, pad.width - length - 4 * size)), pad.height - 4
    if chance(rng, 0.5):
        for step in range(4):
            pad.box(x + step * length / 4, y - 3, x + (step + 1) * length / 4, y, -1 if step % 2 else 1)
    else:
        pad.line((x, y), (x + length, y))
        for end in (x, x + length):
            pad.line((end, y - 4), (end, y))
    add_ink(pad.ink, x, y - 5 - size, word_ink(rng, PLAIN, size, 1))
    add_ink(pad.ink, x + length - size // 2, y - 5 - size, word_ink(rng, PLAIN, size, 3))


def _chamber(pad: Pad, x0: float, y0: float, x1: float, y1: float) -> None:
    """A grave pit seen from above: walls, coffin, bones, numbered finds."""
    rng, wide, high = pad.rng, x1 - x0, y1 - y0
    lean = between(rng, -0.04, 0.04) * wide
    walls = np.array([(x0 + abs(lean), y0), (x1, y0 + abs(lean)), (x1 - abs(lean), y1), (x0, y1 - abs(lean))])
    pad.outline(walls)
    centre = walls.mean(0)
    for share in rng.uniform(0.55, 0.95, count(rng, 0, 2)):
        pad.outline(centre + (walls - centre) * share)
    inner = centre + (walls - centre) * between(rng, 0.25, 0.6) * [1, between(rng, 0.7, 1.2)]
    pad.outline(inner)
    size = max(6, int(min(wide, high) * 0.045))
    for _ in range(count(rng, 0, 18)):
        x, y = x0 + between(rng, 0.1, 0.88) * wide, y0 + between(rng, 0.1, 0.88) * high
        radius = between(rng, 0.015, 0.05) * min(wide, high) + 1
        pad.ring(x, y, radius, radius * between(rng, 0.5, 1), weight=-1 if chance(rng, 0.2) else None)
        if chance(rng, 0.5):
            pad.label(x + radius + 1, y - size / 2, size)


def _profile(pad: Pad, x0: float, y0: float, x1: float, y1: float) -> None:
    """The section of a pit: sloping walls, a floor, sometimes the ground line and hatching."""
    rng, upright = pad.rng, (y1 - y0) > (x1 - x0)
    slope = between(rng, 0, 0.15)
    flat = np.array([(0, 0), (slope, 1), (1 - slope, 1), (1, 0)])
    points = (flat[:, ::-1] if upright else flat) * [x1 - x0, y1 - y0] + [x0, y0]
    pad.outline(points, closed=chance(rng, 0.5))
    if chance(rng, 0.6):
        pad.outline(points.mean(0) + (points - points.mean(0)) * between(rng, 0.4, 0.8))
    for step in range(count(rng, 0, 16)):
        share = step / 16
        x, y = (x0, y0 + share * (y1 - y0)) if upright else (x0 + share * (x1 - x0), y0)
        pad.line((x, y), (x + 5, y - 5), 1)


def tomb(pad: Pad) -> None:
    """The plan of a grave with its sections beside and below, a north arrow and a scale bar."""
    rng, width, height = pad.rng, pad.width, pad.height
    foot = max(16.0, height * between(rng, 0.06, 0.12))
    beside = width * between(rng, 0.15, 0.35) if chance(rng, 0.65) else 0.0
    below = height * between(rng, 0.12, 0.3) if not beside or chance(rng, 0.5) else 0.0
    gap = between(rng, 0.02, 0.09) * min(width, height)
    x1, y1 = width - 4 - beside, height - foot - below
    _chamber(pad, 4, 4, x1, y1)
    if beside:
        _profile(pad, x1 + gap, 4 + (y1 * 0.1 if chance(rng, 0.3) else 0), width - 4, y1)
    if below:
        _profile(pad, 4, y1 + gap, x1, height - foot - 2)
    measured_bar(pad)
    if chance(rng, 0.7):
        length = between(rng, 0.06, 0.16) * height
        x = pick(rng, between(rng, 8, 24), width - between(rng, 8, 24))
        y = pick(rng, 6.0, height - foot - length)
        pad.arrow((x, y + length), (x, y), pad.weight + 1)
        pad.label(x - 4, max(0, y - 9), 8)


def annotated(pad: Pad) -> None:
    """A drawing between words at both sides that lines join to its parts."""
    rng, width, height = pad.rng, pad.width, pad.height
    size = max(6, min(12, int(height * between(rng, 0.03, 0.05))))
    edge = size * count(rng, 3, 5) + 8
    if width - 2 * edge < width * 0.3:
        edge = int(width * 0.3)
    cx, cy, rx, ry = width / 2, height / 2, width / 2 - edge, height / 2 - 6
    pick(rng, *_OBJECTS)(pad, cx, cy, rx, ry)
    for _ in range(count(rng, 1, 4)):
        reach = np.array([rx, ry]) * rng.uniform(0.1, 0.45, 2)
        pad.outline(
            blob(rng, count(rng, 3, 7), 0.7) * reach + [cx, cy] + rng.uniform(-0.3, 0.3, 2) * [rx, ry]
        )
    for side in (0, 1):
        lines = count(rng, 1, 8)
        for line in range(lines):
            y = height * (line + 0.5) / lines + between(rng, -4, 4)
            length = count(rng, 1, max(1, min(5, edge // size - 1)))
            x = width - edge + 8 if side else max(1, edge - 8 - length * size)
            pad.label(x, y - size / 2, size, length)
            end = cx + (1 if side else -1) * rx * between(rng, 0.1, 0.9), cy + between(rng, -0.8, 0.8) * ry
            pad.line((x - 2 if side else x + length * size + 2, y), end, 1)
