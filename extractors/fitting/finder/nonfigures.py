"""What a sheet carries that is no figure: tables, bands, formulas, seals, codes, holes, advertisements."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.fitting.finder.dice import Ink, between, chance, colour, count, lay, noise, pick
from extractors.fitting.finder.glyphs import BOLD, latin_ink, text_ink, word_ink
from extractors.fitting.finder.line_art import line_drawing
from extractors.fitting.finder.pictures import picture_of
from extractors.fitting.finder.shapes import blob
from extractors.fitting.finder.sheet import Sheet

ORNAMENTS = ("seal", "seal", "seal", "rosette", "logo", "code", "code", "bars", "bars", "curl", "stamp")


def table(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A table of words, numbers or small pictures, ruled or tinted."""
    rng, size = sheet.rng, sheet.small
    rows, columns = max(2, int((y1 - y0) // (size * between(rng, 1.6, 3.5)))), count(rng, 2, 7)
    style = pick(rng, "three", "grid", "grid", "rows", "tint", "pictures")
    if style == "pictures":
        rows = max(2, min(rows, int((y1 - y0) // 50)))
    line_cells = chance(rng, 0.5)
    left, top, right, bottom = int(x0), int(y0), int(x1), int(y1)
    xs = np.round(np.linspace(left, right, columns + 1)).astype(int)
    ys = np.round(np.linspace(top, bottom, rows + 1)).astype(int)
    if style == "tint":
        tint = np.array(pick(rng, (220, 226, 235), (232, 232, 228), (240, 228, 214)), np.uint8)
        for row in range(0, rows, 2):
            sheet.pixels[ys[row] : ys[row + 1], left:right] = tint
    for row in range(rows):
        for column in range(columns):
            cell = int(xs[column]), int(ys[row]), int(xs[column + 1]), int(ys[row + 1])
            if style == "pictures" and column and chance(rng, 0.6):
                _cell_picture(sheet, cell, line_cells)
                continue
            length = min(count(rng, 1, 6), (cell[2] - cell[0] - 6) // size)
            if length > 0:
                y = (cell[1] + cell[3] - size) // 2
                lay(sheet.pixels, cell[0] + 4, y, word_ink(rng, sheet.face, size, length), sheet.tint)
    weight = count(rng, 1, 2)
    for row, y in enumerate(ys):
        if style in ("grid", "rows", "pictures") or row in (0, 1, rows):
            pen = weight if row in (0, rows) else 1
            cv2.line(sheet.pixels, (left, int(y)), (right, int(y)), (30, 30, 30), pen)
    if style in ("grid", "pictures"):
        for x in xs:
            cv2.line(sheet.pixels, (int(x), top), (int(x), bottom), (30, 30, 30), 1)
    sheet.add("table", x0, y0, x1, y1)


def _cell_picture(sheet: Sheet, cell: tuple[int, int, int, int], as_lines: bool) -> None:
    x0, y0, x1, y1 = cell
    width, height = x1 - x0 - 10, y1 - y0 - 8
    if as_lines and min(width, height) > 30:
        kind = pick(sheet.rng, "rosette", "motif", "vessel", "scene")
        lay(sheet.pixels, x0 + 5, y0 + 4, line_drawing(sheet.rng, height, width, kind), sheet.tint)
    elif min(width, height) > 14:
        picture = picture_of(sheet.rng, height, width, grey=sheet.grey)
        sheet.pixels[y0 + 4 : y0 + 4 + height, x0 + 5 : x0 + 5 + width] = picture


def ornament(sheet: Sheet, x: float, y: float, size: float, kind: str | None = None) -> None:
    """A seal, stamp, logo, code or flourish of `size` pixels."""
    rng, left, top, side = sheet.rng, int(x), int(y), max(8, int(size))
    kind = kind or pick(rng, *ORNAMENTS)
    tint = colour(rng, 0, 170)
    if kind == "seal":
        red = count(rng, 150, 215), count(rng, 20, 60), count(rng, 20, 60)
        lay(sheet.pixels, left, top, _seal(sheet, side), red if chance(rng, 0.85) else tint)
    elif kind == "stamp":
        strength = between(rng, 0.4, 0.95)
        lay(sheet.pixels, left, top, (_stamp(sheet, side) * strength).astype(np.uint8), colour(rng, 20, 190))
    elif kind == "rosette":
        lay(sheet.pixels, left, top, line_drawing(rng, side, side, "rosette"), tint)
    elif kind == "curl":
        shape = pick(rng, "motif", "scene")
        lay(sheet.pixels, left, top, line_drawing(rng, side // 2 + 4, side * 2, shape), tint)
    elif kind == "logo":
        centre = left + side // 2, top + side // 2
        cv2.circle(sheet.pixels, centre, side // 2, tint, -1, cv2.LINE_AA)
        inner = blob(rng, 4, 0.6) * side * 0.3 + [left + side / 2, top + side / 2]
        cv2.fillPoly(sheet.pixels, [np.round(inner).astype(np.int32)], (255, 255, 255), cv2.LINE_AA)
    elif kind == "code":
        cells = _code(sheet)
        lay(sheet.pixels, left, top, _enlarged(cells, side, side))
    else:
        bars = (rng.random(60) < 0.5).astype(np.uint8)[None] * 255
        lay(sheet.pixels, left, top, _enlarged(bars, max(4, side // 2), int(side * between(rng, 1.2, 2))))
        if chance(rng, 0.6):
            digits = word_ink(rng, 0, max(6, side // 8), 8)
            lay(sheet.pixels, left + side // 8, top + side // 2 + 2, digits)
    sheet.add("decor", x, y, x + side, y + side)


def _enlarged(cells: Ink, height: int, width: int) -> Ink:
    return np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def _code(sheet: Sheet) -> Ink:
    """The cells of a QR code, with its three finder marks."""
    side = pick(sheet.rng, 21, 25, 29, 33)
    cells = (sheet.rng.random((side, side)) < 0.5).astype(np.uint8) * 255
    for row, column in ((0, 0), (0, side - 7), (side - 7, 0)):
        for depth, ink in ((0, 255), (1, 0), (2, 255)):
            cells[row + depth : row + 7 - depth, column + depth : column + 7 - depth] = ink
    return cells


def _seal(sheet: Sheet, side: int) -> Ink:
    """A square seal of one or four characters, dark or light."""
    rng = sheet.rng
    number = count(rng, 1, 2)
    dark = chance(rng, 0.5)
    ink = np.full((side, side), 255 if dark else 0, np.uint8)
    size = max(4, side // number - 2)
    glyphs = text_ink(rng, pick(rng, 0, 2, 4), size, 2, number, number, last=number)[:side, :side]
    edge = (side - glyphs.shape[0]) // 2
    part = ink[edge : edge + glyphs.shape[0], edge : edge + glyphs.shape[1]]
    glyphs = glyphs[: part.shape[0], : part.shape[1]]
    if dark:
        part -= glyphs
    else:
        part[:] = glyphs
        cv2.rectangle(ink, (0, 0), (side - 1, side - 1), 255, max(1, side // 20))
    return ink


def _stamp(sheet: Sheet, side: int) -> Ink:
    """A library's round or oval stamp: rings with words between them."""
    rng = sheet.rng
    ink = np.zeros((side, side), np.uint8)
    centre, flat = (side // 2, side // 2), between(rng, 0.6, 1)
    for reach in (0.48, 0.44, 0.26):
        axes = max(1, int(side * reach)), max(1, int(side * reach * flat))
        cv2.ellipse(ink, centre, axes, 0, 0, 360, 255, max(1, side // 50), cv2.LINE_AA)
    size = max(6, int(side * 0.11))
    word = word_ink(rng, 0, size, 4)
    y, x = (side - size) // 2, max(0, (side - word.shape[1]) // 2)
    ink[y : y + size, x : x + word.shape[1]] |= word[:, : side - x]
    for angle in np.linspace(0, 2 * np.pi, 10, endpoint=False):
        glyph = word_ink(rng, 0, size, 1)
        gx = int(centre[0] + np.cos(angle) * side * 0.35 - size / 2)
        gy = int(centre[1] + np.sin(angle) * side * 0.35 * flat - size / 2)
        part = ink[gy : gy + size, gx : gx + size]
        part |= glyph[: part.shape[0], : part.shape[1]]
    return ink


def band(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A coloured band or tinted panel with text on it."""
    rng = sheet.rng
    dark = chance(rng, 0.5)
    ground = colour(rng, 20, 140) if dark else colour(rng, 205, 248)
    left, top, right, bottom = (int(max(0, v)) for v in (x0, y0, x1, y1))
    if right - left < 10 or bottom - top < 8:
        return
    if chance(rng, 0.25):
        fade = np.linspace(0, 1, right - left, dtype=np.float32)[None, :, None]
        part = sheet.pixels[top:bottom, left:right]
        part[:] = (np.array(ground) * (1 - fade) + 255 * fade).astype(np.uint8)[:, : part.shape[1]]
    else:
        sheet.pixels[top:bottom, left:right] = np.array(ground, np.uint8)
    edge = max(3, int(sheet.size * 0.5))
    tint = (250, 250, 250) if dark else sheet.tint
    upright = sheet.vertical and bottom - top > 100
    sheet.text(left + edge, top + edge // 2, right - edge, bottom - 2, tint=tint, vertical=upright)
    sheet.add("decor", left, top, right, bottom)


def boxed_text(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """Text in a ruled box."""
    if x1 - x0 > 60 and y1 - y0 > sheet.size * 2:
        edge = count(sheet.rng, 4, 14)
        corners = (int(x0), int(y0)), (int(x1), int(y1))
        cv2.rectangle(sheet.pixels, *corners, (50, 50, 50), count(sheet.rng, 1, 3))
        sheet.text(x0 + edge, y0 + edge, x1 - edge, y1 - edge)


def formula(sheet: Sheet, x0: float, y0: float, x1: float) -> None:
    """A displayed formula: letters, a fraction, a large sign."""
    rng, size = sheet.rng, sheet.size
    width = int((x1 - x0) * between(rng, 0.2, 0.7))
    x, y = int((x0 + x1 - width) / 2), int(y0 + size)
    if width < 30:
        return
    lay(sheet.pixels, x, y, latin_ink(rng, size, 2, 1, width), sheet.tint)
    if chance(rng, 0.6):
        under, bar = x + width // 3, int(y + size * 1.35)
        lay(
            sheet.pixels,
            under,
            int(y + size * 1.5),
            latin_ink(rng, size, 2, 1, max(20, width // 4)),
            sheet.tint,
        )
        cv2.line(sheet.pixels, (under, bar), (under + width // 4, bar), sheet.tint, 1)
    if chance(rng, 0.4):
        sign = word_ink(rng, 0, int(size * between(rng, 1.5, 3)), 1)
        lay(sheet.pixels, x - sign.shape[1], y - size // 2, sign, sheet.tint)
    sheet.add("text", x, y, x + width, y + 3 * size)


def advertisement(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    """A framed advertisement: large type, small type, a code; a picture in it counts neither way."""
    rng = sheet.rng
    left, top, right, bottom = int(x0), int(y0), int(x1), int(y1)
    if right - left < 90 or bottom - top < 90:
        return boxed_text(sheet, x0, y0, x1, y1)
    if chance(rng, 0.6):
        sheet.pixels[top:bottom, left:right] = np.array(colour(rng, 190, 255), np.uint8)
    cv2.rectangle(sheet.pixels, (left, top), (right - 1, bottom - 1), colour(rng, 0, 150), count(rng, 1, 4))
    edge, size = 8, int(sheet.size * between(rng, 1.5, 2.6))
    sheet.text(
        left + edge,
        top + edge,
        right - edge,
        top + edge + size + 2,
        size=size,
        face=pick(rng, *BOLD),
        lines=1,
        vertical=False,
    )
    y = top + edge + size + 6
    if chance(rng, 0.5) and bottom - y > 90:
        width, high = (right - left) // 2 - 2 * edge, bottom - y - edge
        picture = picture_of(rng, high, width, grey=sheet.grey)
        sheet.pixels[y : y + high, left + edge : left + edge + width] = picture
        sheet.add("ignore", left + edge, y, left + edge + width, y + high)
        sheet.text(left + 2 * edge + width, y, right - edge, bottom - edge, vertical=False)
    else:
        sheet.text(left + edge, y, right - edge, bottom - edge - 4, vertical=False)
        if chance(rng, 0.5):
            side = min(60, (bottom - y) // 2)
            ornament(sheet, right - edge - side, bottom - edge - side, side, pick(rng, "code", "logo"))
    return None


def title_slip(
    sheet: Sheet, x0: float, y0: float, x1: float, y1: float, size: int, *, vertical: bool
) -> None:
    """A pasted slip with the book's title in a ruled frame."""
    rng = sheet.rng
    corners = (int(x0), int(y0)), (int(x1), int(y1))
    cv2.rectangle(sheet.pixels, *corners, colour(rng, 170, 255), -1)
    inner = (int(x0 + 3), int(y0 + 3)), (int(x1 - 3), int(y1 - 3))
    cv2.rectangle(sheet.pixels, *inner, (40, 40, 40), count(rng, 1, 2))
    sheet.text(
        x0 + size * 0.5,
        y0 + size * 0.5,
        x1 - size * 0.4,
        y1 - size * 0.3,
        size=size,
        face=pick(rng, 0, 2, 7),
        vertical=vertical,
        tint=(20, 20, 25),
        lead=size // 3,
        lines=1,
        indent=False,
    )


def punch_holes(sheet: Sheet) -> None:
    """Two to four holes along one edge, dark or light, with a rim."""
    rng = sheet.rng
    radius = max(3, int(sheet.width * between(rng, 0.008, 0.018)))
    x = pick(rng, int(sheet.width * 0.035), int(sheet.width * 0.965))
    number = count(rng, 2, 4)
    dark = chance(rng, 0.7)
    for index in range(number):
        centre = x, int(sheet.height * (index + 1) / (number + 1))
        cv2.circle(sheet.pixels, centre, radius, (15, 15, 15) if dark else (235, 235, 235), -1, cv2.LINE_AA)
        cv2.circle(sheet.pixels, centre, radius + 1, (120, 120, 120), 1, cv2.LINE_AA)


def ghost(sheet: Sheet) -> None:
    """A picture of the leaf's other side showing through the paper; no figure."""
    rng = sheet.rng
    height, width = (int(side * between(rng, 0.15, 0.6)) for side in (sheet.height, sheet.width))
    y, x = count(rng, 0, sheet.height - height), count(rng, 0, sheet.width - width)
    shown = picture_of(rng, height, width, grey=True).mean(axis=2)
    if chance(rng, 0.3):
        shown = 255 - line_drawing(rng, height, width).astype(np.float32)
    soft = cv2.GaussianBlur(np.asarray(shown, np.float32), (0, 0), between(rng, 1, 4))
    strength = between(rng, 0.04, 0.22) * (1 - soft / 255)
    if chance(rng, 0.3):
        strength *= noise(rng, height, width, 3)
    part = sheet.pixels[y : y + height, x : x + width]
    part[:] = np.clip(part * (1 - strength[..., None]), 0, 255).astype(np.uint8)
