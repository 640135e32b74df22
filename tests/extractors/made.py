"""Short ways to make pages, lines, captions and small PDFs for the tests of extraction. Boxes in points."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path

import pymupdf
from PIL import Image

from extractors.geometry import Box, grow
from extractors.layout.blocks import Block
from extractors.layout.candidate import Candidate
from extractors.layout.candidates import find_candidates
from extractors.records import BookContent, PageContent, Region, RegionSource, TextLine
from extractors.settings import ExtractSettings, OcrSettings

QUIET = ExtractSettings(ocr=OcrSettings(engine="off"))
"""Settings under which no OCR engine is loaded."""
PAGE = (420.0, 595.0)
"""Width and height of a made page."""
PROSE = (
    "此处地层堆积较厚，出土遗物以陶器为主，器形规整，纹饰清晰可辨，年代约当汉代早期，"
    "与同时期墓葬所见相近，当为本地窑场所烧造。"
)


def line(
    text: str, x: float, y: float, size: float = 10, *, vertical: bool = False, sure: float = 1.0
) -> TextLine:
    """A line whose top left corner is (x, y): every Han character is `size` wide, others half."""
    length = sum(size if ord(c) > 0x2E80 else size / 2 for c in text)
    box = (x, y, x + size, y + length) if vertical else (x, y, x + length, y + size)
    return TextLine(text, box, size, vertical=vertical, confidence=sure)


def prose(x: float, y: float, width: float, rows: int, size: float = 10, start: int = 0) -> list[TextLine]:
    """Justified running text of `rows` lines."""
    count = int(width // size)
    text = PROSE * (rows + 2)
    return [
        line(text[(start + i) * count % len(PROSE) :][:count], x, y + i * size * 1.6, size)
        for i in range(rows)
    ]


def figure(
    x0: float, y0: float, x1: float, y1: float, source: RegionSource = "image", name: str = ""
) -> Region:
    return Region((x0, y0, x1, y1), source, name)


def page(
    number: int = 1,
    lines: Sequence[TextLine] = (),
    regions: Sequence[Region] = (),
    *,
    tables: Sequence[Box] = (),
    size: tuple[float, float] = PAGE,
) -> PageContent:
    """A page as read from a good text layer."""
    return PageContent(
        number, *size, "text_layer", 1.0, "made", False, tuple(lines), tuple(regions), tuple(tables)
    )


def crowded_page(count: int, number: int = 1) -> PageContent:
    """A page of `count` pictures in rows of fifteen, each with its labelled caption."""
    places = [(20.0 + 95 * (k % 15), 20.0 + 110 * (k // 15)) for k in range(count)]
    regions = [figure(x, y, x + 80, y + 80) for x, y in places]
    lines = [line(f"图{k + 1} 瓦当", x + 10, y + 85, 8) for k, (x, y) in enumerate(places)]
    return page(number, lines, regions, size=(1485.0, 60.0 + 110 * -(-count // 15)))


def book(pages: Sequence[PageContent]) -> BookContent:
    return BookContent("0" * 64, "made book", max(p.page for p in pages), tuple(pages))


def caption(text: str, x: float, y: float, *, number: int = 1, size: float = 10, **more: bool) -> Candidate:
    """The candidate that a line of text beside a figure makes."""
    printed = line(text, x, y, size, **more)
    found = find_candidates([Block(number, (printed,))], [grow(printed.bbox, 2)], [], number)
    assert len(found) == 1, f"no candidate: {text}"
    return found[0]


def picture(seed: int, width: int = 120, height: int = 120, low: int = 0, high: int = 255) -> bytes:
    """A PNG of soft random blocks, with values between `low` and `high`."""
    chance = random.Random(seed)
    small = Image.new("RGB", (8, 8))
    small.putdata([tuple(chance.randint(low, high) for _ in range(3)) for _ in range(64)])
    stream = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(stream, "PNG")
    return stream.getvalue()


def pdf_page(width: float = PAGE[0], height: float = PAGE[1]) -> pymupdf.Page:
    """An empty page of a document of its own (kept alive by the page)."""
    return pymupdf.open().new_page(width=width, height=height)


def write(page: pymupdf.Page, text: str, x: float, y: float, size: float = 10, **more: object) -> None:
    """Print horizontal text; (x, y) is the start of its baseline."""
    page.insert_text((x, y), text, fontname="china-s", fontsize=size, **more)


def write_down(page: pymupdf.Page, text: str, x: float, y: float, size: float = 12) -> None:
    """Print a vertical column, one character below another."""
    for index, character in enumerate(text):
        write(page, character, x, y + (index + 1) * size * 1.05, size)


def small_book(path: Path, pages: int = 2, *, seed: int = 1) -> Path:
    """A born-digital book, a picture and its caption on each page: 图1 甲字号联珠对鸟纹 and so on."""
    document = pymupdf.open()
    for number in range(1, pages + 1):
        sheet = document.new_page(width=300, height=420)
        sheet.insert_image((50, 50, 250, 250), stream=picture(seed * 100 + number))
        write(sheet, f"图{number} {'甲乙丙丁戊'[number - 1]}字号联珠对鸟纹", 80, 268, 11)
    document.save(path, no_new_id=True)
    return path
