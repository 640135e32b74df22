"""Layout 7: a bilingual museum catalogue: Chinese and English captions, data lines, credit lines."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box, union
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.layouts.silk_catalogue import weave_of
from extractors.sample_books.page_writer import GREY, Sheet, Style, Volume
from extractors.sample_books.pictures import objects, textiles
from extractors.sample_books.pictures.base import Colour, Picture
from extractors.sample_books.vocabulary import POTS

_GROUNDS: tuple[Colour, ...] = ((255, 255, 255), (236, 235, 232), (52, 50, 50), (210, 206, 198))

_MATERIALS = {"textile": ("绢、金线", "彩色丝线", "丝、麻"), "photo": ("陶", "青铜", "瓷")}
_TALLEST = 0.85
"""Height of a picture with its text beside it, as a share of the type area's width."""


@dataclass(frozen=True)
class _Look:
    numbering: str
    order: str
    small: Style
    english: Style
    data: Style
    margin: float
    paragraphs: bool
    credit: str


@dataclass(frozen=True)
class _Exhibit:
    """An object of the catalogue in both languages."""

    title: str
    title_en: str
    dynasty: str
    dynasty_en: str
    size: str
    size_en: str
    text: str
    text_en: str
    kind: str
    picture: Picture


def draw(volume: Volume, pages: int = 9) -> None:
    """Draw a catalogue of `pages` pages, one or two objects each."""
    r = volume.rng
    size = r.choice((8.5, 9.0, 9.5))
    look = _Look(
        numbering=r.choice(("Plate {n}.", "Cat. no. {n}", "Fig. {n}", "Pl. {n}", "No. {n}")),
        order=r.choice(("lines", "slash", "number-line")),
        small=Style(size, leading=1.45, bold=r.random() < 0.4),
        english=Style(size, leading=1.35, font=r.choice(("tiro", "helv"))),
        data=Style(size - 1, leading=1.45, colour=GREY),
        margin=r.uniform(46, 62),
        paragraphs=r.random() < 0.7,
        credit=r.choice(("摄影：{}", "图片提供：{}", "Photo: {}", "© {}")),
    )
    furniture = Furniture(
        volume,
        r.choice(("馆藏珍品 Treasures of the Collection", "丝路遗珍 Silk Road Relics")),
        "图录 Catalogue",
    )
    number = r.choice((1, 12, 45))
    for _ in range(pages):
        sheet = volume.page()
        furniture.draw(sheet, look.margin, sheet.width - look.margin)
        count = r.choice((1, 1, 2))
        span = (sheet.height - 116) / count
        for k in range(count):
            area: Box = (look.margin, 58 + k * span, sheet.width - look.margin, 58 + (k + 1) * span - 12)
            _exhibit(sheet, look, area, number, beside=count == 2 or r.random() < 0.25)
            number += 1


def _make(volume: Volume, width: int, height: int) -> _Exhibit:
    r, author = volume.rng, volume.author
    dynasty, dynasty_en = author.dynasty()
    ground = r.choice(_GROUNDS)
    long, wide = r.randint(12, 64), r.randint(8, 40)
    if r.random() < 0.6:
        motif, form = author.motif(), r.choice(textiles.GARMENTS)
        title, title_en = author.garment(motif, form), author.english(form, motif.subject, motif.frame)
        picture = textiles.garment(volume.pixels, weave_of(motif), form, width, height, ground)
        text, text_en, kind = author.pattern_text(motif), author.pattern_english(motif), "textile"
        size, size_en = f"长{long}厘米，宽{wide}厘米", f"L. {long} cm, W. {wide} cm"
    else:
        form = r.choice(sorted(POTS))
        title = author.fresh(lambda: author.tomb() + author.pot(form))
        title_en, kind = author.english(form), "photo"
        picture = objects.vessel(volume.pixels, form, width, height, ground)
        text, text_en = author.report_sentence() + author.report_sentence(), author.vessel_english(form)
        size, size_en = f"高{long}厘米，口径{wide}厘米", f"H. {long} cm, D. {wide} cm"
    return _Exhibit(
        title, title_en, dynasty, dynasty_en, author.say(size), size_en, text, text_en, kind, picture
    )


def _exhibit(sheet: Sheet, look: _Look, area: Box, number: int, beside: bool) -> None:
    volume, author, r = sheet.volume, sheet.volume.author, sheet.volume.rng
    x0, y0, x1, y1 = area
    if beside:
        box: Box = (x0, y0, x0 + (x1 - x0) * 0.56, min(y1 - 6, y0 + (x1 - x0) * _TALLEST))
        tx, ty, tw = box[2] + 16, y0 + (y1 - y0) * 0.02, x1
    else:
        box = (x0, y0, x1, y0 + (y1 - y0) * 0.62)
        tx, ty, tw = x0, box[3] + 10, x1
    item = _make(volume, *sheet.pixels(box))
    sheet.picture(box, item.picture)
    label = look.numbering.format(n=number)
    label_zh = author.say(f"图版{number}")
    boxes: list[Box] = []

    def put(text: str, style: Style) -> None:
        nonlocal ty
        where = sheet.text(tx, ty, tw, text, style)
        boxes.append(where)
        ty = where[3] + style.size * (style.leading - 1) + 1.5

    if look.order == "slash":
        caption_zh, caption_en = f"{label_zh}　{item.title}", f"{label} {item.title_en}"
        put(f"{caption_zh} / {caption_en}", look.small)
    elif look.order == "number-line":
        caption_zh, caption_en = item.title, item.title_en
        put(label, look.english)
        put(caption_zh, look.small)
        put(caption_en, look.english)
    else:
        caption_zh, caption_en = f"{label_zh}　{item.title}", f"{label} {item.title_en}"
        put(caption_zh, look.small)
        put(caption_en, look.english)
    where = union(boxes)
    made_of = author.say(r.choice(_MATERIALS[item.kind]))
    museum, museum_en = author.museum()
    for line in (
        f"{item.dynasty}　{item.dynasty_en}",
        f"{made_of}　{item.size}",
        item.size_en,
        f"{museum}　{museum_en}",
    ):
        put(line, look.data)
    if look.paragraphs:
        ty += 4
        put(item.text, Style(look.small.size, 1.5))
        if ty + sheet.depth(tw - tx, item.text_en, look.english) < y1 - 4:
            put(item.text_en, look.english)
    if r.random() < 0.5:
        credit = author.say(look.credit.format(museum if "：" in look.credit else museum_en))
        sheet.text(x0, y1 + 2, x1, credit, Style(6.0, colour=GREY, align="right"))
    figure = sheet.figure(
        box, item.kind, subject="ceramic" if item.kind == "photo" else "",
        caption=caption_zh, caption_bbox=where, title=item.title, number=str(number),
        description=item.text if look.paragraphs else "", description_en=caption_en,
    )  # fmt: skip
    joined = [f"{caption_zh} {caption_en}", f"{label} {item.title}", f"{label} {item.title} {item.title_en}"]
    figure.accept = {"caption": [item.title, *joined]}
