"""A page of type in two tones is read before it is called a plate."""

from __future__ import annotations

import io
from pathlib import Path

import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFont

import extractors.page
from extractors.ocr.base import OcrLine
from extractors.page import PageJob, read_page
from tests.extractors.made import PROSE, QUIET

WIDE, HIGH = 1240, 1754


class Reader:
    """An OCR engine that reads nothing and says how often it was asked."""

    name = "reader"
    digest = "0"

    def __init__(self) -> None:
        self.covered: list[int] = []

    def read(self, _shown: object, pictures: object = (), _lean: float = 0.0) -> list[OcrLine]:
        self.covered.append(len(list(pictures)))  # type: ignore[call-overload]
        return []


def solid_type(path: Path, mode: str) -> Path:
    """Bold type to the edges of the page, as one bit a pixel or as grey."""
    font = ImageFont.truetype(io.BytesIO(pymupdf.Font("cjk").buffer), 34)
    image = Image.new("L", (WIDE, HIGH), 255)
    draw = ImageDraw.Draw(image)
    for row in range(46):
        draw.text((6, 4 + 38 * row), (PROSE * 3)[row:][:37], font=font, fill=0, stroke_width=3)
    draw.rectangle((0, 0, WIDE - 1, HIGH - 1), outline=0, width=20)
    data = io.BytesIO()
    image.convert(mode).save(data, "TIFF", compression="group4" if mode == "1" else "tiff_deflate")
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_image(page.rect, stream=data.getvalue())
    document.save(path)
    return path


def test_type_set_solid_in_one_bit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    monkeypatch.setattr(extractors.page, "_engine", lambda *_: reader)
    content = read_page(PageJob(solid_type(tmp_path / "page.pdf", "1"), 1, QUIET))
    assert reader.covered[:1] == [0]  # nothing was covered up as a picture
    assert content.text_source == "ocr"
