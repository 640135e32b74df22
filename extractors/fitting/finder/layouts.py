"""Layouts of a whole sheet: columns, cells, plates, grids, bleeds, catalogue entries, covers."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.fitting.finder.arrangements import figures, plate_grid
from extractors.fitting.finder.dice import Rng, between, chance, colour, count, lay, noise, pick
from extractors.fitting.finder.glyphs import BOLD
from extractors.fitting.finder.line_art import line_drawing
from extractors.fitting.finder.nonfigures import (
    advertisement,
    band,
    boxed_text,
    formula,
    ghost,
    ornament,
    punch_holes,
    table,
    title_slip,
)
from extractors.fitting.finder.sheet import FigureKind, Sheet

LAYOUTS = (
    *("columns",) * 5,
    *("cells",) * 2,
    *("plate",) * 3,
    *("grid",) * 3,
    *("text",) * 2,
    *("bleed",) * 2,
    *("entries",) * 3,
    "cover",
)
GHOSTS = 0.1
"""Share of sheets through which a picture of the other side shows."""
HOLES = 0.05
_PLATES: tuple[FigureKind, ...] = (*("picture",) * 4, "cutout", "drawing")


def printed_sheet(rng: Rng, height: int, width: int) -> Sheet:
    """A sheet (height, width) of a random layout, with all its items."""
    sheet = Sheet(rng, height, width)
    if chance(rng, GHOSTS):
        for _ in range(count(rng, 1, 3)):
            ghost(sheet)
    x0, x1 = width * between(rng, 0.04, 0.16), width * (1 - between(rng, 0.04, 0.16))
    y0, y1 = height * between(rng, 0.04, 0.13), height * (1 - between(rng, 0.04, 0.13))
    layout = pick(rng, *LAYOUTS)
    if layout == "cover":
        _cover(sheet, x0, y0, x1, y1)
    else:
        _furniture(sheet, x0, y0, x1, y1)
        if layout in ("columns", "text"):
            _columns(sheet, x0, y0, x1, y1, with_figures=layout == "columns")
        else:
            drawn = {"cells": _cells, "plate": _plate, "grid": _grid, "bleed": _bleed, "entries": _entries}
            drawn[layout](sheet, x0, y0, x1, y1)
    if chance(rng, HOLES):
        punch_holes(sheet)
    sheet.group_rest()
    return sheet


def _furniture(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """Running head, page number, page frame, ornaments around the text area x0, y0, x1, y1."""
    rng, size = sheet.rng, sheet.small
    if chance(rng, 0.5) and y0 > size * 2:
        y = int(y0 * between(rng, 0.35, 0.7))
        left = pick(rng, x0, (x0 + x1) / 2 - 3 * size)
        sheet.text(
            left,
            y,
            x1,
            y + size + 2,
            size=size,
            vertical=False,
            lines=1,
            last=count(rng, 4, 14),
            indent=False,
        )
        if chance(rng, 0.5):
            ends = (int(x0), y + size + 4), (int(x1), y + size + 4)
            cv2.line(sheet.pixels, *ends, (60, 60, 60), count(rng, 1, 2))
    elif chance(rng, 0.12):
        left, right = (0 if chance(rng, 0.5) else x0), (sheet.width if chance(rng, 0.5) else x1)
        band(sheet, left, y0 * 0.2, right, y0 * between(rng, 0.5, 0.8))
    if chance(rng, 0.7) and sheet.height - y1 > size * 2:
        y, x = (
            int(y1 + (sheet.height - y1) * between(rng, 0.3, 0.6)),
            pick(rng, x0, (x0 + x1) / 2, x1 - 3 * size),
        )
        sheet.text(
            x,
            y,
            x + 3 * size,
            y + size + 1,
            size=size,
            face=0,
            vertical=False,
            lines=1,
            last=count(rng, 1, 3),
            indent=False,
        )
    if chance(rng, 0.5 if sheet.vertical else 0.16):
        _page_frame(sheet, x0, y0, x1, y1)
    for _ in range(count(rng, 0, 2) if chance(rng, 0.3) else 0):
        side = between(rng, 0.03, 0.1) * sheet.width
        anywhere = (between(rng, x0, x1 - side), between(rng, y0, y1 - side))
        places = ((x0 * 0.2, y0 * 0.2), (x1, y0 * 0.1), (x1 - side, y1 + 4), (x0, y1 + 3), anywhere)
        ornament(sheet, *pick(rng, *places), side)
    if chance(rng, 0.06):
        _ornament_row(sheet, x0, y0, x1, y1)


def _page_frame(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    rng, gap = sheet.rng, count(sheet.rng, 4, 12)
    corners = (int(x0 - gap), int(y0 - gap)), (int(x1 + gap), int(y1 + gap))
    cv2.rectangle(sheet.pixels, *corners, sheet.tint, count(rng, 1, 4))
    if chance(rng, 0.4):
        inner = (int(x0 - gap + 4), int(y0 - gap + 4)), (int(x1 + gap - 4), int(y1 + gap - 4))
        cv2.rectangle(sheet.pixels, *inner, sheet.tint, 1)


def _ornament_row(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A row of small ornaments along the head, sometimes along the foot too."""
    side = count(sheet.rng, 8, 26)
    ink = line_drawing(sheet.rng, side, side, "rosette")
    tint = colour(sheet.rng, 60, 190)
    for x in range(int(x0), int(x1) - side, side + 2):
        lay(sheet.pixels, x, int(max(1, y0 - side - 6)), ink, tint)
        if y1 + 6 + side < sheet.height:
            lay(sheet.pixels, x, int(y1 + 6), ink, tint)


def _columns(sheet: Sheet, x0: float, y0: float, x1: float, y1: float, *, with_figures: bool) -> None:
    """One to three columns, or bands of vertical text, sometimes with a wide figure across."""
    rng = sheet.rng
    number, gap = pick(rng, 1, 1, 2, 2, 2, 3), count(rng, 12, 34)
    share = between(rng, 0.15, 0.6) if with_figures else 0.0
    if with_figures and chance(rng, 0.3):
        high, space = (y1 - y0) * between(rng, 0.2, 0.55), count(rng, 8, 26)
        if chance(rng, 0.5):
            figures(sheet, x0, y0, x1, y0 + high)
            y0 += high + space
        else:
            figures(sheet, x0, y1 - high, x1, y1)
            y1 -= high + space
    if sheet.vertical:
        high = (y1 - y0 - gap * (number - 1)) / number
        for row in range(number):
            _blocks(sheet, x0, y0 + row * (high + gap), x1, y0 + row * (high + gap) + high, share)
        return
    wide = (x1 - x0 - gap * (number - 1)) / number
    for column in range(number):
        x = x0 + column * (wide + gap)
        _blocks(sheet, x, y0, x + wide, y1, share)
        if column and chance(rng, 0.12):
            ends = (int(x - gap / 2), int(y0)), (int(x - gap / 2), int(y1))
            cv2.line(sheet.pixels, *ends, (90, 90, 90), 1)


def _next_block(sheet: Sheet, left: float, share: float, width: float, height: float) -> tuple[str, float]:
    """What comes next in a column with `left` pixels of room, and how long it is."""
    rng, size, upright = sheet.rng, sheet.size, sheet.vertical
    dice = rng.random()
    if dice < share and left > 70:
        extent = width if upright else min(height, width * 1.5)
        length = min(left, between(rng, 0.18, 0.75) * extent)
        return "figures", left if left - length < 40 else length
    if dice < share + 0.06 and left > 60 and not upright:
        return "table", min(left, between(rng, 60, 260))
    if dice < share + 0.09 and left > 40:
        return "band", min(left, size * between(rng, 1.8, 6))
    if dice < share + 0.17:
        return "heading", min(left, size * between(rng, 2, 4))
    if dice < share + 0.20:
        return "space", between(rng, 10, 90)
    if dice < share + 0.25 and not upright and left > 60:
        kind = pick(rng, "box", "formula", "advertisement")
        return kind, min(left, size * 4.5 if kind == "formula" else between(rng, 40, 240))
    return "text", min(left, between(rng, 2, 16) * (size + sheet.lead))


def _blocks(sheet: Sheet, x0: float, y0: float, x1: float, y1: float, share: float) -> None:
    """Fill a column from the top down, or a band of vertical text from right to left."""
    rng, upright = sheet.rng, sheet.vertical
    room, at = (x1 - x0 if upright else y1 - y0), 0.0
    while room - at > sheet.size * 2:
        kind, length = _next_block(sheet, room - at, share, x1 - x0, y1 - y0)
        box = (x1 - at - length, y0, x1 - at, y1) if upright else (x0, y0 + at, x1, y0 + at + length)
        at += length
        if kind == "figures":
            figures(sheet, *box)
            at += between(rng, 4, 26)
        elif kind == "table":
            if chance(rng, 0.6):
                sheet.caption(box[0], box[1], box[2], box[1] + sheet.small * 1.3, 1)
            table(sheet, box[0], box[1] + sheet.small * 1.6, box[2], box[3])
            at += between(rng, 6, 26)
        elif kind == "band":
            band(sheet, *box)
            at += between(rng, 4, 16)
        elif kind == "heading":
            size = sheet.heading(*box)
            if chance(rng, 0.15) and not upright:
                y, right = int(box[1] + size + 5), int(box[2] if chance(rng, 0.6) else box[0] + 60)
                cv2.line(sheet.pixels, (int(box[0]), y), (right, y), (80, 80, 80), count(rng, 1, 3))
        elif kind == "box":
            boxed_text(sheet, *box)
            at += between(rng, 6, 20)
        elif kind == "advertisement":
            advertisement(sheet, *box)
            at += between(rng, 6, 20)
        elif kind == "formula":
            formula(sheet, box[0], box[1], box[2])
        elif kind == "text":
            used = sheet.text(*box)
            if used and not upright and chance(rng, 0.06):
                _bullets(sheet, used)
            at += sheet.lead * between(rng, 0.8, 1.6)


def _bullets(sheet: Sheet, used: tuple[float, float, float, float]) -> None:
    """Dots before some lines of a text."""
    radius, step = max(2, sheet.size // 2), (sheet.size + sheet.lead) * count(sheet.rng, 1, 4)
    tint = colour(sheet.rng, 0, 230)
    x = max(2, int(used[0]) - sheet.size)
    for y in range(int(used[1]), int(used[3]) - sheet.size, step):
        cv2.circle(sheet.pixels, (x, y + sheet.size // 2), radius, tint, -1, cv2.LINE_AA)


def _cells(sheet: Sheet, x0: float, y0: float, x1: float, y1: float, depth: int | None = None) -> None:
    """The sheet cut into cells, each with figures, text, a table or a band."""
    rng = sheet.rng
    depth = count(rng, 2, 4) if depth is None else depth
    width, height = x1 - x0, y1 - y0
    if depth and max(width, height) > 160 and chance(rng, 0.85):
        share, half = between(rng, 0.3, 0.7), count(rng, 6, 26) / 2
        if width > height * between(rng, 0.6, 1.3):
            cut = x0 + width * share
            _cells(sheet, x0, y0, cut - half, y1, depth - 1)
            _cells(sheet, cut + half, y0, x1, y1, depth - 1)
        else:
            cut = y0 + height * share
            _cells(sheet, x0, y0, x1, cut - half, depth - 1)
            _cells(sheet, x0, cut + half, x1, y1, depth - 1)
        return
    dice = rng.random()
    if dice < 0.55:
        figures(sheet, x0, y0, x1, y1)
    elif dice < 0.88:
        sheet.text(x0, y0, x1, y1, lines=count(rng, 2, 30))
    elif dice < 0.93:
        table(sheet, x0, y0, x1, y1)
    elif dice < 0.96:
        advertisement(sheet, x0, y0, x1, y1)
    elif height < 120:
        band(sheet, x0, y0, x1, y1)


def _plate(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """One large figure with a caption below or beside it."""
    rng, start = sheet.rng, len(sheet.items)
    width = (x1 - x0) * (between(rng, 0.6, 1) if chance(rng, 0.5) else 1)
    height = (y1 - y0) * between(rng, 0.45, 0.92)
    x, y = (
        x0 + (x1 - x0 - width) * pick(rng, 0, 0.5, 0.5, 1),
        y0 + (y1 - y0 - height) * pick(rng, 0, 0.3, 0.5),
    )
    sheet.figure_kind, sheet.source = pick(rng, *_PLATES), None
    sheet.figure(x, y, x + width, y + height)
    gap, size = count(rng, 6, 26), sheet.small
    if sheet.vertical and chance(rng, 0.7):
        left = pick(rng, x - gap - 2 * size, x + width + gap)
        sheet.caption(left, y + height * between(rng, 0, 0.5), left + 2 * size, y + height, vertical=True)
    elif chance(rng, 0.85):
        foot = min(sheet.height, y + height + gap + size * 4)
        sheet.caption(x, y + height + gap, x + width, foot, count(rng, 1, 3))
    sheet.group_since(start)


def _grid(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A page of figures, with some text above or below."""
    rng = sheet.rng
    share = pick(rng, 0, 0, between(rng, 0.2, 0.5))
    if share and chance(rng, 0.5):
        sheet.text(x0, y1 - (y1 - y0) * share, x1, y1, lines=count(rng, 2, 25))
        y1 -= (y1 - y0) * share + count(rng, 8, 20)
    elif share:
        sheet.text(x0, y0, x1, y0 + (y1 - y0) * share - 12, lines=count(rng, 1, 25))
        y0 += (y1 - y0) * share
    (figures if chance(rng, 0.4) else plate_grid)(sheet, x0, y0, x1, y1)


def _bleed(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A picture cut at the edges of the sheet, on all of it or on a part."""
    rng, width, height = sheet.rng, sheet.width, sheet.height
    sheet.source = None
    side, share = (
        pick(rng, "all", "all", "all", "top", "top", "bottom", "left", "right"),
        between(rng, 0.35, 0.75),
    )
    if side == "all":
        sheet.picture(0, 0, width, height)
        if chance(rng, 0.3):
            sheet.text(x0, y1 - sheet.size * 2, x1, y1, tint=(250, 250, 250), lines=1, vertical=False)
        return
    top, foot = (y0 if chance(rng, 0.5) else 0), (height if chance(rng, 0.5) else y1)
    if side == "top":
        sheet.picture(0, 0, width, height * share)
        y0 = height * share + 14
    elif side == "bottom":
        sheet.picture(0, height * (1 - share), width, height)
        y1 = height * (1 - share) - 14
    elif side == "left":
        sheet.picture(0, top, width * share, foot)
        x0 = width * share + 14
    else:
        sheet.picture(width * (1 - share), top, width, foot)
        x1 = width * (1 - share) - 14
    sheet.group_rest()
    _blocks(sheet, x0, y0, x1, y1, between(rng, 0, 0.3))


def _entries(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A catalogue: headings with pictures and paragraphs side by side."""
    rng = sheet.rng
    number = count(rng, 1, 5)
    step = (y1 - y0) / number
    flipped, share = chance(rng, 0.4), between(rng, 0.2, 0.68)
    for index in range(number):
        top, bottom = y0 + index * step, y0 + (index + 1) * step - count(rng, 8, 24)
        cut = x0 + (x1 - x0) * share
        shown, told = ((cut + 8, x1), (x0, cut - 8)) if flipped else ((x0, cut - 8), (cut + 8, x1))
        if chance(rng, 0.7):
            size = int(sheet.size * between(rng, 1.1, 1.6))
            sheet.text(
                x0,
                top,
                x1,
                top + size + 1,
                size=size,
                face=pick(rng, *BOLD),
                vertical=False,
                lines=1,
                last=count(rng, 3, 9),
                indent=False,
            )
            top += size + count(rng, 5, 16)
        figures(sheet, shown[0], top, shown[1], bottom)
        if chance(rng, 0.3):
            high = (bottom - top) * between(rng, 0.3, 0.6)
            figures(sheet, told[0], top, told[1], top + high)
            top += high + 10
        sheet.text(told[0], top, told[1], bottom, lines=count(rng, 3, 24), vertical=False)


def _cover(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A cover, title page or empty page: large type, a title slip, small ornaments, no figure."""
    rng, width, height = sheet.rng, sheet.width, sheet.height
    if chance(rng, 0.6):
        sheet.pixels[:] = np.array(colour(rng, 10, 240), np.uint8)
        if chance(rng, 0.4):
            grain = 0.8 + 0.3 * noise(rng, height, width, pick(rng, 4, 90))
            sheet.pixels[:] = np.clip(sheet.pixels * grain[..., None], 0, 255).astype(np.uint8)
    tint = (245, 240, 230) if sheet.pixels.mean() < 120 else (20, 20, 25)
    upright = chance(rng, 0.5)
    size = int(min(width, height) * between(rng, 0.04, 0.1))
    if chance(rng, 0.4):
        x, y, wide, high = x0, height * between(rng, 0.15, 0.4), x1 - x0, size * 2.5
        if upright:
            x, y, wide, high = x0, y0, size * 2.2, height * 0.5
        title_slip(sheet, x, y, x + wide, y + high, size, vertical=upright)
    elif chance(rng, 0.85):
        y = height * between(rng, 0.12, 0.4)
        sheet.text(
            x0,
            y,
            x1,
            y + (height * 0.5 if upright else size * 1.2),
            size=size,
            face=pick(rng, 0, 2, 4, 7),
            vertical=upright,
            tint=tint,
            lead=size // 3,
            lines=count(rng, 1, 2),
            centred=True,
            indent=False,
            last=count(rng, 2, 7),
        )
    for _ in range(count(rng, 0, 4)):
        y = height * between(rng, 0.4, 0.9)
        left = width * between(rng, 0.2, 0.5)
        sheet.text(
            left,
            y,
            x1,
            y + sheet.size + 2,
            vertical=False,
            tint=tint,
            lines=1,
            last=count(rng, 3, 12),
            indent=False,
        )
    for _ in range(count(rng, 0, 3)):
        x, y = width * between(rng, 0.1, 0.8), height * between(rng, 0.3, 0.88)
        ornament(sheet, x, y, width * between(rng, 0.04, 0.12))
