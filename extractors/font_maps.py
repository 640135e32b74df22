"""Whether a text layer says what the page shows: a font's map may name other characters than its glyphs are.

Such text is made of common characters and looks sound to any measure of text. So the printed glyphs of a few
lines are compared with the same characters in a font we know: a glyph is nearest to its own character in
another design, hardly ever to a different one.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from extractors.document import render
from extractors.geometry import Box, grow
from extractors.grammar.characters import is_han
from extractors.records import TextLine
from extractors.settings import Limits

LINES = 3
"""At most this many lines of a page are looked at, the longest of each size of type: fonts go with sizes."""
GLYPHS = 12
"""Different characters compared for a line."""
FEWEST = 4
"""A line with fewer Chinese characters says nothing."""
PIXELS = 48
"""Height at which a character is drawn, and ..."""
SIDE = 20
"""... the side of the square its ink is brought to for the comparison."""
INK = 64
"""Grey levels off the paper that count as ink."""
PLAIN_RIM = 0.8
"""This share of the rim around a character is of the ground's shade; neighbours may reach into the rest."""
OTHERS = "的一是在有中大国年生地子出文器石王金木水火土上下左右高方面白花云龙凤山人天門東車長馬風"
"""Characters that a glyph might be as well."""
KNOWN_SHARE = 0.25
"""Where fewer glyphs than this share are nearest to their own character, the map is doubtful: of printed type
nine in ten are, of written styles half, under a wrong map one in fifty."""

Glyph = NDArray[np.float32]
"""Ink of one character, SIDE x SIDE, of mean 0 and length 1, flattened."""


def doubtful_lines(page: pymupdf.Page, lines: Sequence[TextLine], limits: Limits) -> list[TextLine]:
    """Those of the longest lines of a page whose glyphs are not the characters they are said to be.

    Raises PageTooLargeError for a page over the limits.
    """
    if page.rotation:  # boxes of characters are those of the page as stored
        return []
    by_size: dict[float, TextLine] = {}
    for line in sorted(lines, key=lambda line: (-_han(line.text), line.bbox)):
        if _han(line.text) >= FEWEST and not line.vertical:  # boxes of vertical type are no glyph's
            by_size.setdefault(round(line.size), line)
    chosen = sorted(by_size.values(), key=lambda line: (-_han(line.text), line.bbox))[:LINES]
    return [line for line in chosen if _is_doubtful(page, line, limits)]


def _han(text: str) -> int:
    return sum(map(is_han, text))


def _is_doubtful(page: pymupdf.Page, line: TextLine, limits: Limits) -> bool:
    """Whether most glyphs are nearer to other characters than to their own, or show nothing at all."""
    printed: dict[str, Glyph | None] = {}
    for char, box in _characters(page, line):
        if len(printed) < GLYPHS and char not in printed and is_han(char) and _reference(char) is not None:
            shown = _shown(page, box, limits)
            if shown is not None and _is_plain(shown):  # on a picture no glyph can be told
                printed[char] = _normal(shown)
    if len(printed) < FEWEST:
        return False
    known = {char: glyph for char in (*printed, *OTHERS) if (glyph := _reference(char)) is not None}
    names, table = list(known), np.stack(list(known.values()))
    right = sum(
        names[int(np.argmax(table @ glyph))] == char for char, glyph in printed.items() if glyph is not None
    )
    return bool(right < KNOWN_SHARE * len(printed))


def _characters(page: pymupdf.Page, line: TextLine) -> list[tuple[str, Box]]:
    """The characters of a line and its neighbours with their boxes (points)."""
    clip = pymupdf.Rect(grow(line.bbox, line.size))
    return [
        (char["c"], char["bbox"])
        for block in page.get_text("rawdict", clip=clip)["blocks"]
        for part in block.get("lines", ())
        for span in part["spans"]
        for char in span["chars"]
    ]


def _shown(page: pymupdf.Page, box: Box, limits: Limits) -> NDArray[np.uint8] | None:
    """The place of one character as the page shows it, in grey."""
    side = max(box[2] - box[0], box[3] - box[1])
    clip = pymupdf.Rect(box) & page.rect
    if side <= 0 or clip.is_empty:
        return None
    return np.asarray(render(page, 72 * PIXELS / side, limits, tuple(clip)).min(axis=2))


def _is_plain(grey: NDArray[np.uint8]) -> bool:
    """Whether the ground of a character is of one shade, so that what differs from it is the character."""
    rim = _rim(grey).astype(np.float32)
    return bool((np.abs(rim - np.median(rim)) <= INK).mean() >= PLAIN_RIM)


def _rim(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


@functools.lru_cache(maxsize=8192)
def _reference(char: str) -> Glyph | None:
    """A character as our own font draws it; None where it does not."""
    font, drawn = _fonts()
    if not font.has_glyph(ord(char)):
        return None
    image = Image.new("L", (2 * PIXELS, 2 * PIXELS), 255)
    ImageDraw.Draw(image).text((PIXELS / 2, PIXELS / 2), char, font=drawn, fill=0)
    return _normal(np.asarray(image))


@functools.cache
def _fonts() -> tuple[pymupdf.Font, ImageFont.FreeTypeFont]:
    """The Chinese font that PyMuPDF carries, and the same to draw with."""
    font = pymupdf.Font("cjk")
    return font, ImageFont.truetype(io.BytesIO(font.buffer), PIXELS)


def _normal(grey: NDArray[np.uint8]) -> Glyph | None:
    """The ink of a picture of one character, dark or light, brought to one size; None where there is none."""
    ink = np.abs(grey.astype(np.float32) - np.float32(np.median(_rim(grey))))
    rows, columns = np.flatnonzero((ink > INK).any(axis=1)), np.flatnonzero((ink > INK).any(axis=0))
    if len(rows) < 2 or len(columns) < 2:
        return None
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = cv2.GaussianBlur(cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA), (5, 5), 0)
    flat = (small - small.mean()).ravel()
    length = float(np.linalg.norm(flat))
    return np.asarray(flat / length, np.float32) if length else None
