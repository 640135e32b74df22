"""Charts, flow charts and networks as line drawings."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from extractors.fitting.finder.dice import add_ink, between, chance, count, pick
from extractors.fitting.finder.glyphs import PLAIN, word_ink
from extractors.fitting.finder.line_pad import Pad


def _chart(pad: Pad) -> None:
    """Axes with tick labels, titles and a key around bars, lines, spectra or points."""
    rng, width, height = pad.rng, pad.width, pad.height
    size = max(6, min(12, int(height * 0.06)))
    titled = chance(rng, 0.6) and min(width, height) > 90
    x0, y0 = 4 + 3 * size + (int(1.5 * size) if titled else 0), 4 + size
    x1, y1 = width - 4, height - 6 - 2 * size - (int(1.4 * size) if titled else 0)
    if x1 - x0 < 20 or y1 - y0 < 20:
        x0, y0, x1, y1 = 3, 3, width - 4, height - 4
    pad.line((x0, y0), (x0, y1))
    pad.line((x0, y1), (x1, y1))
    if chance(rng, 0.4):
        pad.box(x0, y0, x1, y1, 1)
    ticks, ruled = count(rng, 3, 8), chance(rng, 0.5)
    for tick in range(ticks):
        y, x = y0 + tick * (y1 - y0) / ticks, x0 + (tick + 0.5) * (x1 - x0) / ticks
        pad.line((x0, y), (x1 if ruled else x0 - 3, y), 1)
        add_ink(pad.ink, x0 - 4 - 2 * size, int(y) - size // 2, word_ink(rng, PLAIN, size, 2))
        add_ink(pad.ink, int(x) - size, y1 + 4, word_ink(rng, PLAIN, size, 2))
    if titled:
        _axis_titles(pad, (x0, y0, x1, y1), size)
    kind = pick(rng, "bars", "bars", "lines", "spectra", "points")
    if kind in ("lines", "spectra"):
        _curves(pad, (x0, y0, x1, y1), size, peaks=kind == "spectra")
    elif kind == "bars":
        _bars(pad, (x0, y0, x1, y1), ticks)
    else:
        for _ in range(6 * ticks):
            pad.ring(between(rng, x0 + 3, x1 - 3), between(rng, y0 + 3, y1 - 3), 2, 2, weight=-1)
    if chance(rng, 0.35) and x1 - x0 > 10 * size:
        for line in range(count(rng, 1, 3)):
            y = y0 + 4 + line * size * 1.5
            pad.box(x1 - 5 * size, y, x1 - 4 * size, y + size * 0.8, pick(rng, 1, -1))
            add_ink(pad.ink, x1 - int(3.6 * size), int(y), word_ink(rng, PLAIN, size, count(rng, 2, 3)))


Area = tuple[float, float, float, float]


def _axis_titles(pad: Pad, area: Area, size: int) -> None:
    """A title below the axes, and one that reads upwards at their left."""
    x0, y0, x1, y1 = area
    below, beside = (word_ink(pad.rng, PLAIN, size, count(pad.rng, 2, 6)) for _ in range(2))
    add_ink(pad.ink, int((x0 + x1 - below.shape[1]) / 2), int(y1 + 6 + 1.3 * size), below)
    upright = np.ascontiguousarray(np.rot90(beside))
    add_ink(pad.ink, 1, max(0, int((y0 + y1 - upright.shape[0]) / 2)), upright)


def _curves(pad: Pad, area: Area, size: int, *, peaks: bool) -> None:
    """Lines that walk across the axes, or spectra one above the other, with the names of some peaks."""
    rng, (x0, y0, x1, y1) = pad.rng, area
    number = count(rng, 1, 4)
    x = np.linspace(0, 1, 160)
    for curve in range(number):
        if peaks:
            top, foot = y0 + (y1 - y0) * curve / number, y0 + (y1 - y0) * (curve + 0.95) / number
            level = np.abs(rng.normal(0, 0.012, len(x))) + 0.03
            for at in rng.uniform(0.05, 0.95, count(rng, 2, 9)):
                level += between(rng, 0.1, 0.85) * np.exp(-(((x - at) / between(rng, 0.004, 0.02)) ** 2))
                if chance(rng, 0.3):
                    pad.label(x0 + at * (x1 - x0), top + 2, max(6, size - 2), 2)
            heights = foot - np.clip(level, 0, 1) * (foot - top)
        else:
            walk = np.interp(x, np.linspace(0, 1, 12), np.cumsum(rng.normal(0, 0.12, 12)) + 0.5)
            heights = y0 + (y1 - y0) * np.clip(walk, 0, 1)
        pad.outline(np.stack([x0 + x * (x1 - x0), heights], 1), closed=False)


def _bars(pad: Pad, area: Area, ticks: int) -> None:
    """One to three bars at each tick: filled, grey, hatched or outlined, sometimes with their error."""
    rng, (x0, y0, x1, y1) = pad.rng, area
    kinds = [pick(rng, "filled", "filled", "empty", "hatched") for _ in range(count(rng, 1, 3))]
    tones = [count(rng, 90, 255) for _ in kinds]
    wide, errors = (x1 - x0) / ticks, chance(rng, 0.2)
    bar = wide * between(rng, 0.5, 0.8) / len(kinds)
    for tick in range(ticks):
        for place, (kind, tone) in enumerate(zip(kinds, tones, strict=True)):
            x, top = x0 + tick * wide + wide * 0.15 + place * bar, y1 - rng.random() * (y1 - y0) * 0.95
            pad.box(x, top, x + bar, y1, -1 if kind == "filled" else 1, tone if kind == "filled" else 255)
            for step in range(int(y1 - top) // 5) if kind == "hatched" else ():
                pad.line((x, y1 - step * 5), (x + bar, max(top, y1 - step * 5 - bar)), 1)
            if errors:
                pad.line((x + bar / 2, top - 6), (x + bar / 2, top + 6), 1)


def _pie(pad: Pad) -> None:
    """A pie with its key."""
    rng = pad.rng
    radius = min(pad.width * 0.4, pad.height / 2) - 4
    cx, cy = radius + 4, pad.height / 2
    angles = np.sort(rng.uniform(0, 2 * np.pi, count(rng, 3, 7)))
    for start, end in itertools.pairwise(angles):
        arc = np.linspace(start, end, 16)
        edge = np.stack([cx + np.cos(arc) * radius, cy + np.sin(arc) * radius], 1)
        pad.area(np.concatenate([[[cx, cy]], edge]), count(rng, 30, 200))
    pad.ring(cx, cy, radius, radius)
    size = max(7, int(pad.height * 0.06))
    for line in range(len(angles)):
        y = cy + (line - len(angles) / 2) * size * 1.5
        pad.box(2 * radius + 12, y, 2 * radius + 12 + size, y + size, -1, count(rng, 60, 255))
        pad.label(2 * radius + 16 + size, y, size, 3)


def _grid(pad: Pad) -> tuple[int, int, float, float]:
    columns, rows = max(2, min(5, pad.width // 70)), max(2, min(6, pad.height // 50))
    return rows, columns, pad.width / columns, pad.height / rows


def _nodes(pad: Pad, rows: int, columns: int) -> list[tuple[int, int]]:
    """Filled places of a grid; the corners always."""
    corners = {(row, column) for row in (0, rows - 1) for column in (0, columns - 1)}
    places = ((row, column) for row in range(rows) for column in range(columns))
    return [place for place in places if chance(pad.rng, 0.75) or place in corners]


def _net(pad: Pad) -> None:
    """Circles joined to those of the next column."""
    rows, columns, wide, high = _grid(pad)
    nodes = _nodes(pad, rows, columns)
    radius = max(3, int(min(wide, high) * 0.2))
    for row, column in nodes:
        at = (column + 0.5) * wide, (row + 0.5) * high
        pad.ring(*at, radius, radius)
        for other, beside in nodes:
            if beside == column + 1:
                pad.line(at, ((beside + 0.5) * wide, (other + 0.5) * high), 1)


def _flow(pad: Pad) -> None:
    """Boxes with words, joined by arrows."""
    rng = pad.rng
    rows, columns, wide, high = _grid(pad)
    nodes = _nodes(pad, rows, columns)
    size = max(7, min(14, int(high * 0.25)))
    for row, column in nodes:
        x0, y0 = column * wide + wide * 0.12, row * high + high * 0.2
        x1, y1 = (column + 1) * wide - wide * 0.12, (row + 1) * high - high * 0.2
        pad.box(x0, y0, x1, y1)
        length = min(6, max(1, int((x1 - x0 - 4) // size)))
        add_ink(pad.ink, int(x0 + 3), int((y0 + y1 - size) / 2), word_ink(rng, PLAIN, size, length))
        if (row + 1, column) in nodes:
            pad.arrow(((x0 + x1) / 2, y1), ((x0 + x1) / 2, y1 + high * 0.4))
        if (row, column + 1) in nodes:
            pad.arrow((x1, (y0 + y1) / 2), (x1 + wide * 0.24, (y0 + y1) / 2))


def _rooms(pad: Pad) -> None:
    """The plan of a gallery or house: rooms side by side, some grey, with large numbers and doors."""
    rng, width, height = pad.rng, pad.width, pad.height
    edge = pad.weight + 1
    columns, rows = count(rng, 2, 5), count(rng, 1, 3)
    xs = np.linspace(edge, width - 1 - edge, columns + 1)
    ys = np.linspace(edge, height - 1 - edge, rows + 1)
    size = max(7, int(min(width / columns, height / rows) * between(rng, 0.12, 0.35)))
    for (top, foot), (left, right) in itertools.product(itertools.pairwise(ys), itertools.pairwise(xs)):
        if chance(rng, 0.3):
            pad.box(left, top, right, foot, -1, count(rng, 30, 110))
        if chance(rng, 0.9):
            pad.box(left, top, right, foot)
        pad.label((left + right - size) / 2, (top + foot - size) / 2, size, count(rng, 1, 2))
        if chance(rng, 0.4):
            pad.ring(left, foot, (right - left) * 0.2, (foot - top) * 0.2, weight=1)
    if chance(rng, 0.7):
        pad.box(edge, edge, width - 1 - edge, height - 1 - edge, count(rng, 2, 4))


DIAGRAMS: dict[str, Callable[[Pad], None]] = {
    "chart": _chart,
    "pie": _pie,
    "net": _net,
    "flow": _flow,
    "rooms": _rooms,
}
"""Kinds of diagram by name."""
