"""Writing a sample book: pages, set text, pictures, and the truth noted as things are drawn.

`Volume` is the book in the making, `Sheet` one page of it. All boxes are in points, origin top-left.
"""

from __future__ import annotations

import functools
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pymupdf

from extractors.geometry import Box, union
from extractors.sample_books.pictures.base import Picture, jpeg
from extractors.sample_books.texts import Author
from extractors.sample_books.truth import BookTruth, Figure, Negative
from extractors.sample_books.typesetting import columns, vertical_form, wrap

Ink = tuple[float, float, float]
BLACK: Ink = (0.08, 0.08, 0.08)
GREY: Ink = (0.42, 0.42, 0.42)
_ASCENT, _DESCENT = 0.88, 0.12
"""The em box of a Chinese character around its baseline, in ems."""
_FILL, _FILL_AND_STROKE = 0, 2
"""Text render modes of PDF: bold is stroked, as in many books, since the Chinese font has no bold cut."""
_PIXELS_PER_POINT = 2.1
"""About 150 dpi: what catalogues made for the screen hold."""
_QUARTER = 0.55
"""How far, in ems, a comma or full stop moves to the upper right of its cell in a vertical column."""


@functools.cache
def face(name: str) -> pymupdf.Font:
    """A font, loaded once: "cjk" is the Chinese font inside PyMuPDF, others are the standard fonts."""
    return pymupdf.Font("china-s" if name == "cjk" else name)


@dataclass(frozen=True)
class Style:
    """How a piece of text is set."""

    size: float
    leading: float = 1.55
    """Line pitch in ems."""
    colour: Ink = BLACK
    bold: bool = False
    align: str = "left"
    """left, centre or right."""
    indent: float = 0.0
    """First-line indent in ems."""
    font: str = "cjk"
    """"cjk", or a name of the standard fonts such as "tiro"."""

    def width(self, text: str) -> float:
        """Width of `text` in points."""
        return float(face(self.font).text_length(text, fontsize=self.size))


class Volume:
    """A sample book in the making: the PDF, its labels, and its own streams of chance."""

    def __init__(
        self, name: str, layout: str, seed: int, width: float, height: float, traditional: bool = False
    ) -> None:
        self.name = name
        self.rng = random.Random(f"{seed}/{layout}")
        self.habits = random.Random(f"{seed}/{layout}/added")
        """Decides what was added to a layout later, so that its other choices stay as they were."""
        self.pixels = np.random.default_rng(zlib.crc32(f"{seed}/{layout}/pixels".encode()))
        self.author = Author(random.Random(f"{seed}/{layout}/text"), traditional)
        self.truth = BookTruth(layout)
        self.width, self.height = width, height
        self.doc = pymupdf.open()
        self._parts: list[pymupdf.Document] = []

    @property
    def printed_before(self) -> int:
        """Pages in the parts that are closed."""
        return sum(part.page_count for part in self._parts)

    def close_part(self, damage: Callable[[pymupdf.Document], None] | None = None) -> None:
        """End a part of the book that has fonts of its own; `damage` may spoil its text layer."""
        self.doc.subset_fonts()
        if damage:
            damage(self.doc)
        self._parts.append(self.doc)
        self.doc = pymupdf.open()

    def page(self, width: float | None = None, height: float | None = None) -> Sheet:
        """A new page at the end of the book."""
        return Sheet(self, self.doc.new_page(width=width or self.width, height=height or self.height))

    def save(self, folder: Path, labels: Path) -> Path:
        """Write the PDF into `folder` and its labels into `labels`; the same bytes for the same book."""
        self.close_part()
        book, *others = self._parts[:-1] if not self._parts[-1].page_count else self._parts
        for part in others:
            book.insert_pdf(part)
        path = folder / f"{self.name}.pdf"
        write_pdf(book, path)
        sizes = [(p.rect.width, p.rect.height) for p in book]
        self.truth.write(labels, self.name, sizes)
        return path


def write_pdf(doc: pymupdf.Document, path: Path) -> None:
    """Save with no date and no file identifier, so that equal books are equal files."""
    doc.set_metadata({})
    doc.save(path, garbage=3, deflate=True, no_new_id=True)


class Sheet:
    """One page: put things on it, get their boxes back."""

    def __init__(self, volume: Volume, page: pymupdf.Page) -> None:
        self.volume = volume
        self._doc, self._page = volume.doc, page
        self.number: int = volume.printed_before + page.number + 1
        self._index: int = page.number
        self.width, self.height = float(page.rect.width), float(page.rect.height)

    @property
    def raw(self) -> pymupdf.Page:
        """The page itself; PyMuPDF lets go of page objects when pages are added, so it is fetched again."""
        if self._page.parent is None:
            self._page = self._doc[self._index]
        return self._page

    # ------------------------------------------------------------------ text
    def _write(self, pieces: list[tuple[float, float, str]], style: Style) -> None:
        writer = pymupdf.TextWriter(self.raw.rect, color=style.colour)
        for x, baseline, text in pieces:
            writer.append((x, baseline), text, font=face(style.font), fontsize=style.size)
        writer.write_text(self.raw, render_mode=_FILL_AND_STROKE if style.bold else _FILL)

    def line(self, x: float, top: float, text: str, style: Style) -> Box:
        """One line with its em box starting at (x, top); the box of what was set."""
        self._write([(x, top + _ASCENT * style.size, text)], style)
        return x, top, x + style.width(text), top + style.size

    def text(self, x0: float, top: float, x1: float, text: str, style: Style) -> Box:
        """A paragraph between x0 and x1 from `top` down; returns the box around its lines."""
        if not text:
            return x0, top, x0, top
        indent = style.indent * style.size
        pieces, boxes = [], []
        for k, line in enumerate(wrap(text, x1 - x0 - indent, x1 - x0, style.width)):
            y = top + k * style.leading * style.size
            width = style.width(line)
            x = x0 + (indent if k == 0 else 0.0)
            if style.align == "centre":
                x = (x0 + x1 - width) / 2
            elif style.align == "right":
                x = x1 - width
            if line:
                pieces.append((x, y + _ASCENT * style.size, line))
                boxes.append((x, y, x + width, y + style.size))
        self._write(pieces, style)
        return union(boxes)

    def depth(self, width: float, text: str, style: Style) -> float:
        """Height in points that `text` would take at this width."""
        count = len(wrap(text, width - style.indent * style.size, width, style.width))
        return (count - 1) * style.leading * style.size + style.size

    def vertical(
        self, right: float, top: float, length: float, text: str, style: Style, drop: int = 0
    ) -> Box:
        """Columns of text from `right` leftwards, glyph by glyph; the first is `drop` characters lower."""
        cells = int(length / style.size)
        pieces, boxes = [], []
        for k, column in enumerate(columns(text, cells - drop, cells)):
            x = right - style.size - k * style.leading * style.size
            y = top + (drop * style.size if k == 0 else 0.0)
            for n, char in enumerate(column):
                dx = dy = 0.0
                if char in "，。、；：":
                    dx, dy = (_QUARTER, -_QUARTER) if char in "，。、" else (0.25, 0.0)
                elif char.isascii():
                    dx = (1 - style.width(char) / style.size) / 2
                pieces.append((x + dx * style.size, y + (n + _ASCENT + dy) * style.size, vertical_form(char)))
            boxes.append((x, y, x + style.size, y + len(column) * style.size))
        self._write(pieces, style)
        return union(boxes)

    # ------------------------------------------------------------------ pictures
    def pixels(self, box: Box, scale: float = _PIXELS_PER_POINT) -> tuple[int, int]:
        """(width, height) in pixels for a picture that fills `box`."""
        return max(8, round((box[2] - box[0]) * scale)), max(8, round((box[3] - box[1]) * scale))

    def picture(self, box: Box, picture: Picture, quality: int = 78) -> Box:
        """Place a picture so that it fills `box`."""
        self.raw.insert_image(pymupdf.Rect(box), stream=jpeg(picture, quality), keep_proportion=False)
        return box

    def rule(
        self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6, colour: Ink = BLACK
    ) -> None:
        """A straight rule."""
        self.raw.draw_line((x0, y0), (x1, y1), color=colour, width=width)

    def frame(self, box: Box, width: float = 0.8, colour: Ink = BLACK, fill: Ink | None = None) -> None:
        """A rectangle."""
        self.raw.draw_rect(pymupdf.Rect(box), color=colour, width=width, fill=fill)

    # ------------------------------------------------------------------ labels
    def figure(self, box: Box, kind: str, **labels: object) -> Figure:
        """Note that `box` is a figure; `labels` are fields of `Figure`."""
        figure = Figure(self.number, box, kind, **labels)  # type: ignore[arg-type]
        if figure.caption_bbox and figure.caption_page is None:
            figure.caption_page = self.number
        self.volume.truth.figures.append(figure)
        return figure

    def negative(self, box: Box, kind: str, ignore: bool = False) -> None:
        """Note that `box` is no figure."""
        self.volume.truth.negatives.append(Negative(self.number, box, kind, ignore))
