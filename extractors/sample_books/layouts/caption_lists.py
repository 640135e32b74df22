"""Layout 11: plates by themselves, with a page of captions before or after each run of them."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box, union
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.layouts.pieces import BLEED, GROUNDS, make_piece
from extractors.sample_books.page_writer import Sheet, Style, Volume
from extractors.sample_books.pictures import murals
from extractors.sample_books.texts import chinese
from extractors.sample_books.truth import Figure
from extractors.sample_books.vocabulary import WARES

_COLUMN = 5.5
"""Width in ems of the column of hanging labels."""


@dataclass(frozen=True)
class _Look:
    """What one book does with its plates and lists."""

    word: str
    numerals: str
    lines: str
    before: bool
    bleed: float
    printed: bool
    back: bool
    body: Style
    margin: float
    furniture: Furniture

    def number(self, number: int) -> str:
        """The printed number of a plate, without its word."""
        return str(number) if self.numerals == "arabic" else chinese(number, self.numerals)


@dataclass(frozen=True)
class _Plate:
    """A plate, what its line in the list says, and what is known of it."""

    number: str
    title: str
    text: str
    figure: Figure


def draw(volume: Volume, runs: int = 3) -> None:
    """Draw a book of `runs` runs of plates, each with its list; in some seeds descriptions end it."""
    r, author = volume.rng, volume.author
    size = r.choice((8.5, 9.0, 10.0))
    lines = r.choice(("full", "bare", "hanging", "full", "bare", "unnumbered"))
    look = _Look(
        word=author.say(r.choice(("图版", "图", "彩版"))),
        numerals=r.choice(("positional", "full", "arabic")),
        lines=lines,
        before=r.random() < 0.6,
        bleed=r.choice((0.0, 0.5, 1.0)),
        printed=lines != "unnumbered" and r.random() < 0.6,
        back=lines != "unnumbered" and r.random() < 0.5,
        body=Style(size, leading=1.5),
        margin=r.uniform(46, 66),
        furniture=Furniture(volume, r.choice(("图像与器物", "考古发现图集", "遗珍")), "图版"),
    )
    ware = r.choice(("", *WARES))
    number = r.choice((1, 39, 50, 96))
    title = volume.page()
    title.text(40, title.height * 0.4, title.width - 40, look.furniture.head, Style(21, align="centre"))
    made: list[_Plate] = []
    for _ in range(runs):
        count = r.choice((2, 4, 5))
        page = volume.page() if look.before else None
        run = _run(volume, look, ware, range(number, number + count))
        _list(page or volume.page(), look, run)
        number += count
        made += run
    if look.back:
        _back(volume, look, made)


def _run(volume: Volume, look: _Look, ware: str, numbers: range) -> list[_Plate]:
    """The plates of one run, one or two a page."""
    r, plates = volume.rng, []
    queue = list(numbers)
    while queue:
        sheet = volume.page()
        if r.random() < look.bleed:
            plates.append(_plate(sheet, look, ware, queue.pop(0), None))
            continue
        count = min(len(queue), r.choice((1, 1, 2)))
        span = (sheet.height - 2 * look.margin) / count
        for k in range(count):
            inset = r.choice((0.0, 0.0, 34.0))
            top = look.margin + k * span
            box = (look.margin + inset, top, sheet.width - look.margin - inset, top + span - 30)
            plates.append(_plate(sheet, look, ware, queue.pop(0), box))
        if r.random() < 0.5:
            look.furniture.draw(sheet, look.margin, sheet.width - look.margin, head=False)
    return plates


def _plate(sheet: Sheet, look: _Look, ware: str, number: int, box: Box | None) -> _Plate:
    """One plate in `box`, or on the whole page; a mural where the book has no ware."""
    volume, author, r = sheet.volume, sheet.volume.author, sheet.volume.rng
    whole: Box = (0.0, 0.0, sheet.width, sheet.height)
    place = box or (-BLEED, -BLEED, sheet.width + BLEED, sheet.height + BLEED)
    if ware:
        piece = make_piece(volume, ware)
        name, text, kind, subject = piece.name, piece.text, piece.kind, piece.ware
        title = f"{name}　{piece.period}"
        ground = r.choice(GROUNDS)
        sheet.picture(place, piece.picture(volume, sheet.pixels(place, 1.6), ground))
    else:
        scene = r.choice(murals.SCENES)
        scene_name, where, dynasty = author.mural(scene)
        name, text = f"{where}　{scene_name}", author.mural_text(scene)
        kind = subject = "mural"
        title = f"{name}　{dynasty}"
        sheet.picture(place, murals.mural(volume.pixels, scene, *sheet.pixels(place, 1.6)))
    printed = look.number(number)
    label = f"{look.word}{printed}"
    if look.printed and box:
        sheet.text(box[0], box[3] + 7, box[2], label, Style(look.body.size, align="centre"))
    figure = sheet.figure(
        box or whole, kind, subject=subject, title=name, number="" if look.lines == "unnumbered" else printed
    )
    return _Plate(printed, title, text, figure)


def _list(sheet: Sheet, look: _Look, run: list[_Plate]) -> None:
    """The page of captions of one run."""
    volume = sheet.volume
    m, right = look.margin, sheet.width - look.margin
    look.furniture.draw(sheet, m, right)
    size = look.body.size
    y = sheet.height * volume.rng.choice((0.12, 0.3))
    if look.lines == "unnumbered":
        heading = volume.author.say("以下图版" if look.before else "以上图版")
    else:
        heading = f"{look.word}{run[0].number}—{run[-1].number}"
    y = sheet.text(m, y, right, heading, Style(size * 1.3, bold=True))[3] + size * 1.4
    for plate in run:
        label = {"full": f"{look.word}{plate.number}", "unnumbered": ""}.get(look.lines, plate.number)
        if look.lines == "hanging":
            left = sheet.line(m, y, label, look.body)
            words = sheet.text(m + size * _COLUMN, y, right, plate.title, look.body)
            where = union([left, words])
        else:
            where = sheet.text(m, y, right, f"{label}　{plate.title}".strip("　"), look.body)
        caption = f"{label}　{plate.title}".strip("　")
        figure = plate.figure
        figure.caption, figure.caption_bbox, figure.caption_page = caption, where, sheet.number
        head = f"{look.word}{plate.number}"
        figure.accept = {
            "caption": [plate.title, f"{head} {plate.title}", f"{plate.number} {plate.title}"],
            "title": [plate.title],
        }
        if look.printed and figure.bbox[0] > 0:
            figure.accept["caption"].append(head)
        y = where[3] + size * 0.9


def _back(volume: Volume, look: _Look, made: list[_Plate]) -> None:
    """图版目录 at the end, which holds the descriptions."""
    m, size = look.margin, look.body.size
    sheet = volume.page()
    look.furniture.draw(sheet, m, sheet.width - m)
    heading = volume.author.say("图版目录")
    y = (
        sheet.text(m, 70, sheet.width - m, heading, Style(size * 1.6, bold=True, align="centre"))[3]
        + size * 2
    )
    for plate in made:
        head = f"{look.word}{plate.number}　{plate.title}"
        body = Style(size, leading=1.6, indent=2)
        need = sheet.depth(sheet.width - 2 * m, head, look.body) + sheet.depth(
            sheet.width - 2 * m, plate.text, body
        )
        if y + need + size * 2 > sheet.height - 60:
            sheet, y = volume.page(), 66.0
            look.furniture.draw(sheet, m, sheet.width - m)
        y = sheet.text(m, y, sheet.width - m, head, look.body)[3] + size * 0.6
        y = sheet.text(m, y, sheet.width - m, plate.text, body)[3] + size * 1.3
        plate.figure.description = plate.text
        plate.figure.accept["description"] = [f"{plate.title} {plate.text}", f"{head} {plate.text}"]
