"""Layout 2: mural plates, full page or with margins, described many pages later by their numbers."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.page_writer import Sheet, Style, Volume
from extractors.sample_books.pictures import murals, objects
from extractors.sample_books.texts import chinese
from extractors.sample_books.truth import Figure

_BLEED = 9.0
"""Points that a full-bleed plate runs past the trimmed edge."""


@dataclass(frozen=True)
class _Plate:
    label: str
    heading: str
    scene: str
    title: str
    text: str


@dataclass(frozen=True)
class _Numbering:
    """How this volume numbers its plates, on the plate and in the back."""

    style: str
    word: str

    def label(self, number: int, part: str) -> str:
        digits = str(number) if self.style == "arabic" else chinese(number, self.style)
        if not part:
            return digits
        if self.style == "arabic":
            return f"{digits}-{'上下'.index(part) + 1}"
        return digits + part


def draw(volume: Volume, plates: int = 9) -> None:
    """Draw a volume of `plates` numbered plates with their descriptions at the back."""
    r, author = volume.rng, volume.author
    numbering = _Numbering(
        r.choice(("arabic", "positional", "full")), author.say(r.choice(("图版", "图", "图版", "")))
    )
    caption = r.choice(("line", "number", "line"))
    size = r.choice((8.5, 9.0, 10.0))
    back_title = author.say(r.choice(("图版说明", "图版解说", "图版目录与说明")))
    furniture = Furniture(
        volume, r.choice(("石窟寺壁画集", "寺观壁画全集", "丝路壁画选粹")), r.choice(("西壁诸窟", "早期洞窟"))
    )
    _title_page(volume, author.say(furniture.head), author.say("图版"))
    doubled = r.randint(2, 4)
    number, made = r.choice((1, 1, 8, 30)), []
    for k in range(plates):
        parts = ("上", "下") if k == doubled else ("",)
        sheet = volume.page()
        figures = _plate_page(sheet, numbering, number, parts, caption, size)
        made += figures
        if r.random() < 0.75 and len(parts) == 1 and figures[0][1].bbox[0] > 0:
            furniture.draw(sheet, 50, sheet.width - 50, head=r.random() < 0.7)
        number += 1
    _back_matter(volume, furniture, back_title, made, size)


def _title_page(volume: Volume, head: str, word: str) -> None:
    sheet = volume.page()
    middle = sheet.height * 0.38
    sheet.text(40, middle, sheet.width - 40, head, Style(22, align="centre"))
    sheet.text(40, middle + 60, sheet.width - 40, word, Style(14, align="centre"))


def _plate_page(
    sheet: Sheet, numbering: _Numbering, number: int, parts: tuple[str, ...], caption: str, size: float
) -> list[tuple[_Plate, Figure]]:
    volume, author, chance = sheet.volume, sheet.volume.author, sheet.volume.rng
    w, h = sheet.width, sheet.height
    style = Style(size, align=chance.choice(("left", "centre")))
    full = len(parts) == 1 and chance.random() < 0.35
    margin = chance.uniform(38, 58)
    out = []
    for k, part in enumerate(parts):
        scene = chance.choice(murals.SCENES)
        subject, place, dynasty = author.mural(scene)
        label = numbering.label(number, part)
        head = f"{numbering.word}{label}"
        title = chance.choice((f"{place} {subject} {dynasty}", f"{subject} {place}"))
        text, kind = author.mural_text(scene), "mural"
        if full:
            box: Box = (0.0, 0.0, w, h)
            sheet.picture(
                (-_BLEED, -_BLEED, w + _BLEED, h + _BLEED),
                murals.mural(volume.pixels, scene, *sheet.pixels(box, 1.7)),
            )
        else:
            span = (h - 2 * margin - 40) / len(parts)
            top = margin + 12 + k * span
            bottom = top + span * (chance.uniform(0.8, 0.93) if len(parts) == 1 else 0.82)
            inset = chance.choice((0.0, 0.0, 30.0)) if len(parts) == 1 else 20.0
            box = (margin + inset, top, w - margin - inset, bottom)
            if chance.random() < 0.12:
                title, text = author.site_view()
                kind = "photo"
                sheet.picture(box, objects.landscape(volume.pixels, *sheet.pixels(box)))
            else:
                sheet.picture(box, murals.mural(volume.pixels, scene, *sheet.pixels(box)))
        printed, where, page = "", None, None
        if not full:
            printed = head if caption == "number" else f"{head} {title}"
            where = sheet.text(box[0], box[3] + size * 0.8, box[2], printed, style)
            page = sheet.number
        figure = sheet.figure(
            box,
            kind,
            title=title,
            caption=printed,
            caption_bbox=where,
            caption_page=page,
            description=text,
            number=label,
            medium="plate" if "版" in head else "photograph",
            subject="site" if kind == "photo" else "",
        )
        figure.accept = {
            "caption": [f"{head} {title}", title],
            "description": [f"{title} {text}", f"{head} {title} {text}"],
        }
        out.append((_Plate(label, head, scene, title, text), figure))
    return out


def _back_matter(
    volume: Volume, furniture: Furniture, heading: str, made: list[tuple[_Plate, Figure]], size: float
) -> None:
    """The 图版说明 section: each plate's number, title and description."""
    r = volume.rng
    body = Style(size, leading=1.6)
    two_columns = r.random() < 0.4
    sheet, margin = volume.page(), 54.0
    y = 70.0
    sheet.text(margin, y, sheet.width - margin, heading, Style(size * 1.7, bold=True, align="centre"))
    y += size * 4
    furniture.draw(sheet, margin, sheet.width - margin)
    gutter = 20.0
    width = (sheet.width - 2 * margin - gutter) / 2 if two_columns else sheet.width - 2 * margin
    column, start = 0, y
    for plate, _ in made:
        head = f"{plate.heading} {plate.title}"
        need = sheet.depth(width, head, body) + sheet.depth(width, plate.text, body) + size * 3
        if y + need > sheet.height - 60:
            column += 1
            y = start
            if column > int(two_columns):
                sheet, column, start = volume.page(), 0, 66.0
                furniture.draw(sheet, margin, sheet.width - margin)
                y = start
        x = margin + column * (width + gutter)
        box = sheet.text(x, y, x + width, head, Style(size, bold=True, leading=1.6))
        box = sheet.text(x, box[3] + size * 0.6, x + width, plate.text, Style(size, leading=1.6, indent=2))
        y = box[3] + size * 1.3
