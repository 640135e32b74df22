"""Layout 4: vertical traditional text in framed pages, captions beside the pictures, Chinese numerals."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box
from extractors.sample_books.layouts.silk_catalogue import weave_of
from extractors.sample_books.page_writer import Ink, Sheet, Style, Volume
from extractors.sample_books.pictures import murals, objects, textiles
from extractors.sample_books.texts import chinese, in_chinese_figures


@dataclass(frozen=True)
class _Look:
    frame: str
    margin: float
    body: Style
    caption: Style
    word: str
    numerals: str
    side: str
    tint: Ink


def draw(volume: Volume, pages: int = 10) -> None:
    """Draw a book of `pages` framed pages, each with one or two pictures or only text."""
    r = volume.rng
    size = r.choice((10.0, 10.5, 11.5, 12.0))
    look = _Look(
        frame=r.choice(("double", "single", "ruled")),
        margin=r.uniform(40, 52),
        body=Style(size, leading=r.choice((1.6, 1.75, 1.9))),
        caption=Style(size * 0.86, leading=1.5),
        word=r.choice(("圖", "圖版", "插圖", "附圖")),
        numerals=r.choice(("full", "positional", "short", "formal")),
        side=r.choice(("left", "right")),
        tint=r.choice(((0.1, 0.1, 0.1), (0.5, 0.1, 0.08), (0.15, 0.25, 0.4))),
    )
    head = volume.author.say(r.choice(("石窟藝術叢談", "織繡圖案考", "古代壁畫紀略")))
    number = r.choice((1, 1, 11, 19))
    for k in range(pages):
        sheet = volume.page()
        inner = _page_frame(sheet, look, head)
        number += _compose(
            sheet,
            look,
            inner,
            number,
            ("beside", "two", "text", "top", "beside")[(k + volume.rng.randint(0, 1)) % 5],
        )


def _page_frame(sheet: Sheet, look: _Look, head: str) -> Box:
    """The border (版框), the running head at the outer edge, the page number; returns the room inside."""
    m, w, h = look.margin, sheet.width, sheet.height
    outer: Box = (m, m, w - m, h - m)
    if look.frame != "none":
        sheet.frame(outer, 1.6 if look.frame == "double" else 0.9, look.tint)
    if look.frame == "double":
        sheet.frame((m + 3, m + 3, w - m - 3, h - m - 3), 0.5, look.tint)
    small = Style(8, colour=look.tint)
    x = m - 8 if sheet.number % 2 == 0 else w - m + 18
    sheet.vertical(x, m + 30, 200, head, small)
    sheet.vertical(x, h - m - 70, 60, chinese(sheet.number + 20), small)
    sheet.negative(outer, "frame-rule")
    return m + 14, m + 14, w - m - 14, h - m - 14


def _body(sheet: Sheet, look: _Look, box: Box) -> None:
    """Fill `box` with columns of running text, right to left."""
    if box[2] - box[0] < look.body.size * 2 or box[3] - box[1] < look.body.size * 6:
        return
    author, size = sheet.volume.author, look.body.size
    pitch = size * look.body.leading
    x = box[2]
    cells = int((box[3] - box[1]) / size)
    while x - size >= box[0]:
        room = int((x - size - box[0]) / pitch) + 1
        text = in_chinese_figures(author.report_paragraph(4))
        if len(text) + 2 > room * cells - 3:
            text = text[: max(4, room * cells - 4)]
        used = sheet.vertical(x, box[1], box[3] - box[1], text, look.body, drop=2)
        if look.frame == "ruled":
            for k in range(int((x - used[0]) / pitch) + 1):
                rule = x - k * pitch + (pitch - size) / 2
                sheet.rule(rule, box[1], rule, box[3], 0.3, look.tint)
        x = used[0] - (pitch - size)


def _compose(sheet: Sheet, look: _Look, inner: Box, number: int, plan: str) -> int:
    """Fill one page; returns how many figures it holds."""
    x0, y0, x1, y1 = inner
    width, height = x1 - x0, y1 - y0
    r = sheet.volume.rng
    gap = look.body.size * 1.2
    if plan == "text":
        _body(sheet, look, inner)
        return 0
    if plan == "top":
        cut = y0 + height * r.uniform(0.42, 0.5)
        _body(sheet, look, (x0, cut + gap, x1, y1))
        _figure(sheet, look, (x0, y0, x1, cut), number)
        return 1
    share = x0 + width * r.uniform(0.56, 0.66)
    _body(sheet, look, (share + gap, y0, x1, y1))
    if plan == "two":
        middle = (y0 + y1) / 2
        _figure(sheet, look, (x0, y0, share, middle - 8), number)
        _figure(sheet, look, (x0, middle + 8, share, y1), number + 1)
        return 2
    _figure(sheet, look, (x0, y0, share, y0 + height * r.uniform(0.6, 0.9)), number)
    return 1


def _figure(sheet: Sheet, look: _Look, place: Box, number: int) -> None:
    """A picture with its caption in one or more columns beside it."""
    volume, author, r = sheet.volume, sheet.volume.author, sheet.volume.rng
    x0, y0, x1, y1 = place
    what = r.choice(("mural", "textile", "rubbing", "vessel"))
    description = ""
    match what:
        case "mural":
            scene = r.choice(murals.SCENES)
            subject, where, dynasty = author.mural(scene)
            title, description, kind = (
                f"{where}{subject}{r.choice(('', dynasty))}",
                author.mural_text(scene),
                "mural",
            )
        case "textile":
            motif = author.motif()
            title, description, kind = motif.name, author.pattern_text(motif), "pattern"
        case "rubbing":
            title, kind = author.say(f"{author.tomb()}銅鏡拓片"), "other"
        case _:
            form = r.choice(objects.VESSELS)
            title, kind = author.say(f"{author.tomb()}出土{author.pot(form)}"), "photo"
    title, description = in_chinese_figures(title), in_chinese_figures(description)
    label = f"{look.word}{chinese(number, look.numerals)}"
    caption = f"{label}　{title}"
    long = description if r.random() < 0.5 else ""
    text = f"{caption}\n{long}" if long else caption
    style = look.caption
    cells = int((y1 - y0) / style.size)
    count = -(-len(caption) // cells) + (-(-len(long) // cells) if long else 0)
    strip = count * style.size * style.leading
    if look.side == "right":
        frame: Box = (x0, y0, x1 - strip - 6, y1)
        right = x1
    else:
        frame = (x0 + strip + 6, y0, x1, y1)
        right = x0 + strip - style.size * (style.leading - 1)
    pixels = sheet.pixels(frame)
    match what:
        case "mural":
            picture = murals.mural(volume.pixels, scene, *pixels)
        case "textile":
            picture = textiles.pattern(volume.pixels, weave_of(motif), *pixels)
        case "rubbing":
            picture = objects.rubbing(volume.pixels, *pixels)
        case _:
            picture = objects.vessel(volume.pixels, form, *pixels, background=(226, 224, 220))
    if r.random() < 0.5:
        picture = objects.grey_of(picture)
    sheet.picture(frame, picture)
    where_box = sheet.vertical(right, y0, y1 - y0, text, style)
    figure = sheet.figure(
        frame, kind, caption=caption, caption_bbox=where_box, title=title, number=label, description=long,
        medium="rubbing" if what == "rubbing" else "",
        subject={"rubbing": "bronze", "vessel": "ceramic"}.get(what, ""),
    )  # fmt: skip
    figure.accept = {"caption": [title]}
