"""Line drawings of reports and catalogues, whole figures of one or several parts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from extractors.fitting.finder.diagrams import DIAGRAMS
from extractors.fitting.finder.dice import Ink, Rng, add_ink, between, chance, count, pick
from extractors.fitting.finder.finds import annotated, finds, measured_bar, tomb, vessel, vessels
from extractors.fitting.finder.line_pad import Pad
from extractors.fitting.finder.repeats import repeat, weave
from extractors.fitting.finder.shapes import blob


def _plan(pad: Pad) -> None:
    """Walls, pits, hatching and labels inside an outer wall."""
    rng, width, height = pad.rng, pad.width, pad.height
    weight = count(rng, 1, 4)
    edge = 3 + weight
    if chance(rng, 0.7):
        pad.box(edge, edge, width - edge, height - edge, weight)
    else:
        half = [width / 2 - edge, height / 2 - edge]
        pad.outline(blob(rng) * half + [width / 2, height / 2], weight=weight)
    for _ in range(count(rng, 3, 14)):
        x0, y0 = between(rng, 0.05, 0.8) * width, between(rng, 0.05, 0.8) * height
        x1 = min(x0 + between(rng, 0.05, 0.3) * width, width - edge)
        y1 = min(y0 + between(rng, 0.05, 0.3) * height, height - edge)
        kind = pick(rng, "box", "line", "pit", "hatch", "stone")
        if kind == "box":
            pad.box(x0, y0, x1, y1)
        elif kind == "line":
            pad.line((x0, y0), (x1, y1))
        elif kind == "pit":
            radius = 0.04 * min(height, width) + 1
            pad.ring(x0, y0, radius, radius, weight=-1 if chance(rng, 0.3) else None)
        elif kind == "stone":
            pad.outline(blob(rng, 5, 0.6) * [(x1 - x0) / 2, (y1 - y0) / 2] + [(x0 + x1) / 2, (y0 + y1) / 2])
        else:
            for step in range(12):
                x = x0 + step * (x1 - x0) / 12
                pad.line((x, y0), (min(x + 8, width - edge), y1), 1)
    for _ in range(count(rng, 0, 4)):
        x, y = between(rng, 0.1, 0.8) * width, between(rng, 0.1, 0.85) * height
        pad.label(x, y, count(rng, 7, 13), count(rng, 1, 3))


def _section(pad: Pad) -> None:
    """A plan crossed by layers of soil."""
    rng = pad.rng
    _plan(pad)
    for layer in range(count(rng, 2, 5)):
        y = (layer + 1) / 6 * pad.height + np.cumsum(rng.normal(0, 1.2, 40))
        pad.outline(np.stack([np.linspace(4, pad.width - 4, 40), y], 1), closed=False)


def _map(pad: Pad) -> None:
    """Contours with place names."""
    rng, width, height = pad.rng, pad.width, pad.height
    centre = [between(rng, 0.3, 0.7) * width, between(rng, 0.3, 0.7) * height]
    shape = blob(rng, 9, 0.8)
    for level in range(count(rng, 3, 9)):
        pad.outline(shape * [width * (0.5 - level * 0.05), height * (0.5 - level * 0.05)] + centre, weight=1)
    if chance(rng, 0.6):
        pad.box(1, 1, width - 2, height - 2)
    for _ in range(count(rng, 2, 9)):
        x, y = count(rng, 2, max(3, width - 40)), count(rng, 2, max(3, height - 16))
        pad.label(x, y, count(rng, 7, 12), 3)


def _rosette(pad: Pad) -> None:
    rng = pad.rng
    radius, cx, cy = min(pad.height, pad.width) / 2 - 3, pad.width / 2, pad.height / 2
    petals = count(rng, 5, 16)
    for ring in range(count(rng, 2, 5)):
        reach = max(2, radius * (1 - ring * 0.2))
        pad.ring(cx, cy, reach, reach)
        for petal in range(petals):
            angle = 2 * np.pi * petal / petals
            x, y = cx + np.cos(angle) * reach * 0.8, cy + np.sin(angle) * reach * 0.8
            pad.ring(x, y, reach * 0.2, reach * 0.12, turn=float(np.degrees(angle)))


def _scene(pad: Pad) -> None:
    """A crowd of curved lines inside an outline: copies of murals and reliefs."""
    rng, width, height = pad.rng, pad.width, pad.height
    for _ in range(count(rng, 6, 18)):
        size = [between(rng, 0.05, 0.3) * width, between(rng, 0.05, 0.3) * height]
        at = [between(rng, 0.2, 0.8) * width, between(rng, 0.2, 0.8) * height]
        pad.outline(blob(rng, count(rng, 3, 8), 0.7) * size + at, closed=chance(rng, 0.6))
    pad.outline(blob(rng, 5, 0.5) * [width / 2 - 3, height / 2 - 3] + [width / 2, height / 2])


def _motif(pad: Pad) -> None:
    """A dark shape with light lines: a rubbing's or a paper cut's ornament."""
    rng, width, height = pad.rng, pad.width, pad.height
    pad.area(blob(rng, count(rng, 3, 9), 0.8) * [width / 2 - 3, height / 2 - 3] + [width / 2, height / 2])
    for _ in range(count(rng, 5, 20)):
        size = [between(rng, 0.03, 0.2) * width, between(rng, 0.03, 0.2) * height]
        at = [between(rng, 0.2, 0.8) * width, between(rng, 0.2, 0.8) * height]
        pad.outline(blob(rng, count(rng, 3, 7), 0.7) * size + at, weight=count(rng, 1, 4), tone=0)


def _elevation(pad: Pad) -> None:
    """The front of a hall: roof, eaves, columns."""
    rng, width, height = pad.rng, pad.width, pad.height
    bays = count(rng, 3, 8)
    top, foot = height * between(rng, 0.3, 0.5), height - 4.0
    roof = [(3, top), (0.12, 0.45), (0.3, 0.0), (0.7, 0.0), (0.88, 0.45), (width - 4, top)]
    inner = [(width * x, max(4.0, top * y)) for x, y in roof[1:-1]]
    pad.outline([roof[0], *inner, roof[-1]])
    for tile in range(20):
        share = tile / 19
        pad.line((width * (0.15 + 0.7 * share), top * 0.45), (width * (0.05 + 0.9 * share), top), 1)
    pad.line((4, foot), (width - 4, foot))
    for bay in range(bays + 1):
        x = width * 0.08 + bay * width * 0.84 / bays
        pad.line((x, top), (x, foot))
        pad.line((x + max(2, width * 0.012), top), (x + max(2, width * 0.012), foot))
    for beam in range(3):
        y = top + (beam + 1) * (foot - top) / 5
        pad.line((width * 0.08, y), (width * 0.92, y), 1)


def _dimensioned(pad: Pad) -> None:
    """A garment or object between dimension lines with figures."""
    rng, width, height = pad.rng, pad.width, pad.height
    x0, y0, x1, y1 = width * 0.16, height * 0.05, width * 0.96, height * 0.84
    body = [(0.36, 0), (0.64, 0), (1, 0.18), (0.94, 0.42), (0.68, 0.34), (0.72, 1), (0.28, 1), (0.32, 0.34)]
    body += [(0.06, 0.42), (0, 0.18)]
    placed = [(x0 + x * (x1 - x0), y0 + y * (y1 - y0)) for x, y in body]
    pad.outline(
        placed
        if chance(rng, 0.6)
        else blob(rng) * [(x1 - x0) / 2, (y1 - y0) / 2] + [(x0 + x1) / 2, (y0 + y1) / 2]
    )
    pad.line(((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1), 1)
    size = max(7, int(min(width, height) * 0.06))
    pad.arrow((x0, height * 0.92), (x1, height * 0.92))
    pad.arrow((x1, height * 0.92), (x0, height * 0.92))
    pad.label((x0 + x1) / 2 - size, height * 0.93, size, 2)
    pad.arrow((width * 0.08, y0), (width * 0.08, y1))
    pad.arrow((width * 0.08, y1), (width * 0.08, y0))
    pad.label(1, (y0 + y1) / 2, size, 2)


def _composite(pad: Pad) -> None:
    """Parts that belong to one figure: views side by side, numbers, a scale, a north arrow."""
    rng, width, height = pad.rng, pad.width, pad.height
    columns, rows = (2, count(rng, 1, 2))
    if width > height * 1.2:
        columns, rows = count(rng, 2, 4), 1
    elif height > width * 1.2:
        columns, rows = 1, count(rng, 2, 3)
    kinds = [pick(rng, *_PARTS) for _ in range(2)]
    wide, high = width // columns, height // rows
    for row in range(rows):
        for column in range(columns):
            dx, dy = int(wide * between(rng, 0.02, 0.12)), int(high * between(rng, 0.02, 0.14))
            part = line_drawing(rng, high - 2 * dy, wide - 2 * dx, pick(rng, *kinds))
            add_ink(pad.ink, column * wide + dx, row * high + dy, part)
            if chance(rng, 0.5):
                size = max(7, int(min(wide, high) * 0.07))
                pad.label(column * wide + wide // 2, (row + 1) * high - size - 1, size, count(rng, 1, 2))
    if chance(rng, 0.4):
        x, y, length = width - count(rng, 10, 24), count(rng, 4, 12), count(rng, 18, 40)
        pad.arrow((x, y + length), (x, y), pad.weight)
        pad.label(x - 4, y + length + 2, 9)


def _panels(pad: Pad) -> None:
    """Charts or drawings lettered (a), (b), … that are one figure."""
    rng = pad.rng
    columns = max(1, min(4, int(pad.width / between(rng, 90, 180))))
    rows = max(1, min(4, int(pad.height / between(rng, 80, 170))))
    kinds = pick(
        rng,
        ("chart",),
        ("chart", "chart", "net", "motif"),
        ("net", "flow"),
        ("rosette", "motif"),
        ("scene", "vessel"),
    )
    size = count(rng, 7, 12)
    wide, high = pad.width // columns, pad.height // rows
    for row in range(rows):
        for column in range(columns):
            part = line_drawing(rng, max(30, high - size - 8), max(30, wide - size), pick(rng, *kinds))
            add_ink(pad.ink, column * wide + size // 2, row * high + size + 1, part)
            if chance(rng, 0.8):
                pad.label(column * wide + 1, row * high, size)


def _pair(pad: Pad) -> None:
    """A motif and its mirror image with a gap between, which are one figure."""
    rng, beside = pad.rng, pad.width > pad.height * between(pad.rng, 0.6, 1.4)
    gap = int(between(rng, 0.02, 0.25) * (pad.width if beside else pad.height))
    size = (pad.height, (pad.width - gap) // 2) if beside else ((pad.height - gap) // 2, pad.width)
    part = line_drawing(rng, *size, pick(rng, "scene", "motif", "vessel", "rosette"))
    add_ink(pad.ink, 0, 0, part)
    x, y = (pad.width - size[1], 0) if beside else (0, pad.height - size[0])
    add_ink(pad.ink, x, y, part[:, ::-1])


def _set_apart(rng: Rng, height: int, width: int, kind: str) -> Ink:
    """A drawing with its scale bar below it and, sometimes, a north arrow or a title beside it."""
    pad = Pad(rng, height, width)
    foot, side = int(height * between(rng, 0.06, 0.16)), int(width * between(rng, 0.08, 0.22))
    beside = chance(rng, 0.4)
    inner = height - foot, width - (side if beside else 0)
    at_right = chance(rng, 0.7)
    add_ink(pad.ink, side if beside and not at_right else 0, 0, line_drawing(rng, *inner, kind))
    measured_bar(pad)
    if beside:
        x, y = (width - side // 2 if at_right else side // 2), between(rng, 0.05, 0.6) * height
        length = between(rng, 0.08, 0.2) * height
        pad.arrow((x, y + length), (x, y), pad.weight)
        pad.label(x - 4, y + length + 2, 9)
    return pad.ink


_KINDS: dict[str, Callable[[Pad], None]] = {
    "vessel": vessel,
    "vessels": vessels,
    "finds": finds,
    "tomb": tomb,
    "annotated": annotated,
    "repeat": repeat,
    "weave": weave,
    "plan": _plan,
    "section": _section,
    "map": _map,
    "rosette": _rosette,
    "scene": _scene,
    "motif": _motif,
    "elevation": _elevation,
    "dimensioned": _dimensioned,
    "composite": _composite,
    "panels": _panels,
    "pair": _pair,
    **DIAGRAMS,
}
_PARTS = ("plan", "section", "vessel", "scene", "rosette", "elevation", "motif", "map")
_CHOICES = (
    *("composite",) * 4,
    *("panels",) * 3,
    *("vessel",) * 2,
    *("vessels",) * 4,
    *("finds",) * 7,
    *("tomb",) * 4,
    *("repeat",) * 5,
    *("weave",) * 2,
    *("annotated",) * 3,
    *("pair",) * 2,
    *("plan",) * 2,
    *("chart",) * 5,
    *("flow",) * 2,
    *("map", "rosette", "scene", "elevation", "rooms", "section", "motif", "net", "dimensioned", "pie"),
)
SMALLEST_COMPOSITE = 90
"""Drawings smaller than this (pixels) have no parts."""
_SIMPLER = {
    "composite": "plan",
    "panels": "chart",
    "dimensioned": "vessel",
    "pair": "scene",
    "finds": "vessel",
    "tomb": "plan",
    "annotated": "scene",
}
_APART = {"plan", "section", "vessels", "scene", "elevation", "pair"}
_WITH_SCALE = {"vessel", "vessels", "plan", "section", "map", "composite", "scene"}


def line_drawing(rng: Rng, height: int, width: int, kind: str | None = None) -> Ink:
    """A line drawing as ink (height, width)."""
    kind = kind or pick(rng, *_CHOICES)
    if min(height, width) < SMALLEST_COMPOSITE:
        kind = _SIMPLER.get(kind, kind)
    if kind in _APART and min(height, width) >= SMALLEST_COMPOSITE and chance(rng, 0.35):
        return _set_apart(rng, height, width, kind)
    pad = Pad(rng, height, width)
    _KINDS[kind](pad)
    if kind in _WITH_SCALE and min(height, width) > 60 and chance(rng, 0.3):
        measured_bar(pad)
    return pad.ink
