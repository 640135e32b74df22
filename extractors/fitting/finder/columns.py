"""Columns of text with figures, tables and what is no figure between, or bands of vertical text."""

from __future__ import annotations

import cv2

from extractors.fitting.finder.arrangements import figures
from extractors.fitting.finder.dice import between, chance, colour, count, pick
from extractors.fitting.finder.nonfigures import advertisement, band, boxed_text, formula, table
from extractors.fitting.finder.sheet import Sheet


def columns(sheet: Sheet, x0: float, y0: float, x1: float, y1: float, *, with_figures: bool) -> None:
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
            blocks(sheet, x0, y0 + row * (high + gap), x1, y0 + row * (high + gap) + high, share)
        return
    wide = (x1 - x0 - gap * (number - 1)) / number
    for column in range(number):
        x = x0 + column * (wide + gap)
        blocks(sheet, x, y0, x + wide, y1, share)
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
    if dice < share + 0.07 and left > 60 and not upright:
        return "table", min(left, between(rng, 60, 420))
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


def blocks(sheet: Sheet, x0: float, y0: float, x1: float, y1: float, share: float) -> None:
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
