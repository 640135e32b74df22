"""Layout 5: plates whose captions stand on the facing page, or in a block before a run of plates."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.layouts.silk_catalogue import weave_of
from extractors.sample_books.page_writer import Sheet, Style, Volume
from extractors.sample_books.pictures import murals, textiles
from extractors.sample_books.pictures.base import Picture
from extractors.sample_books.texts import chinese

_RUN = 4
"""Plates that one block of captions serves."""


@dataclass(frozen=True)
class _Subject:
    """What a plate shows: its name, its text, and how to draw it."""

    name: str
    title: str
    """The name with the date."""
    text: str
    kind: str
    scene: str
    weave: textiles.Weave | None

    def picture(self, volume: Volume, width: int, height: int) -> Picture:
        if self.weave is not None:
            return textiles.pattern(volume.pixels, self.weave, width, height, repeats=3)
        return murals.mural(volume.pixels, self.scene, width, height)


def _subject(volume: Volume) -> _Subject:
    author = volume.author
    if volume.rng.random() < 0.35:
        motif = author.motif()
        return _Subject(motif.name, motif.name, author.pattern_text(motif), "pattern", "", weave_of(motif))
    scene = volume.rng.choice(murals.SCENES)
    subject, place, dynasty = author.mural(scene)
    name = f"{place} {subject}"
    return _Subject(name, f"{name} {dynasty}", author.mural_text(scene), "mural", scene, None)


def draw(volume: Volume) -> None:
    """Draw a book of about a dozen pages in one of three manners: facing, block, or order."""
    r = volume.rng
    size = r.choice((9.0, 9.5, 10.5))
    furniture = Furniture(volume, r.choice(("壁画与织绣", "石窟图像选")), "图版与解说")
    manner = r.choice(("facing", "block", "order"))
    if manner == "facing":
        _facing(volume, furniture, size)
    else:
        _runs(volume, furniture, size, numbered=manner == "block")


def _plate(sheet: Sheet, subject: _Subject, box: Box) -> None:
    sheet.picture(box, subject.picture(sheet.volume, *sheet.pixels(box)))


def _facing(volume: Volume, furniture: Furniture, size: float, spreads: int = 8) -> None:
    """Spreads of one text page and one plate page; the text says 右图, 左图 or 对页."""
    r, author = volume.rng, volume.author
    opposite = r.random() < 0.35
    mark = r.choice(("{}：", "{}　", "【{}】", "（{}）"))
    cover = volume.page()
    cover.text(40, cover.height * 0.4, cover.width - 40, furniture.head, Style(20, align="centre"))
    for _ in range(spreads):
        subject = _subject(volume)
        plate_right = r.random() < 0.6
        left, right = volume.page(), volume.page()
        plate, words = (right, left) if plate_right else (left, right)
        margin = r.uniform(36, 60)
        box: Box = (margin, margin + 14, plate.width - margin, plate.height - margin - r.uniform(10, 90))
        if r.random() < 0.2:
            box = (0.0, 0.0, plate.width, plate.height)
        _plate(plate, subject, box)
        furniture.draw(words, 54, words.width - 54)
        if box[0] > 0 and r.random() < 0.5:
            furniture.draw(plate, 54, plate.width - 54, head=False)
        word = author.say("对页" if opposite else "右图" if plate_right else "左图")
        caption = mark.format(word) + subject.title
        body = Style(size, leading=1.7, indent=2)
        y = words.height * r.choice((0.12, 0.3, 0.55))
        if y > words.height * 0.28:
            lead = author.report_paragraph(3)
            words.text(54, 66, words.width - 54, lead, body)
        where = words.text(54, y, words.width - 54, caption, Style(size, leading=1.7, bold=r.random() < 0.4))
        words.text(54, where[3] + size, words.width - 54, subject.text, body)
        figure = plate.figure(
            box, subject.kind, caption=caption, caption_bbox=where, caption_page=words.number,
            title=subject.name, description=subject.text,
        )  # fmt: skip
        figure.accept = {
            "caption": [subject.title],
            "title": [subject.title],
            "description": [f"{caption} {subject.text}"],
        }


def _runs(volume: Volume, furniture: Furniture, size: float, numbered: bool, blocks: int = 3) -> None:
    """Blocks of captions, each for the plates that follow; `numbered` prints the number at each plate."""
    r, author = volume.rng, volume.author
    style = r.choice(("positional", "full", "arabic"))
    number = r.choice((1, 12, 40))
    word = author.say("图版")
    for _ in range(blocks):
        names = [str(n) if style == "arabic" else chinese(n, style) for n in range(number, number + _RUN)]
        subjects = [_subject(volume) for _ in names]
        page = volume.page()
        furniture.draw(page, 54, page.width - 54)
        y = 80.0
        title = f"{word}{names[0]}—{names[-1]}"
        y = page.text(54, y, page.width - 54, title, Style(size * 1.3, bold=True))[3] + size * 1.6
        captions = []
        for name, subject in zip(names, subjects, strict=True):
            caption = f"{name}　{subject.title}"
            where = page.text(54, y, page.width - 54, caption, Style(size, bold=True))
            below = page.text(
                54, where[3] + size * 0.6, page.width - 54, subject.text, Style(size, 1.6, indent=2)
            )
            y = below[3] + size * 1.4
            captions.append((caption, where))
        _plates(volume, subjects, names, captions, page.number, numbered, size)
        number += _RUN


def _plates(
    volume: Volume,
    subjects: list[_Subject],
    names: list[str],
    captions: list[tuple[str, Box]],
    text_page: int,
    numbered: bool,
    size: float,
) -> None:
    """The plates of one block, one or two a page, in order."""
    r = volume.rng
    queue = list(zip(subjects, names, captions, strict=True))
    while queue:
        sheet = volume.page()
        count = min(len(queue), r.choice((1, 1, 2)))
        margin = r.uniform(40, 56)
        span = (sheet.height - 2 * margin) / count
        for k in range(count):
            subject, name, (caption, where) = queue.pop(0)
            box: Box = (margin, margin + k * span, sheet.width - margin, margin + (k + 1) * span - 26)
            _plate(sheet, subject, box)
            if numbered:
                sheet.text(box[0], box[3] + 6, box[2], name, Style(size * 0.9, align="centre"))
            figure = sheet.figure(
                box, subject.kind, caption=caption, caption_bbox=where, caption_page=text_page,
                title=subject.name, description=subject.text, number=name,
            )  # fmt: skip
            head = volume.author.say("图版") + name
            figure.accept = {
                "caption": [subject.title, head, f"{head} {subject.title}"],
                "title": [subject.title],
                "description": [f"{caption} {subject.text}"],
            }
