"""Pages drawn for the tests of OCR: columns on paper, at 200 dpi unless told. Boxes in pixels."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pymupdf
from PIL import Image, ImageDraw, ImageFont

from extractors.ocr.base import Image as Pixels
from extractors.ocr.base import Quad

FONT = pymupdf.Font("china-s").buffer
"""The face of all that is drawn."""


def paper(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), (246, 240, 226))


def face(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(FONT), size)


def write_across(page: Image.Image, text: str, x: int, y: int, size: int) -> None:
    """One line whose top left corner is (x, y)."""
    ImageDraw.Draw(page).text((x, y), text, font=face(size), fill=(20, 20, 20))


def write_down(page: Image.Image, text: str, x: int, y: int, size: int) -> None:
    """One column whose top left corner is (x, y), a character a cell; ideographic spaces leave it blank."""
    for row, character in enumerate(text):
        middle = (x + size // 2, y + row * size + size // 2)
        ImageDraw.Draw(page).text(middle, character, font=face(size), fill=(20, 20, 20), anchor="mm")


def paste_photo(page: Image.Image, box: tuple[int, int, int, int], seed: int = 5) -> None:
    """A dark picture without bare paper: soft blotches of many colours."""
    x0, y0, x1, y1 = box
    blotches = np.random.default_rng(seed).integers(10, 150, (9, 9, 3)).astype(np.uint8)
    soft = cv2.resize(blotches, (x1 - x0, y1 - y0), interpolation=cv2.INTER_CUBIC)
    page.paste(Image.fromarray(soft), (x0, y0))


def pixels(page: Image.Image) -> Pixels:
    shown: Pixels = np.asarray(page)
    return shown


def quad(x0: float, y0: float, x1: float, y1: float) -> Quad:
    """An upright box as four corners."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32)
