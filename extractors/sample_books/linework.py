"""Vector drawings as reports print them: vessel profiles, site plans, roundels, charts, ruled tables."""

from __future__ import annotations

import math
import random

import pymupdf

from extractors.geometry import Box, grow, union
from extractors.sample_books.page_writer import BLACK, GREY, Sheet, Style
from extractors.sample_books.pictures.objects import half_width

_LABEL = Style(6.5)
_STEPS = 24
"""Points along one vessel profile."""


def vessel(sheet: Sheet, form: str, box: Box, label: str = "") -> Box:
    """A vessel in profile: section at left, outside view at right, axis, and its number below."""
    x0, y0, x1, y1 = box
    foot = y1 - (10 if label else 0)
    cx, reach = (x0 + x1) / 2, (x1 - x0) / 2
    outline = [
        (reach * half_width(form, k / _STEPS), y0 + (foot - y0) * k / _STEPS) for k in range(_STEPS + 1)
    ]
    wall = reach * 0.07
    page = sheet.raw
    shape = page.new_shape()
    section = [(cx - w, y) for w, y in outline] + [(cx - max(w - wall, 0), y) for w, y in reversed(outline)]
    shape.draw_polyline([*section, section[0]])
    shape.finish(color=BLACK, fill=BLACK, width=0.4)
    shape.draw_polyline([(cx + w, y) for w, y in outline])
    shape.draw_line((cx - outline[0][0], y0), (cx + outline[0][0], y0))
    shape.draw_line((cx - outline[-1][0], foot), (cx + outline[-1][0], foot))
    shape.draw_line((cx, y0), (cx, foot))
    for share in (0.3, 0.36, 0.55):
        y = y0 + (foot - y0) * share
        shape.draw_line((cx, y), (cx + reach * half_width(form, share), y))
    shape.finish(color=BLACK, width=0.6, closePath=False)
    shape.commit()
    widest = max(w for w, _ in outline)
    drawn: Box = (cx - widest, y0, cx + widest, foot)
    if label:
        width = _LABEL.width(label)
        drawn = union([drawn, sheet.line(cx - width / 2, foot + 3, label, _LABEL)])
    return drawn


def scale_bar(sheet: Sheet, x: float, y: float, length: float, text: str) -> Box:
    """A scale of black and white quarters with its length."""
    step = length / 4
    for k in range(4):
        sheet.raw.draw_rect(
            pymupdf.Rect(x + k * step, y, x + (k + 1) * step, y + 2.5),
            color=BLACK,
            fill=BLACK if k % 2 else None,
            width=0.4,
        )
    zero = sheet.line(x - 2, y - 8, "0", _LABEL)
    end = sheet.line(x + length - 8, y - 8, text, _LABEL)
    return union([(x, y, x + length, y + 2.5), zero, end])


def plan(sheet: Sheet, box: Box, rng: random.Random) -> Box:
    """The plan of a tomb or site: walls, pits, numbered finds, a north arrow and a scale."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    page = sheet.raw
    shape = page.new_shape()
    room = [
        (0.08, 0.2),
        (0.34, 0.18),
        (0.34, 0.08),
        (0.62, 0.08),
        (0.63, 0.19),
        (0.94, 0.16),
        (0.92, 0.8),
        (0.1, 0.82),
        (0.08, 0.2),
    ]
    for inset in (0.0, 0.025):
        shape.draw_polyline(
            [
                (x0 + w * (0.5 + (x - 0.5) * (1 - 2 * inset)), y0 + h * (0.5 + (y - 0.5) * (1 - 2 * inset)))
                for x, y in room
            ]
        )
        shape.finish(color=BLACK, width=1.0 - 20 * inset, closePath=False)
    for _ in range(18):
        cx, cy = x0 + w * rng.uniform(0.14, 0.86), y0 + h * rng.uniform(0.26, 0.74)
        r = rng.uniform(0.01, 0.04) * w
        shape.draw_oval(pymupdf.Rect(cx - r, cy - r * 0.8, cx + r, cy + r * 0.8))
    shape.finish(color=BLACK, width=0.4)
    for k in range(14):
        x = x0 + w * (0.68 + 0.015 * k)
        shape.draw_line((x, y0 + h * 0.3), (x - 0.04 * w, y0 + h * 0.44))
    shape.finish(color=GREY, width=0.3)
    shape.draw_polyline(
        [
            (x0 + w * 0.84, y0 + h * 0.12),
            (x0 + w * 0.86, y0),
            (x0 + w * 0.88, y0 + h * 0.12),
            (x0 + w * 0.86, y0 + h * 0.09),
        ]
    )
    shape.finish(color=BLACK, fill=BLACK, width=0.4)
    shape.commit()
    for k in range(6):
        sheet.line(x0 + w * rng.uniform(0.16, 0.8), y0 + h * rng.uniform(0.3, 0.7), str(k + 1), _LABEL)
    bar = scale_bar(sheet, x0 + w * 0.36, y1 - 3, w * 0.26, "1米")
    return union([(x0 + w * 0.08, y0, x0 + w * 0.94, y0 + h * 0.82), bar])


def ornament(sheet: Sheet, box: Box, petals: int) -> Box:
    """A line drawing of a roundel."""
    x0, y0, x1, y1 = box
    cx, cy, r = (x0 + x1) / 2, (y0 + y1) / 2, min(x1 - x0, y1 - y0) / 2
    shape = sheet.raw.new_shape()
    for share in (1.0, 0.93, 0.7, 0.25):
        shape.draw_circle((cx, cy), r * share)
    for k in range(petals):
        a, b = 2 * math.pi * k / petals, 2 * math.pi * (k + 0.5) / petals
        shape.draw_circle((cx + 0.815 * r * math.cos(a), cy + 0.815 * r * math.sin(a)), r * 0.09)
        tip = (cx + 0.68 * r * math.cos(a), cy + 0.68 * r * math.sin(a))
        for turn in (b, 2 * a - b):
            foot = (cx + 0.26 * r * math.cos(turn), cy + 0.26 * r * math.sin(turn))
            mid = (cx + 0.6 * r * math.cos((a + turn) / 2), cy + 0.6 * r * math.sin((a + turn) / 2))
            shape.draw_curve(foot, mid, tip)
    shape.finish(color=BLACK, width=0.5, closePath=False)
    shape.commit()
    return cx - r, cy - r, cx + r, cy + r


def bar_chart(sheet: Sheet, box: Box, names: list[str], values: list[float]) -> Box:
    """A bar chart with axes and labels."""
    x0, y0, x1, y1 = box
    base, left = y1 - 10, x0 + 18
    shape = sheet.raw.new_shape()
    shape.draw_line((left, y0), (left, base))
    shape.draw_line((left, base), (x1, base))
    shape.finish(color=BLACK, width=0.7, closePath=False)
    step = (x1 - left) / len(values)
    for k, value in enumerate(values):
        x = left + step * (k + 0.2)
        shape.draw_rect(pymupdf.Rect(x, base - (base - y0) * value, x + step * 0.6, base))
        shape.finish(color=BLACK, fill=(0.35 + 0.1 * (k % 4), 0.5, 0.6), width=0.4)
    shape.commit()
    boxes = [(left, y0, x1, base)]
    for k, name in enumerate(names):
        boxes.append(sheet.line(left + step * (k + 0.5) - _LABEL.width(name) / 2, base + 3, name, _LABEL))
    for k in range(5):
        text = str(k * 25)
        boxes.append(
            sheet.line(left - 3 - _LABEL.width(text), base - (base - y0) * k / 4 - 3.5, text, _LABEL)
        )
    return union(boxes)


def table(
    sheet: Sheet, x0: float, top: float, x1: float, rows: list[list[str]], style: Style, grid: bool
) -> Box:
    """A table; with `grid` fully ruled, else with three rules. Returns its box."""
    height = style.size * 1.9
    step = (x1 - x0) / len(rows[0])
    bottom = top + height * len(rows)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            sheet.line(x0 + c * step + 3, top + r * height + style.size * 0.45, cell, style)
    if grid:
        for r in range(len(rows) + 1):
            sheet.rule(x0, top + r * height, x1, top + r * height, 0.5)
        for c in range(len(rows[0]) + 1):
            sheet.rule(x0 + c * step, top, x0 + c * step, bottom, 0.5)
    else:
        for y, weight in ((top, 1.0), (top + height, 0.5), (bottom, 1.0)):
            sheet.rule(x0, y, x1, y, weight)
    return grow((x0, top, x1, bottom), 0.5)
