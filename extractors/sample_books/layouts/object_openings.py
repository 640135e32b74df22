"""The museum's object catalogue: an opening a piece, its plate on one page and its words on the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractors.geometry import Box
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.layouts.pieces import GROUNDS, Piece, full_bleed, ink_on, make_piece
from extractors.sample_books.page_writer import GREY, Sheet, Style, Volume

_FILLED = 0.65
"""Share of the plates that fill their page."""
_INSIDE = 28.0
"""Points between the edge of such a plate and the words in it."""


@dataclass(frozen=True)
class _Look:
    """What one catalogue does in every opening."""

    ware: str
    heading: str
    title: Style
    body: Style
    english: Style
    data: Style
    margin: float
    plate_right: bool
    both_names: bool
    numbered_plates: bool


def draw(volume: Volume, furniture: Furniture, ware: str, openings: int = 7) -> None:
    """Draw a cover and `openings` openings; in some of them plate and words share a page."""
    r = volume.rng
    size = r.choice((8.5, 9.0, 9.5))
    look = _Look(
        ware=ware,
        heading=r.choice(("{n}　{name}", "{n}\n{name}", "Cat. {n}\n{name}", "{n}. {name}")),
        title=Style(size * r.choice((1.2, 1.5)), leading=1.4, bold=r.random() < 0.6),
        body=Style(size, leading=r.choice((1.55, 1.7)), indent=r.choice((0, 2))),
        english=Style(size - 0.5, leading=1.4, font=r.choice(("tiro", "helv"))),
        data=Style(size - 1, leading=1.5, colour=GREY),
        margin=r.uniform(48, 68),
        plate_right=r.random() < 0.6,
        both_names=r.random() < 0.7,
        numbered_plates=r.random() < 0.5,
    )
    furniture.per_opening = r.random() < 0.4
    cover = volume.page()
    cover.text(40, cover.height * 0.4, cover.width - 40, furniture.head, Style(22, align="centre"))
    number = r.choice((1, 12, 55, 103))
    for n in range(number, number + openings):
        pages = [volume.page(), volume.page()]
        plate, words = pages[::-1] if look.plate_right else pages
        piece = make_piece(volume, ware)
        box = _plate(plate, look, furniture, n, piece)
        furniture.draw(words, look.margin, words.width - look.margin)
        heading, where = _words(words, look, n, piece)
        caption = heading.replace("\n", " ")
        figure = plate.figure(
            box, piece.kind, subject=piece.ware, caption=caption, caption_bbox=where,
            caption_page=words.number, title=piece.name,
            description=piece.text, description_en=piece.text_en, number=str(n),
        )  # fmt: skip
        figure.accept = {
            "caption": [
                piece.name,
                f"{n} {piece.name}",
                f"Cat. {n} {piece.name}",
                f"{caption} {piece.name_en}",
            ],
            "description": [f"{caption} {piece.text}", f"{piece.text} {piece.text_en}"],
        }


def _plate(sheet: Sheet, look: _Look, furniture: Furniture, number: int, piece: Piece) -> Box:
    """The page of the plate: its picture and, in some books, "Cat. 55"; returns the picture's box."""
    volume, r = sheet.volume, sheet.volume.rng
    ground, mark = r.choice(GROUNDS), f"Cat. {number}"
    style = Style(look.data.size, font=look.english.font, align="right")
    if r.random() < _FILLED:
        box, ink = full_bleed(sheet, piece, ground), ink_on(ground)
        if r.random() < 0.7:
            furniture.draw(sheet, _INSIDE, sheet.width - _INSIDE, head=False, ink=ink)
        if look.numbered_plates:
            sheet.text(_INSIDE, _INSIDE, sheet.width - _INSIDE, mark, replace(style, colour=ink))
        return box
    m = look.margin
    box = (m, m + r.uniform(0, 40), sheet.width - m, sheet.height - m - r.uniform(20, 80))
    sheet.picture(box, piece.picture(volume, sheet.pixels(box), ground))
    if look.numbered_plates:
        sheet.text(m, box[3] + 7, sheet.width - m, mark, style)
    if r.random() < 0.5:
        furniture.draw(sheet, m, sheet.width - m, head=False)
    return box


def _words(sheet: Sheet, look: _Look, number: int, piece: Piece) -> tuple[str, Box]:
    """The page of the words: number and name, data, paragraphs; returns the heading and its box."""
    m, right = look.margin, sheet.width - look.margin
    y = sheet.height * sheet.volume.rng.choice((0.12, 0.2, 0.4))
    heading = look.heading.format(n=number, name=piece.name)
    where = sheet.text(m, y, right, heading, look.title)
    y = where[3] + look.title.size * 0.7
    if look.both_names:
        y = sheet.text(m, y, right, piece.name_en, look.english)[3] + look.title.size * 0.8
    data = [(line, look.data) for line in piece.data]
    data += [(line, replace(look.data, font=look.english.font)) for line in piece.data_en]
    for line, style in data:
        y = sheet.text(m, y, right, line, style)[3] + style.size * 0.5
    y = sheet.text(m, y + look.body.size, right, piece.text, look.body)[3]
    sheet.text(m, y + look.body.size, right, piece.text_en, look.english)
    return heading, where
