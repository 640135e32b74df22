"""Charts, flow charts and networks as line drawings."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from extractors.fitting.finder.dice import add_ink, between, chance, count, pick
from extractors.fitting.finder.glyphs import PLAIN, word_ink
from extractors.fitting.finder.line_pad import Pad


def _chart(pad: Pad) -> None:
    """Axes with tick labels and bars, lines or points."""
    rng, width, height = pad.rng, pad.width, pad.height
    size = max(6, min(12, int(height * 0.06)))
    x0, y0, x1, y1 = 4 + 3 * size, 4 + size, width - 4, height - 6 - 2 * size
    if x1 - x0 < 20 or y1 - y0 < 20:
        x0, y0, x1, y1 = 3, 3, width - 4, height - 4
    pad.line((x0, y0), (x0, y1))
    pad.line((x0, y1), (x1, y1))
    if chance(rng, 0.4):
        pad.box(x0, y0, x1, y1, 1)
    ticks = count(rng, 3, 8)
    for tick in range(ticks):
        y, x = y0 + tick * (y1 - y0) / ticks, x0 + (tick + 0.5) * (x1 - x0) / ticks
        if chance(rng, 0.5):
            pad.line((x0, y), (x1, y), 1)
        add_ink(pad.ink, 2, int(y), word_ink(rng, PLAIN, size, 3))
        add_ink(pad.ink, int(x) - size, y1 + 4, word_ink(rng, PLAIN, size, 2))
    kind = pick(rng, "bars", "lines", "points")
    if kind == "lines":
        for _ in range(count(rng, 1, 4)):
            walk = np.clip(np.cumsum(rng.normal(0, 0.12, 12)) + 0.5, 0, 1)
            pad.outline(np.stack([np.linspace(x0, x1, 12), y0 + (y1 - y0) * walk], 1), closed=False)
        return
    for tick in range(ticks):
        x, bar = x0 + (tick + 0.2) * (x1 - x0) / ticks, (x1 - x0) / ticks * 0.6
        if kind == "bars":
            top = y1 - rng.random() * (y1 - y0)
            pad.box(x, top, x + bar, y1, -1 if chance(rng, 0.6) else 1, count(rng, 90, 255))
        else:
            for _ in range(6):
                pad.ring(between(rng, x0 + 3, x1 - 3), between(rng, y0 + 3, y1 - 3), 2, 2, weight=-1)


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


DIAGRAMS: dict[str, Callable[[Pad], None]] = {"chart": _chart, "pie": _pie, "net": _net, "flow": _flow}
"""Kinds of diagram by name."""
