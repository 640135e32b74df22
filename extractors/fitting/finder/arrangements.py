"""Figures with their captions in a box of a sheet: alone, in grids, rows, mosaics, large with small."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.fitting.finder.dice import between, chance, count, pick
from extractors.fitting.finder.sheet import FigureKind, Sheet
from extractors.fitting.finder.sources import source

Area = tuple[float, float, float, float]
SMALLEST = 30
"""Figures of a grid are at least this large (pixels of the sheet)."""
_KINDS: tuple[FigureKind, ...] = (*("picture",) * 6, *("drawing",) * 4, *("cutout",) * 2)
_PLATE_KINDS: tuple[FigureKind, ...] = (*("picture",) * 5, "drawing", "cutout")


def figures(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """One figure or an arrangement of several inside the box, with captions; text where it is too small."""
    rng = sheet.rng
    if x1 - x0 < 50 or y1 - y0 < 50:
        sheet.text(x0, y0, x1, y1)
        return
    start = len(sheet.items)
    sheet.figure_kind = pick(rng, *_KINDS)
    sheet.source = source(rng) if chance(rng, 0.3) else None
    (x0, y0, x1, y1), side = _captioned(sheet, (x0, y0, x1, y1))
    width, height = x1 - x0, y1 - y0
    how = pick(rng, "one", "one", "one", "one", "grid", "grid", "mosaic", "row", "large and small")
    if sheet.figure_kind == "drawing" and how != "one" and chance(rng, 0.75):
        how = pick(rng, "one", "grid")
    if how == "one" or width < 120 or height < 90:
        _alone(sheet, (x0, y0, x1, y1), side)
    elif how in ("grid", "row"):
        _grid(sheet, (x0, y0, x1, y1), how == "row")
    elif how == "mosaic":
        _mosaic(sheet, (x0, y0, x1, y1), count(rng, 1, 3))
    else:
        _large_and_small(sheet, (x0, y0, x1, y1))
    sheet.group_since(start)


def _captioned(sheet: Sheet, box: Area) -> tuple[Area, str]:
    """Print the caption of a group in `box`; returns what is left for figures, and the caption's side."""
    rng, size = sheet.rng, sheet.small
    x0, y0, x1, y1 = box
    line = int(size * 1.25)
    side = sheet.caption_side
    if sheet.vertical and side != "none" and chance(rng, 0.8):
        wide = (size + max(1, size // 4)) * count(rng, 1, 2)
        top = y0 + count(rng, 0, int((y1 - y0) * 0.3))
        if x1 - x0 > 3 * wide:
            gap = count(rng, 3, 14)
            if chance(rng, 0.6):
                sheet.caption(x0, top, x0 + wide, y1, vertical=True)
                return (x0 + wide + gap, y0, x1, y1), "none"
            sheet.caption(x1 - wide, top, x1, y1, vertical=True)
            return (x0, y0, x1 - wide - gap, y1), "none"
        return box, "none"
    if side == "side" and x1 - x0 > 180:
        wide, top = int((x1 - x0) * between(rng, 0.15, 0.35)), y0 + count(rng, 0, int((y1 - y0) * 0.5))
        gap = count(rng, 4, 20)
        if chance(rng, 0.5):
            sheet.caption(x0, top, x0 + wide, y1, count(rng, 1, 6))
            return (x0 + wide + gap, y0, x1, y1), "none"
        sheet.caption(x1 - wide, top, x1, y1, count(rng, 1, 6))
        return (x0, y0, x1 - wide - gap, y1), "none"
    high = count(rng, 1, 3) * line + 2
    if side in ("below", "above") and y1 - y0 > 3 * high:
        gap = count(rng, 2, 14)
        if side == "below":
            sheet.caption(x0, y1 - high, x1, y1, high // line)
            return (x0, y0, x1, y1 - high - gap), side
        sheet.caption(x0, y0, x1, y0 + high, high // line)
        return (x0, y0 + high + gap, x1, y1), side
    return box, side


def _alone(sheet: Sheet, box: Area, side: str) -> None:
    rng = sheet.rng
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    share = (
        between(rng, 0.5, 0.9)
        if sheet.figure_kind != "picture" and chance(rng, 0.8)
        else between(rng, 0.45, 1)
    )
    wide, high = (width * share, height) if chance(rng, 0.5) else (width, height * share)
    if chance(rng, 0.12):  # small on its own
        share = between(rng, 0.2, 0.5)
        wide, high = max(SMALLEST, width * share), max(SMALLEST, height * share)
    dx = pick(rng, 0, (width - wide) / 2, (width - wide) / 2, width - wide)
    dy = {"below": height - high, "above": 0.0}.get(side, pick(rng, 0, (height - high) / 2, height - high))
    sheet.figure(x0 + dx, y0 + dy, x0 + dx + wide, y0 + dy + high)


def _grid(sheet: Sheet, box: Area, single_row: bool) -> None:
    """Rows of figures, of one width or of several, some with a caption each."""
    rng = sheet.rng
    x0, y0, x1, y1 = box
    line = int(sheet.small * 1.25)
    columns = count(rng, 2, 5) if x1 - x0 > 240 else 2
    rows = 1 if single_row else count(rng, 2, 4)
    own = chance(rng, 0.45) or sheet.figure_kind == "drawing"
    caption = line * count(rng, 1, 2) + 4 if own else 0
    gap_x, gap_y = sheet.gap, sheet.gap if chance(rng, 0.7) else count(rng, 0, 24)
    wide = (x1 - x0 - gap_x * (columns - 1)) / columns
    high = (y1 - y0 - gap_y * (rows - 1)) / rows
    if high - caption < SMALLEST or wide < SMALLEST:
        sheet.figure(*box)
        return
    uneven = chance(rng, 0.3)
    widths = np.array([between(rng, 0.6, 1.4) if uneven else 1.0 for _ in range(columns)])
    widths = widths / widths.sum() * wide * columns
    for row in range(rows):
        x = x0
        if uneven and chance(rng, 0.5):
            widths = rng.permutation(widths)
        for column in range(columns):
            if not (row == rows - 1 and column == columns - 1 and chance(rng, 0.25)):
                start = len(sheet.items)
                top, tall = y0 + row * (high + gap_y), high - caption
                drop = tall * between(rng, 0, 0.3) if uneven and chance(rng, 0.2) else 0
                sheet.figure(x, top + drop, x + widths[column], top + tall)
                if own:
                    sheet.caption(x, top + tall + 3, x + widths[column], top + high, caption // line)
                    sheet.group_since(start)
            x += widths[column] + gap_x


def _mosaic(sheet: Sheet, box: Area, depth: int) -> None:
    """The box cut again and again into figures that fill it."""
    rng, half = sheet.rng, sheet.gap / 2
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    if depth <= 0 or max(width, height) < 110:
        sheet.figure(*box)
        return
    share = between(rng, 0.3, 0.7)
    rest = depth - count(rng, 1, 2) if depth > 1 else 0
    if width > height * between(rng, 0.7, 1.4):
        cut = x0 + width * share
        _mosaic(sheet, (x0, y0, cut - half, y1), depth - 1)
        _mosaic(sheet, (cut + half, y0, x1, y1), rest)
    else:
        cut = y0 + height * share
        _mosaic(sheet, (x0, y0, x1, cut - half), depth - 1)
        _mosaic(sheet, (x0, cut + half, x1, y1), rest)


def _large_and_small(sheet: Sheet, box: Area) -> None:
    """One large figure with a row or column of small ones."""
    rng, half = sheet.rng, sheet.gap / 2
    x0, y0, x1, y1 = box
    number = count(rng, 2, 4)
    share = between(rng, 0.55, 0.8)
    if x1 - x0 > (y1 - y0) * 0.8:
        cut, step = x0 + (x1 - x0) * share, (y1 - y0) / number
        sheet.figure(x0, y0, cut - half, y1)
        for index in range(number):
            top = y0 + index * step + (half if index else 0)
            bottom = y0 + (index + 1) * step - (half if index < number - 1 else 0)
            sheet.figure(cut + half, top, x1, bottom)
    else:
        cut, step = y0 + (y1 - y0) * share, (x1 - x0) / number
        sheet.figure(x0, y0, x1, cut - half)
        for index in range(number):
            left = x0 + index * step + (half if index else 0)
            right = x0 + (index + 1) * step - (half if index < number - 1 else 0)
            sheet.figure(left, cut + half, right, y1)


def plate_grid(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A page of figures of one kind in even rows, with a caption each or one for all."""
    rng, start = sheet.rng, len(sheet.items)
    most = 9 if chance(rng, 0.15) else 5
    rows, columns = count(rng, 1, most), count(rng, 1, most)
    sheet.figure_kind = pick(rng, *_PLATE_KINDS)
    sheet.source = source(rng) if chance(rng, 0.3) else None
    own = chance(rng, 0.4) or sheet.figure_kind == "drawing"
    line = int(sheet.small * 1.3)
    caption = line * count(rng, 1, 2) + 3 if own else 0
    if not own and chance(rng, 0.7):
        high, gap = line * count(rng, 1, 5), count(rng, 3, 14)
        if chance(rng, 0.7):
            sheet.caption(x0, y1 - high, x1, y1, high // line)
            y1 -= high + gap
        else:
            sheet.caption(x0, y0, x1, y0 + high, high // line)
            y0 += high + gap
    gap = sheet.gap
    wide, high_cell = (x1 - x0 - gap * (columns - 1)) / columns, (y1 - y0 - gap * (rows - 1)) / rows
    if high_cell - caption < 26 or wide < 26:
        figures(sheet, x0, y0, x1, y1)
        return
    share = between(rng, 0.55, 1)
    for row in range(rows):
        for column in range(columns):
            x, y = x0 + column * (wide + gap), y0 + row * (high_cell + gap)
            tall = (high_cell - caption) * (share if own or chance(rng, 0.05) else 1)
            mark = len(sheet.items)
            sheet.figure(x, y, x + wide, y + tall)
            if own:
                sheet.caption(x, y + tall + 2, x + wide, y + tall + 2 + caption, caption // line)
                sheet.group_since(mark)
    sheet.group_since(start)
    if chance(rng, 0.1):
        corners = (int(x0 - 5), int(y0 - 5)), (int(x1 + 5), int(y1 + 5))
        cv2.rectangle(sheet.pixels, *corners, (60, 60, 60), 1)
