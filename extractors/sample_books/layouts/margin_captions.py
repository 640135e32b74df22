"""Layout 12: an art history: one text column, and a wide margin for small captions and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.layouts.pieces import BLEED
from extractors.sample_books.layouts.silk_catalogue import weave_of
from extractors.sample_books.page_writer import BLACK, GREY, Ink, Sheet, Style, Volume
from extractors.sample_books.pictures import murals, textiles
from extractors.sample_books.texts import circled

_PAGES = ("header", "beside", "row", "sidebar", "insets", "beside", "header", "row", "insets", "beside")
"""What the pages show; all but the first stand in an order of each book's own."""
_FAR_BELOW = (40.0, 60.0)
"""Points between a picture that heads a chapter and its caption."""
_FOOT = 56.0
"""Points below the text."""
_LEAST = 8
"""Characters of a paragraph worth setting."""


@dataclass
class _Book:
    """The conventions of one book, and how far it has come."""

    volume: Volume
    label: str
    place: str
    side: str
    body: Style
    small: Style
    notes: str
    margin: float
    column: float
    gap: float
    tint: Ink
    furniture: Furniture
    figures: int = 0
    footnotes: int = 0

    def next_label(self) -> str:
        """The printed label of the next figure: 插图D, 图 12, or nothing."""
        self.figures += 1
        label = self.label.format(n=self.figures, letter=chr(64 + self.figures))
        return self.volume.author.say(label)

    def columns(self, sheet: Sheet) -> tuple[tuple[float, float], tuple[float, float]]:
        """(left, right) of the text column and of the margin that holds captions."""
        width = sheet.width - 2 * self.margin - self.column - self.gap
        outer = "left" if sheet.number % 2 == 0 else "right"
        if (outer if self.side == "outer" else self.side) == "left":
            start = self.margin + self.column + self.gap
            return (start, start + width), (self.margin, self.margin + self.column)
        start = self.margin + width + self.gap
        return (self.margin, self.margin + width), (start, start + self.column)


def draw(volume: Volume) -> None:
    """Draw a book of ten pages; in some seeds its figures have letters, in others no label at all."""
    r = volume.rng
    size = r.choice((9.0, 9.5, 10.0))
    label = r.choice(("插图{letter}", "图 {letter}", "图{n}", "Fig. {n}", "", ""))
    book = _Book(
        volume,
        label=label,
        place="margin" if label else r.choice(("margin", "below", "below")),
        side=r.choice(("outer", "right", "left")),
        body=Style(size, leading=r.choice((1.6, 1.75)), indent=2),
        small=Style(size - r.choice((2.0, 2.5)), leading=1.45, colour=r.choice((BLACK, GREY))),
        notes=r.choice(("{n}  ", "〔{n}〕", "circled")),
        margin=r.uniform(36, 46),
        column=volume.width * r.uniform(0.21, 0.25),
        gap=r.uniform(13, 18),
        tint=r.choice(((0.95, 0.93, 0.88), (0.9, 0.93, 0.95), (0.93, 0.93, 0.93))),
        furniture=Furniture(volume, r.choice(("丝绸之路美术史", "纹样的旅行", "图像与交流")), "第四章 往来"),
    )
    pages = list(_PAGES[1:])
    r.shuffle(pages)
    for what in (_PAGES[0], *pages):
        _page(volume.page(), book, what)


def _page(sheet: Sheet, book: _Book, what: str) -> None:
    r = book.volume.rng
    (x0, x1), (m0, m1) = book.columns(sheet)
    book.furniture.draw(sheet, book.margin, sheet.width - book.margin, head=what != "header")
    top, bottom = 58.0, sheet.height - _FOOT
    if r.random() < 0.6:
        bottom = _footnotes(sheet, book, x0, x1, bottom)
    match what:
        case "header":
            top = _header(sheet, book, x0, x1)
            _write(sheet, book, (x0, top, x1, bottom))
        case "beside":
            split = top + (bottom - top) * r.choice((0.0, 0.25, 0.45))
            label = book.next_label()
            top = _write(sheet, book, (x0, top, x1, split), label)
            top = _beside(sheet, book, top, label)
            _write(sheet, book, (x0, top, x1, bottom), label)
        case "insets":
            labels = [_inset(sheet, book, y, m0, m1) for y in (top, top + (bottom - top) * 0.52)]
            _write(sheet, book, (x0, top, x1, bottom), labels[0])
        case "row":
            top = _row(sheet, book, top)
            _write(sheet, book, (x0, top, x1, bottom))
        case _:
            bottom = _sidebar(sheet, book, (x0, bottom, x1, bottom)) - 16
            label = _inset(sheet, book, top, m0, m1)
            _write(sheet, book, (x0, top, x1, bottom), label)


def _write(sheet: Sheet, book: _Book, box: Box, mention: str = "") -> float:
    """Fill `box` with paragraphs, the first of which mentions a figure; returns the y below them."""
    r, author, body = book.volume.rng, book.volume.author, book.body
    x0, y, x1, bottom = box
    pitch = body.size * body.leading
    while bottom - y > pitch * 3:
        text = author.essay(r.randint(2, 4), mention.replace(" ", ""))
        mention = ""
        while len(text) >= _LEAST and sheet.depth(x1 - x0, text, body) > bottom - y:
            text = text[:-6]
        if len(text) < _LEAST:
            break
        y = sheet.text(x0, y, x1, text, body)[3] + pitch - body.size
    return y


def _footnotes(sheet: Sheet, book: _Book, x0: float, x1: float, bottom: float) -> float:
    """One or two notes under a short rule; returns where the text ends."""
    lines = []
    for _ in range(book.volume.rng.choice((1, 2))):
        book.footnotes += 1
        n = book.footnotes
        mark = circled(n) if book.notes == "circled" else book.notes.format(n=n)
        lines.append(mark + book.volume.author.footnote())
    style = Style(book.small.size, leading=1.4)
    top = bottom - sheet.depth(x1 - x0, "\n".join(lines), style)
    sheet.text(x0, top, x1, "\n".join(lines), style)
    sheet.rule(x0, top - 5, x0 + 70, top - 5, 0.4)
    return top - 16


def _picture(sheet: Sheet, book: _Book, box: Box, seen: Box | None = None) -> tuple[str, str]:
    """A painting or a cloth in `box` (of which `seen` is on the page); returns (its caption, its kind)."""
    volume, r = book.volume, book.volume.rng
    painted = r.random() < 0.45
    caption, motif = volume.author.art_caption(painted)
    pixels = sheet.pixels(seen or box)
    if motif:
        repeats = r.choice((1.5, 2.5, 3.5))
        sheet.picture(box, textiles.pattern(volume.pixels, weave_of(motif), *pixels, repeats=repeats))
        return caption, "textile"
    scene = r.choice(("rider", "rider", *murals.SCENES))
    sheet.picture(box, murals.mural(volume.pixels, scene, *pixels))
    return caption, "mural"


def _note(sheet: Sheet, box: Box, kind: str, label: str, title: str, where: Box) -> None:
    """Note a figure with its caption."""
    sheet.figure(
        box, kind, caption=f"{label} {title}".strip(), caption_bbox=where, title=title,
        number=label, accept={"caption": [title]},
    )  # fmt: skip


def _captioned(sheet: Sheet, book: _Book, x0: float, y: float, x1: float, label: str, title: str) -> Box:
    """A caption in small type."""
    return sheet.text(x0, y, x1, f"{label} {title}".strip(), book.small)


def _beside(sheet: Sheet, book: _Book, top: float, label: str) -> float:
    """A picture as wide as the text, its caption in the margin or below it; returns the y below."""
    r = book.volume.rng
    (x0, x1), (m0, m1) = book.columns(sheet)
    box: Box = (x0, top + 4, x1, top + 4 + min((x1 - x0) * r.uniform(0.6, 0.85), sheet.height * 0.36))
    title, kind = _picture(sheet, book, box)
    if book.place == "below":
        where = _captioned(sheet, book, x0, box[3] + r.uniform(5, 10), x1, label, title)
        _note(sheet, box, kind, label, title, where)
        return where[3] + 14
    depth = sheet.depth(m1 - m0, f"{label} {title}".strip(), book.small)
    y = r.choice((box[1], box[3] - depth))
    _note(sheet, box, kind, label, title, _captioned(sheet, book, m0, y, m1, label, title))
    return box[3] + 14


def _inset(sheet: Sheet, book: _Book, top: float, m0: float, m1: float) -> str:
    """A small picture in the margin with its caption below; returns its label."""
    label = book.next_label()
    box: Box = (m0, top, m1, top + (m1 - m0) * book.volume.rng.uniform(0.8, 1.35))
    title, kind = _picture(sheet, book, box)
    where = _captioned(sheet, book, m0, box[3] + 5, m1, label, title)
    _note(sheet, box, kind, label, title, where)
    return label


def _header(sheet: Sheet, book: _Book, x0: float, x1: float) -> float:
    """The picture that heads a chapter, its caption far below, the chapter's title; returns the y below."""
    r, label = book.volume.rng, book.next_label()
    box: Box = (0.0, 0.0, sheet.width, sheet.height * r.uniform(0.32, 0.42))
    title, kind = _picture(sheet, book, (-BLEED, -BLEED, sheet.width + BLEED, box[3]), box)
    where = _captioned(sheet, book, x0, box[3] + r.uniform(*_FAR_BELOW), x1, label, title)
    _note(sheet, box, kind, label, title, where)
    chapter = book.volume.author.say(r.choice(("远方的样式", "图样东来", "织机与画笔")))
    return sheet.text(x0, where[3] + 26, x1, chapter, Style(book.body.size * 1.9, bold=True))[3] + 20


def _row(sheet: Sheet, book: _Book, top: float) -> float:
    """Three pictures that touch, over the whole width, one caption below each; returns the y below."""
    r = book.volume.rng
    left, right = book.margin, sheet.width - book.margin
    step, height = (right - left) / 3, (right - left) * r.uniform(0.3, 0.42)
    low = top
    for k in range(3):
        box: Box = (left + k * step, top, left + (k + 1) * step, top + height)
        label = book.next_label()
        title, kind = _picture(sheet, book, box)
        where = _captioned(sheet, book, box[0], box[3] + 6, box[2] - 9, label, title)
        _note(sheet, box, kind, label, title, where)
        low = max(low, where[3])
    return low + 18


def _sidebar(sheet: Sheet, book: _Book, place: Box) -> float:
    """A tinted box at the foot of the column, with a picture, a title and a paragraph; returns its top."""
    r, author = book.volume.rng, book.volume.author
    x0, _, x1, bottom = place
    title, text = author.sidebar()
    heading = Style(book.body.size * 1.15, bold=True)
    style = Style(book.body.size - 1, leading=1.5)
    split = x0 + (x1 - x0) * 0.42
    depth = sheet.depth(x1 - split - 10, text, style) + heading.size * 2
    height = max(depth, (split - x0) * 0.8)
    top = bottom - height - 20
    sheet.frame((x0, top, x1, bottom), 0.5, GREY, book.tint if r.random() < 0.7 else None)
    box: Box = (x0 + 10, top + 10, split - 12, bottom - 10)
    _, kind = _picture(sheet, book, box)
    where = sheet.text(split, top + 10, x1 - 10, title, heading)
    sheet.text(split, top + 10 + heading.size * 2, x1 - 10, text, style)
    sheet.figure(
        box, kind, caption=title, caption_bbox=where, title=title, description=text,
        accept={"description": [f"{title} {text}"]},
    )  # fmt: skip
    return top
