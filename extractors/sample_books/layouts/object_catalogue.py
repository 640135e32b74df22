"""Layout 10: a catalogue of bronzes, ceramics or textiles: bare numbers, captions at the right and far away.

Some books caption their pictures so; the others give each piece an opening (`object_openings`).
"""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box
from extractors.sample_books import linework
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.layouts import object_openings
from extractors.sample_books.layouts.pieces import GROUNDS, Piece, full_bleed, ink_on, make_piece
from extractors.sample_books.page_writer import BLACK, Ink, Sheet, Style, Volume
from extractors.sample_books.pictures import objects
from extractors.sample_books.pictures.base import Colour
from extractors.sample_books.texts import chinese
from extractors.sample_books.truth import Figure
from extractors.sample_books.vocabulary import WARES

_HEADS = {
    "bronze": ("吉金图录", "青铜器"),
    "ceramic": ("馆藏陶瓷", "瓷器"),
    "textile": ("锦绣遗珍", "织绣"),
}
_PAGES = ("large", "bleed", "beside", "details", "far", "pair", "bleed", "apart", "large")
"""What the pages hold; each book has them in an order of its own."""
_WIDEST = 0.6
"""Share of the type area that a caption may take."""
_INSIDE = 30.0
"""Points between the edge of a full-bleed plate and the caption in it."""
_GAP = 9.0
"""Points between pictures that stand side by side."""


@dataclass(frozen=True)
class _Look:
    """What one catalogue does on every page."""

    ware: str
    numbering: str
    style: Style
    margin: float
    ground: Colour
    data: bool
    named_details: bool
    own_extras: bool

    def label(self, number: int, part: str = "") -> str:
        """The printed number of a piece, or of a picture of a part of it, and the space after it."""
        digits = chinese(number, self.numbering.partition("-")[2]) if "-" in self.numbering else str(number)
        return digits + part + (". " if self.numbering == "dot" else "　")

    def lines(self, number: int, piece: Piece) -> list[str]:
        """The lines of a caption."""
        first = f"{self.label(number)}{piece.name}　{piece.period}"
        return [first, piece.size, piece.keeper] if self.data else [first]


def draw(volume: Volume) -> None:
    """Draw a catalogue of about ten pages."""
    r = volume.rng
    ware = r.choice(WARES)
    furniture = Furniture(volume, *_HEADS[ware])
    if r.random() < 0.4:
        object_openings.draw(volume, furniture, ware)
        return
    look = _Look(
        ware=ware,
        numbering=r.choice(("chinese-positional", "chinese-full", "dot", "space")),
        style=Style(r.choice((7.5, 8.5, 9.5)), leading=1.5, bold=r.random() < 0.25),
        margin=r.uniform(42, 64),
        ground=r.choice(GROUNDS),
        data=r.random() < 0.35,
        named_details=r.random() < 0.7,
        own_extras=r.random() < 0.5,
    )
    number, pages = r.choice((1, 7, 18, 54)), list(_PAGES)
    r.shuffle(pages)
    for what in pages:
        number = _page(volume, look, furniture, what, number)


def _page(volume: Volume, look: _Look, furniture: Furniture, what: str, number: int) -> int:
    """Draw the page or pages of one kind; returns the number of the next piece."""
    sheet = volume.page()
    m, right = look.margin, sheet.width - look.margin
    area: Box = (m, 56, right, sheet.height - 58)
    if what != "bleed":
        furniture.draw(sheet, m, right)
    match what:
        case "bleed":
            _bleed(sheet, look, furniture, number)
        case "far":
            _large(sheet, look, (*area[:3], area[1] + (area[3] - area[1]) * 0.5), number, foot=area[3])
        case "pair":
            half = (area[3] - area[1]) / 2
            _large(sheet, look, (*area[:3], area[1] + half - 14), number)
            _large(sheet, look, (m, area[1] + half, right, area[3]), number + 1)
            return number + 2
        case "beside":
            _beside(sheet, look, area, number)
        case "details":
            main = area[1] + (area[3] - area[1]) * 0.6
            figure, piece = _large(sheet, look, (*area[:3], main), number)
            _details(sheet, look, (m, main + 22, right, area[3]), number, figure, piece, rows=1)
        case "apart":
            figure, piece = _large(sheet, look, area, number)
            opposite = volume.page()
            furniture.draw(opposite, m, right)
            _details(opposite, look, area, number, figure, piece, rows=2)
        case _:
            _large(sheet, look, area, number)
    return number + 1


def _at_right(sheet: Sheet, look: _Look, right: float, top: float, lines: list[str], ink: Ink = BLACK) -> Box:
    """Lines that start in one column and end at the right edge of the type area."""
    style = Style(look.style.size, look.style.leading, ink, look.style.bold)
    room = (sheet.width - 2 * look.margin) * _WIDEST
    widest = min(room, max(style.width(line) for line in lines) + 0.5)
    return sheet.text(right - widest, top, right, "\n".join(lines), style)


def _depth(sheet: Sheet, look: _Look, lines: list[str]) -> float:
    """Height of a caption."""
    return sheet.depth((sheet.width - 2 * look.margin) * _WIDEST, "\n".join(lines), look.style)


def _label(sheet: Sheet, look: _Look, box: Box, piece: Piece, number: int, where: Box) -> Figure:
    """Note the photograph of a piece with its caption."""
    lines = look.lines(number, piece)
    figure = sheet.figure(
        box, piece.kind, subject=piece.ware, caption=" ".join(lines), caption_bbox=where, title=piece.name,
        number=look.label(number).strip(" .　"),
    )  # fmt: skip
    figure.accept = {"caption": [lines[0], piece.name, f"{piece.name}　{piece.period}"]}
    return figure


def _large(
    sheet: Sheet, look: _Look, area: Box, number: int, foot: float | None = None
) -> tuple[Figure, Piece]:
    """A large picture with its caption at the right below; `foot`, if given, is where the caption ends."""
    r = sheet.volume.rng
    piece = make_piece(sheet.volume, look.ware)
    lines = look.lines(number, piece)
    depth, gap = _depth(sheet, look, lines), r.uniform(6, 16)
    box: Box = (*area[:3], area[3] if foot else area[3] - depth - gap)
    sheet.picture(box, piece.picture(sheet.volume, sheet.pixels(box), look.ground))
    where = _at_right(sheet, look, area[2], foot - depth if foot else box[3] + gap, lines)
    return _label(sheet, look, box, piece, number, where), piece


def _bleed(sheet: Sheet, look: _Look, furniture: Furniture, number: int) -> None:
    """A plate that fills its page, with the caption and often the page number inside."""
    r = sheet.volume.rng
    piece = make_piece(sheet.volume, look.ware)
    box, lines, ink = full_bleed(sheet, piece, look.ground), look.lines(number, piece), ink_on(look.ground)
    low = sheet.height - _INSIDE * 1.7 - _depth(sheet, look, lines)
    where = _at_right(sheet, look, sheet.width - _INSIDE, low, lines, ink)
    if r.random() < 0.6:
        furniture.draw(sheet, _INSIDE, sheet.width - _INSIDE, head=False, ink=ink)
    _label(sheet, look, box, piece, number, where)


def _beside(sheet: Sheet, look: _Look, area: Box, number: int) -> None:
    """A photograph, a rubbing (of a cloth a close-up) and a drawing, with words in what room is left."""
    volume, author = sheet.volume, sheet.volume.author
    piece = make_piece(volume, look.ware)
    x0, y0, x1, y1 = area
    split, half = x0 + (x1 - x0) * 0.56, y0 + (y1 - y0) * 0.52
    box: Box = (x0, y0, split, half)
    sheet.picture(box, piece.picture(volume, sheet.pixels(box), look.ground))
    lines = look.lines(number, piece)
    where = sheet.text(split + 14, half - sheet.depth(x1 - split - 14, "\n".join(lines), look.style), x1,
                       "\n".join(lines), look.style)  # fmt: skip
    figure = _label(sheet, look, box, piece, number, where)
    room = look.style.size * 2.4 if look.own_extras else 0.0
    low = half + (y1 - half) * 0.8 - room
    left: Box = (x0 + 10, half + 24, split - 20, low)
    rubbed = objects.rubbing(volume.pixels, *sheet.pixels(left))
    flat = piece.close_up(volume, sheet.pixels(left), look.ground) if piece.motif else rubbed
    sheet.picture(left, flat)
    place: Box = (split, half + 24, x1 - 10, low)
    drawn = (
        linework.ornament(sheet, place, volume.rng.choice((6, 8, 10)))
        if piece.motif
        else linework.vessel(sheet, piece.form, place)
    )
    extras = (
        (left, "textile" if piece.motif else "other", "局部" if piece.motif else "纹饰拓片"),
        (drawn, "drawing", "线图"),
    )
    for k, (extra, kind, name) in enumerate(extras, start=1):
        _part(sheet, look, extra, figure, kind, f"{number}.{k}" if look.own_extras else "", author.say(name))


def _part(
    sheet: Sheet, look: _Look, box: Box, whole: Figure, kind: str, number: str, name: str, named: bool = True
) -> None:
    """Note a further picture of a piece, with its own caption below if it has a number."""
    medium = "rubbing" if kind == "other" else ""
    subject = "" if kind in ("other", "drawing") else whole.subject
    if not number:
        sheet.figure(
            box, kind, medium=medium, subject=subject, title=f"{whole.title}{name}",
            group=f"piece-{whole.number}", optional=True,
            group_caption=whole.accept["caption"][0], lenient=[whole.caption, whole.title],
        )  # fmt: skip
        return
    text = f"{number}　{name}" if named else number
    where = sheet.text(
        box[0],
        box[3] + 6,
        box[2],
        text,
        Style(look.style.size, align="centre" if kind == "drawing" else "left"),
    )
    figure = sheet.figure(
        box, kind, medium=medium, subject=subject, caption=text, caption_bbox=where,
        title=name if named else number, number=number,
        group=f"piece-{whole.number}", group_caption=whole.caption, optional=not named,
    )  # fmt: skip
    figure.accept = {"caption": [f"{whole.title}{name}", f"{whole.title} {text}"]}
    figure.lenient = [whole.caption]


def _details(
    sheet: Sheet, look: _Look, area: Box, number: int, whole: Figure, piece: Piece, rows: int
) -> None:
    """Close-ups numbered 24.A, 24.B, 24.C: in a row, or one large above two."""
    volume = sheet.volume
    x0, y0, x1, y1 = area
    row = (y1 - y0) / rows
    line = look.style.size + 10
    if rows == 1:
        step = (x1 - x0 + _GAP) / 3
        cells: list[Box] = [(x0 + k * step, y0, x0 + (k + 1) * step - _GAP, y1 - line) for k in range(3)]
    else:
        middle = (x0 + x1) / 2
        cells = [
            (x0, y0, x1, y0 + row - line - _GAP),
            (x0, y0 + row, middle - _GAP, y1 - line),
            (middle + _GAP, y0 + row, x1, y1 - line),
        ]
    names = volume.author.details(look.ware, 3)
    for cell, letter, name in zip(cells, "ABC", names, strict=True):
        sheet.picture(cell, piece.close_up(volume, sheet.pixels(cell), look.ground))
        _part(sheet, look, cell, whole, piece.kind, f"{number}.{letter}", name, look.named_details)
