"""What stands around the text of a sheet: running heads, page numbers, frames, ornaments; and covers."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.fitting.finder.dice import between, chance, colour, count, lay, noise, pick
from extractors.fitting.finder.line_art import line_drawing
from extractors.fitting.finder.nonfigures import band, ornament, title_slip
from extractors.fitting.finder.sheet import Sheet


def furniture(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
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
        side = between(rng, 0.03, 0.15) * sheet.width
        anywhere = (between(rng, x0, x1 - side), between(rng, y0, y1 - side))
        places = ((x0 * 0.2, y0 * 0.2), (x1, y0 * 0.1), (x1 - side, y1 + 4), (x0, y1 + 3), anywhere)
        ornament(sheet, *pick(rng, *places), side)
    if chance(rng, 0.05):
        _large_letter(sheet, x0, y0, x1, y1)
    if chance(rng, 0.06):
        _ornament_row(sheet, x0, y0, x1, y1)


def _large_letter(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """One or two very large characters or a large seal, which are no figures."""
    rng, side = sheet.rng, int(between(sheet.rng, 0.06, 0.2) * sheet.width)
    x, y = between(rng, x0, max(x0 + 1, x1 - side)), between(rng, y0, max(y0 + 1, y1 - side))
    if chance(rng, 0.4):
        ornament(sheet, x, y, side, "seal")
        return
    sheet.text(x, y, x + 2 * side, y + 2 * side, size=side, lines=1, last=count(rng, 1, 2), indent=False)


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


def cover(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
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
