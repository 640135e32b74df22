"""The page as the program saw it: a PNG with lines, figures, captions, furniture and pair links drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from extractors.document import open_document, render
from extractors.durable import replacing
from extractors.geometry import Box, centre, grow
from extractors.page_units import load_page
from extractors.pairing.drafts import Draft
from extractors.pairing.solve import SolvedBook
from extractors.settings import ExtractSettings

DPI = 110
"""Small enough to look at on a screen, large enough to read."""
SCALE = DPI / 72
LEGEND_HEIGHT = 48
CAPTION_MARGIN = 1.5
"""Points left free around a text, so that its box hides no stroke."""

COLOURS = {
    "text line": (150, 150, 150),
    "figure": (214, 40, 40),
    "caption": (24, 100, 200),
    "pair": (20, 140, 60),
    "furniture": (190, 130, 0),
    "table": (120, 60, 160),
    "dropped": (0, 150, 160),
    "caption left over": (230, 0, 150),
}
"""One colour a stage; the legend below the page names them."""


def draw_page(
    pdf: Path, page: int, solved: SolvedBook, drafts: Sequence[Draft], out: Path, settings: ExtractSettings
) -> Path:
    """Draw page `page` of a solved book into the PNG `out` (its folder is made); returns `out`.

    `drafts` are the book's figures with their final roles and texts.
    """
    document = open_document(pdf, settings.limits)
    picture = Image.fromarray(render(load_page(document, page)[0], DPI, settings.limits))
    canvas = Image.new("RGB", (picture.width, picture.height + LEGEND_HEIGHT), "white")
    canvas.paste(picture, (0, 0))
    pen = ImageDraw.Draw(canvas)
    layouts = [layout for layout in solved.layouts if layout.page == page]
    for layout in layouts:
        for line in layout.content.lines:
            _rectangle(pen, line.bbox, "text line", 1)
        for line in layout.furniture:
            _rectangle(pen, line.bbox, "furniture", 2)
        for table in layout.content.tables:
            _rectangle(pen, table, "table", 3)
        for drop in layout.dropped:
            _rectangle(pen, drop.bbox, "dropped", 2, drop.reason)
    for left in solved.free:
        if left.page == page:
            _rectangle(pen, left.bbox, "caption left over", 3)
    for draft in drafts:
        candidate = draft.candidate
        if draft.page == page:
            note = f"{draft.rule or 'no text'} {draft.confidence:.2f}"
            _rectangle(pen, draft.bbox, "figure", 4, note)
        texts = [candidate.bbox] if candidate is not None and candidate.page == page else []
        texts += draft.text_boxes if draft.text_page == page else ()
        for box in texts:
            _rectangle(pen, grow(box, CAPTION_MARGIN), "caption", 3)
            if draft.page == page:
                pen.line((*_pixel(centre(draft.bbox)), *_pixel(centre(box))), COLOURS["pair"], 3)
    lines = sum(len(layout.content.lines) for layout in layouts)
    _legend(pen, canvas, f"{layouts[0].content.text_reason}; {lines} lines")
    with replacing(out) as stream:
        canvas.save(stream, "PNG")
    document.close()
    return out


def _pixel(point: tuple[float, float]) -> tuple[float, float]:
    return point[0] * SCALE, point[1] * SCALE


def _rectangle(pen: ImageDraw.ImageDraw, box: Box, what: str, line_width: int, note: str = "") -> None:
    x0, y0, x1, y1 = (value * SCALE for value in box)
    pen.rectangle((x0, y0, max(x0, x1), max(y0, y1)), outline=COLOURS[what], width=line_width)
    if note:
        font = _font(12)
        left, top, right, bottom = pen.textbbox((x0 + 4, y0 + 4), note, font=font)
        pen.rectangle((left - 3, top - 2, right + 3, bottom + 2), fill="white", outline=COLOURS[what])
        pen.text((x0 + 4, y0 + 4), note, fill=COLOURS[what], font=font)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _legend(pen: ImageDraw.ImageDraw, canvas: Image.Image, note: str) -> None:
    """Two lines below the page: what the colours mean, and where the text came from."""
    x, y = 8.0, canvas.height - LEGEND_HEIGHT + 8
    for what, colour in COLOURS.items():
        pen.rectangle((x, y + 2, x + 10, y + 12), fill=colour)
        pen.text((x + 14, y), what, fill="black", font=_font(11))
        x += 22 + pen.textlength(what, font=_font(11))
    pen.text((8, y + 18), note, fill=(90, 90, 90), font=_font(11))
