"""Layouts of a whole sheet: columns, cells, plates, grids, bleeds, catalogue entries, tables, covers."""

from __future__ import annotations

from extractors.fitting.finder.arrangements import figures, plate_grid
from extractors.fitting.finder.columns import blocks, columns
from extractors.fitting.finder.dice import Rng, between, chance, count, pick
from extractors.fitting.finder.furniture import cover, furniture
from extractors.fitting.finder.glyphs import BOLD
from extractors.fitting.finder.nonfigures import advertisement, band, ghost, punch_holes, table
from extractors.fitting.finder.sheet import FigureKind, Sheet

LAYOUTS = (
    *("columns",) * 5,
    *("cells",) * 2,
    *("plate",) * 3,
    *("grid",) * 3,
    *("text",) * 2,
    *("bleed",) * 2,
    *("entries",) * 3,
    "table",
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
        cover(sheet, x0, y0, x1, y1)
    else:
        furniture(sheet, x0, y0, x1, y1)
        if layout in ("columns", "text"):
            columns(sheet, x0, y0, x1, y1, with_figures=layout == "columns")
        else:
            drawn = {"cells": _cells, "plate": _plate, "grid": _grid, "bleed": _bleed}
            drawn |= {"entries": _entries, "table": _table}
            drawn[layout](sheet, x0, y0, x1, y1)
    if chance(rng, HOLES):
        punch_holes(sheet)
    sheet.group_rest()
    return sheet


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
    blocks(sheet, x0, y0, x1, y1, between(rng, 0, 0.3))


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


def _table(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A large table with its caption, and text below."""
    rng, line = sheet.rng, int(sheet.small * 1.6)
    foot = y0 + (y1 - y0) * between(rng, 0.35, 1)
    sheet.caption(x0, y0, x1, y0 + line, 1)
    table(sheet, x0, y0 + line, x1, foot)
    if y1 - foot > 3 * line:
        sheet.text(x0, foot + line, x1, y1)
