"""Blocks of text as ink: Chinese in several faces made from PyMuPDF's own font, and Latin in its base fonts.

The text means nothing; on a page of network size a character is six to twenty pixels high.
"""

from __future__ import annotations

import functools
import io

import cv2
import numpy as np
import pymupdf
from PIL import Image, ImageDraw, ImageFont

from extractors.fitting.finder.dice import Ink, Rng, chance, count, pick

CELL = 40
"""Side of a stored character, pixels."""
FACES = ("plain", "plain", "bold", "light", "serif", "serif", "serif-bold", "brush")
"""Faces made from the one Chinese font: strokes fattened, thinned, with thin horizontals, or wavering."""
BOLD = (2, 6)
"""Indices of the faces for headings."""
PLAIN = 0
LATIN_FONTS = ("tiro", "tiit", "helv", "tibo")
_CHARACTERS = 420
_PUNCTUATION = "，。、；：，。、《》（）“”一二三四五六七八九十年月日1234567890"
_LETTERS = "etaoinshrdlucmwfgypbvk"
_STRIP = 3200
"""Width of a stored line of Latin, pixels."""


def _characters(rng: Rng) -> list[str]:
    pairs = (
        bytes([int(rng.integers(0xB0, 0xD7)), int(rng.integers(0xA1, 0xFE))]) for _ in range(_CHARACTERS)
    )
    return [c for c in (pair.decode("gb2312", "ignore") for pair in pairs) if c] + list(_PUNCTUATION)


def _faced(cells: Ink, face: str, rng: Rng) -> Ink:
    """The characters in another face."""
    shapes = {"bold": (2, 2), "light": (2, 2), "serif": (1, 3), "serif-bold": (1, 3)}
    if face in shapes:
        kernel = np.ones(shapes[face][::-1], np.uint8)
        step = cv2.dilate if face == "bold" else cv2.erode
        cells = np.stack([step(cell, kernel) for cell in cells])
    if face in ("serif-bold", "light"):
        wide = np.ones((1, 2), np.uint8)
        step = cv2.dilate if face == "serif-bold" else cv2.erode
        cells = np.stack([step(cell, wide) for cell in cells])
    if face == "brush":
        y, x = np.mgrid[:CELL, :CELL].astype(np.float32)
        for index, cell in enumerate(cells):
            turn = rng.uniform(0, 6.3, 4)
            dx = 1.2 * np.sin(y / 6 + turn[0]) + 0.8 * np.sin(x / 5 + turn[1]) + 0.08 * (y - CELL / 2)
            dy = 1.2 * np.sin(x / 7 + turn[2]) - 0.12 * (x - CELL / 2)
            warped = cv2.remap(cell, (x + dx).astype(np.float32), (y + dy).astype(np.float32), 1)
            cells[index] = warped
    return cells


@functools.cache
def _cells(face: int) -> Ink:
    """Ink of some 460 characters (N, CELL, CELL); the last one is blank."""
    rng = np.random.default_rng(5)
    font = ImageFont.truetype(io.BytesIO(pymupdf.Font("china-s").buffer), 37)
    characters = _characters(rng)
    out = np.zeros((len(characters) + 1, CELL, CELL), np.uint8)
    for index, character in enumerate(characters):
        image = Image.new("L", (CELL, CELL), 0)
        baseline = 37 if character.isascii() else 34
        ImageDraw.Draw(image).text((1, baseline), character, 255, font=font, anchor="ls")
        out[index] = np.asarray(image)
    return _faced(out, FACES[face], rng)


@functools.lru_cache(maxsize=400)
def _sized(face: int, size: int) -> Ink:
    """The characters of a face at `size` pixels: (N, size, size)."""
    cells = _cells(face)
    number = len(cells)
    row = cells.transpose(1, 0, 2).reshape(CELL, number * CELL)
    how = cv2.INTER_AREA if size < CELL else cv2.INTER_LINEAR
    row = cv2.resize(row, (number * size, size), interpolation=how)
    return np.ascontiguousarray(row.reshape(size, number, size).transpose(1, 0, 2))


@functools.cache
def _latin_strips(font: int) -> Ink:
    """Ten long lines of Latin-looking words, (10, CELL, _STRIP)."""
    rng = np.random.default_rng(6 + font)
    face = ImageFont.truetype(io.BytesIO(pymupdf.Font(LATIN_FONTS[font]).buffer), 30)
    strips = []
    for _ in range(10):
        words = []
        for _ in range(180):
            word = "".join(pick(rng, *_LETTERS) for _ in range(count(rng, 1, 9)))
            word = str(count(rng, 1, 1999)) if chance(rng, 0.08) else word
            word = word.capitalize() if chance(rng, 0.15) else word
            words.append(word + pick(rng, " ", " ", " ", ", ", ". "))
        image = Image.new("L", (_STRIP, CELL), 0)
        ImageDraw.Draw(image).text((0, 31), "".join(words), 255, font=face, anchor="ls")
        strips.append(np.asarray(image))
    return np.stack(strips)


def text_ink(
    rng: Rng,
    face: int,
    size: int,
    lead: int,
    lines: int,
    length: int,
    *,
    vertical: bool = False,
    indent: bool = False,
    last: int | None = None,
) -> Ink:
    """`lines` lines of `length` characters of `size` pixels, `lead` pixels apart.

    Vertical lines run from right to left. The last line has `last` characters (None: a random number);
    with `indent` paragraphs begin after two spaces.
    """
    cells = _sized(face, size)
    blank = len(cells) - 1
    index = rng.integers(0, blank, (lines, length))
    index[-1, count(rng, max(1, length // 5), length) if last is None else last :] = blank
    if indent and lines > 1:
        index[0, :2] = blank
        for _ in range(lines // 7):
            line = count(rng, 1, lines - 2)
            index[line, count(rng, length // 3, length) :] = blank
            index[line + 1, :2] = blank
    block = cells[index]
    if vertical:
        out = np.zeros((length * size, lines, size + lead), np.uint8)
        out[:, :, :size] = block[::-1].transpose(1, 2, 0, 3).reshape(length * size, lines, size)
        return out.reshape(length * size, lines * (size + lead))[:, : max(1, lines * (size + lead) - lead)]
    out = np.zeros((lines, size + lead, length * size), np.uint8)
    out[:, :size] = block.transpose(0, 2, 1, 3).reshape(lines, size, length * size)
    return out.reshape(lines * (size + lead), length * size)[: max(1, lines * (size + lead) - lead)]


def word_ink(rng: Rng, face: int, size: int, length: int) -> Ink:
    """One short word: a label, a number."""
    return text_ink(rng, face, size, 0, 1, length, last=length)


def latin_ink(rng: Rng, size: int, lead: int, lines: int, width: int) -> Ink:
    """`lines` lines of Latin words, `width` pixels wide."""
    strips = _latin_strips(count(rng, 0, len(LATIN_FONTS) - 1))
    high = max(6, int(size * 1.3))
    scale = high / CELL
    taken = min(int(width / scale), _STRIP - 100)
    out = np.zeros((lines, high + lead, int(taken * scale)), np.uint8)
    for line in range(lines):
        x = count(rng, 0, _STRIP - taken)
        part = strips[count(rng, 0, len(strips) - 1)][:, x : x + taken].copy()
        if line == lines - 1:
            part[:, count(rng, taken // 3, taken) :] = 0
        out[line, :high] = cv2.resize(part, (out.shape[2], high), interpolation=cv2.INTER_AREA)
    return out.reshape(lines * (high + lead), -1)
