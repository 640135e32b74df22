"""Layout 9: journal papers as databases deliver them: watermarks, logos, odd images, spoilt text layers."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

import numpy as np
import pymupdf
from PIL import Image, ImageDraw

from extractors.geometry import Box, grow
from extractors.sample_books import text_damage
from extractors.sample_books.layouts.silk_catalogue import weave_of
from extractors.sample_books.page_writer import GREY, Ink, Sheet, Style, Volume, face
from extractors.sample_books.pictures import murals, objects, textiles
from extractors.sample_books.pictures.base import Picture, jpeg, png
from extractors.sample_books.vocabulary import POTS

_WATERMARK_ALPHA = 13
"""Of 255: about .05, hardly seen in print."""
_STAMPED = 0.4
"""Share of the journals whose pages carry words set askew."""
_STAMP_TURN = 40
"""Degrees by which they are turned."""
_STAMP_GREY: Ink = (0.7, 0.7, 0.72)
_STAMP_OPACITY = 0.5
_DAMAGES = (None, text_damage.to_radicals, text_damage.to_private_use, text_damage.without_map)
_WAYS = ("plain", "clipped", "covered", "strips", "tiles", "masked", "form")
"""How an image object relates to what is seen of it."""


@dataclass
class _Paper:
    volume: Volume
    margin: float
    columns: int
    body: Style
    small: Style
    mark: bytes
    logo: Picture
    spelling: str
    journal: str
    stamp: str
    """Words set askew over every page, or none."""
    figures: int = 0

    def label(self) -> str:
        self.figures += 1
        return self.volume.author.say(self.spelling.format(n=self.figures))


def draw(volume: Volume, papers: int = 3) -> None:
    """Draw one issue of `papers` papers; the later ones have spoilt text layers."""
    r = volume.rng
    damages = [None, *r.sample(_DAMAGES[1:], papers - 1)]
    logo, mark = objects.logo(volume.pixels, 120), _watermark(r)
    stamp = _stamp_words(volume)
    columns, journal = r.choice((1, 2)), volume.author.say(r.choice(("丝绸之路研究", "文物与考古学刊")))
    for damage in damages:
        size = r.choice((8.5, 9.0, 9.5))
        paper = _Paper(
            volume,
            margin=r.uniform(46, 58),
            columns=columns,
            body=Style(size, 1.55, indent=2),
            small=Style(size - 1, 1.4, align="centre"),
            mark=mark,
            logo=logo,
            spelling=r.choice(("图{n}", "图 {n}", "Fig. {n}")),
            journal=journal,
            stamp=stamp,
        )
        _paper(paper, with_table=damage is None)
        volume.close_part(damage)


def _watermark(r: random.Random) -> bytes:
    """Four large slanting characters, almost clear, as PNG with alpha."""
    canvas = Image.new("L", (600, 600), 0)
    pen = ImageDraw.Draw(canvas)
    for k in range(4):
        pen.rectangle((60 + k * 130, 250, 150 + k * 130, 350), outline=_WATERMARK_ALPHA, width=14)
        pen.line((105 + k * 130, 250, 105 + k * 130, 350), fill=_WATERMARK_ALPHA, width=12)
    alpha = np.asarray(canvas.rotate(r.choice((30, 45))))
    ink = np.full((*alpha.shape, 4), 90, np.uint8)
    ink[..., 3] = alpha
    return png(ink)


def _dress(sheet: Sheet, paper: _Paper) -> None:
    """The logo, the running head and, across the text, the watermark."""
    box: Box = (paper.margin, 16.0, paper.margin + 26, 42.0)
    sheet.picture(box, paper.logo)
    sheet.negative(box, "logo")
    sheet.line(paper.margin + 34, 24, paper.journal, Style(8, colour=GREY))
    sheet.text(paper.margin, 24, sheet.width - paper.margin, str(sheet.number), Style(8, align="right"))
    sheet.rule(paper.margin, 45, sheet.width - paper.margin, 45, 0.4, GREY)


def _stamp(sheet: Sheet, paper: _Paper) -> None:
    side = min(sheet.width, sheet.height) * 0.8
    x, y = (sheet.width - side) / 2, (sheet.height - side) / 2
    box: Box = (x, y, x + side, y + side)
    sheet.raw.insert_image(pymupdf.Rect(box), stream=paper.mark)
    sheet.negative(box, "watermark")


def _stamp_words(volume: Volume) -> str:
    """What some libraries print over the pages that they deliver."""
    habits = volume.habits
    words = habits.choice(("内部资料", "内部资料　请勿外传", "仅供学习"))
    return volume.author.say(words) if habits.random() < _STAMPED else ""


def _askew(sheet: Sheet, words: str) -> None:
    """The stamp: real text in pale grey, from the lower left to the upper right."""
    style = Style(min(sheet.width, sheet.height) * 0.7 / len(words), colour=_STAMP_GREY)
    writer = pymupdf.TextWriter(sheet.raw.rect, color=style.colour)
    middle = pymupdf.Point(sheet.width / 2, sheet.height / 2)
    writer.append(
        (middle.x - style.width(words) / 2, middle.y), words, font=face(style.font), fontsize=style.size
    )
    writer.write_text(sheet.raw, morph=(middle, pymupdf.Matrix(_STAMP_TURN)), opacity=_STAMP_OPACITY)


def _paper(paper: _Paper, with_table: bool, pages: int = 3) -> None:
    volume = paper.volume
    r = volume.rng
    ways = list(_WAYS)
    r.shuffle(ways)
    for k in range(pages):
        sheet = volume.page()
        _dress(sheet, paper)
        top, bottom = 56.0, sheet.height - 44
        x0, x1 = paper.margin, sheet.width - paper.margin
        if k == 0:
            top = _title(sheet, paper, top)
        if k == pages - 1:
            bottom = _authors(sheet, paper, bottom)
        gap = 18.0
        width = (x1 - x0 - gap * (paper.columns - 1)) / paper.columns
        for column in range(paper.columns):
            x = x0 + column * (width + gap)
            inserts = [ways.pop() for _ in range(1 if paper.columns == 2 else 2) if ways]
            if k == 1 and column == 0 and with_table:
                inserts = ["table"]
            _column(sheet, paper, (x, top, x + width, bottom), inserts)
        _stamp(sheet, paper)
        if paper.stamp:
            _askew(sheet, paper.stamp)


def _title(sheet: Sheet, paper: _Paper, top: float) -> float:
    author, r = paper.volume.author, paper.volume.rng
    x0, x1 = paper.margin, sheet.width - paper.margin
    name = author.say(f"{author.tomb()}出土纺织品的纹样与织造")
    box = sheet.text(x0, top + 8, x1, name, Style(16, 1.4, bold=True, align="centre"))
    who = author.say(r.choice(("林远 陈书", "周砚 沈青", "方舟 陆野")))
    box = sheet.text(x0, box[3] + 10, x1, who, Style(10, align="centre"))
    abstract = author.say("摘要：") + author.report_paragraph(2)
    box = sheet.text(x0 + 20, box[3] + 10, x1 - 20, abstract, Style(8, 1.5))
    return box[3] + 16


def _authors(sheet: Sheet, paper: _Paper, bottom: float) -> float:
    """The author's portrait and biography at the foot of the last page."""
    author = paper.volume.author
    x0, x1 = paper.margin, sheet.width - paper.margin
    box: Box = (x0, bottom - 70, x0 + 52, bottom)
    sheet.picture(box, objects.portrait(paper.volume.pixels, *sheet.pixels(box)))
    sheet.negative(box, "portrait", ignore=True)
    museum, _ = author.museum()
    text = author.say("作者简介：") + museum + author.say("研究员，主要从事纺织考古与文物保护研究。")
    sheet.text(x0 + 62, bottom - 64, x1, text, Style(8, 1.5))
    return bottom - 84


def _column(sheet: Sheet, paper: _Paper, box: Box, inserts: list[str]) -> None:
    """Text with the figures of this column in it; some paragraphs begin like a caption."""
    r, author, body = paper.volume.rng, paper.volume.author, paper.body
    x0, y, x1, bottom = box
    pitch = body.size * body.leading
    while bottom - y > pitch * 2:
        number = max(1, paper.figures)
        mention = author.say(paper.spelling.format(n=number))
        text = author.report_paragraph(
            r.randint(2, 4), [mention] if paper.figures and r.random() < 0.6 else []
        )
        if paper.figures and r.random() < 0.3:
            text = (
                mention
                + author.say(r.choice(("所示为其中一件，", "显示了这一变化，", "是同类中保存最好的，")))
                + text
            )
        while len(text) >= 8 and sheet.depth(x1 - x0, text, body) > bottom - y:
            text = text[:-6]
        if len(text) < 8:
            return
        y = sheet.text(x0, y, x1, text, body)[3] + pitch - body.size
        height = min(170.0, (x1 - x0) * r.uniform(0.5, 0.75))
        if inserts and bottom - y > height + 60:
            way = inserts.pop()
            place: Box = (x0 + 8, y + 4, x1 - 8, y + 4 + height)
            y = (_table(sheet, paper, place) if way == "table" else _figure(sheet, paper, place, way)) + 12


def _figure(sheet: Sheet, paper: _Paper, place: Box, way: str) -> float:
    """A figure whose image object is laid in the given way; returns the y below its caption."""
    volume, author, r = paper.volume, paper.volume.author, paper.volume.rng
    wide = (place[2] - place[0]) * r.uniform(0.7, 1.0)
    middle = (place[0] + place[2]) / 2
    box: Box = (middle - wide / 2, place[1], middle + wide / 2, place[3] - 18)
    pixels = sheet.pixels(box)
    if r.random() < 0.5:
        motif = author.motif()
        title, kind = author.garment(motif, "fragment"), "textile"
        picture = textiles.pattern(volume.pixels, weave_of(motif), *pixels)
    else:
        scene = r.choice(murals.SCENES)
        subject, where, _ = author.mural(scene)
        title, kind = where + subject, "mural"
        picture = murals.mural(volume.pixels, scene, *pixels)
    _lay(sheet, box, picture, way)
    number = paper.label()
    text = f"{number} {title}"
    caption = sheet.text(place[0], box[3] + 6, place[2], text, paper.small)
    sheet.figure(
        box, kind, caption=text, caption_bbox=caption, title=title, number=number, accept={"caption": [title]}
    )
    return caption[3]


def _lay(sheet: Sheet, box: Box, picture: Picture, way: str) -> None:
    """Put `picture` on the page so that exactly `box` of it is seen."""
    x0, y0, x1, y1 = box
    page = sheet.raw
    height, width = picture.shape[:2]
    match way:
        case "clipped":
            _clipped(sheet, box, picture)
        case "covered":
            # The image runs on below and is hidden by a white sheet, as careless layout leaves it.
            more = np.vstack([picture, picture[: height // 4]])
            page.insert_image(
                pymupdf.Rect(x0, y0, x1, y0 + (y1 - y0) * more.shape[0] / height),
                stream=jpeg(more),
                keep_proportion=False,
            )
            page.draw_rect(
                pymupdf.Rect(x0 - 2, y1, x1 + 2, y0 + (y1 - y0) * 1.25 + 1), color=None, fill=(1, 1, 1)
            )
        case "strips" | "tiles":
            _pieces(page, box, picture, *((1, 6) if way == "strips" else (3, 2)))
        case "masked":
            alpha = np.zeros((height, width), np.uint8)
            inset = max(2, min(width, height) // 60)
            alpha[inset:-inset, inset:-inset] = 255
            seen = (picture.shape[1] - 2 * inset, picture.shape[0] - 2 * inset)
            sx, sy = (x1 - x0) / seen[0], (y1 - y0) / seen[1]
            whole = (x0 - inset * sx, y0 - inset * sy, x1 + inset * sx, y1 + inset * sy)
            page.insert_image(
                pymupdf.Rect(whole), stream=jpeg(picture), mask=png(alpha), keep_proportion=False
            )
        case "form":
            with pymupdf.open() as inner:
                leaf = inner.new_page(width=x1 - x0, height=y1 - y0)
                leaf.insert_image(leaf.rect, stream=jpeg(picture), keep_proportion=False)
                page.show_pdf_page(pymupdf.Rect(box), inner, 0, keep_proportion=False)
        case _:
            sheet.picture(box, picture)


def _pieces(page: pymupdf.Page, box: Box, picture: Picture, columns: int, rows: int) -> None:
    """A picture stored as `columns` x `rows` images that touch, as some printing software cuts it."""
    height, width = picture.shape[:2]
    sx, sy = (box[2] - box[0]) / width, (box[3] - box[1]) / height
    xs = [width * c // columns for c in range(columns + 1)]
    ys = [height * r // rows for r in range(rows + 1)]
    for top, bottom in itertools.pairwise(ys):
        for left, right in itertools.pairwise(xs):
            part = np.ascontiguousarray(picture[top:bottom, left:right])
            cell = (box[0] + left * sx, box[1] + top * sy, box[0] + right * sx, box[1] + bottom * sy)
            page.insert_image(pymupdf.Rect(cell), stream=jpeg(part), keep_proportion=False)


def _clipped(sheet: Sheet, box: Box, picture: Picture) -> None:
    """An image larger than its place, cut by a clipping path."""
    x0, y0, x1, y1 = grow(box, (box[2] - box[0]) * 0.15)
    page = sheet.raw
    page.insert_image(pymupdf.Rect(x0, y0, x1, y1), stream=jpeg(picture), keep_proportion=False)
    xref = page.get_contents()[-1]
    doc = page.parent
    bottom = sheet.height - box[3]
    clip = f"q {box[0]:.2f} {bottom:.2f} {box[2] - box[0]:.2f} {box[3] - box[1]:.2f} re W n\n".encode()
    doc.update_stream(xref, clip + doc.xref_stream(xref) + b"\nQ")


def _table(sheet: Sheet, paper: _Paper, place: Box) -> float:
    """A ruled table with small pictures in one column; returns the y below it."""
    volume, author, r = paper.volume, paper.volume.author, paper.volume.rng
    x0, y0, x1, _ = place
    forms = r.sample(sorted(POTS), 3)
    caption = sheet.text(x0, y0, x1, author.say("表1 出土器物形制对照"), paper.small)
    top, row, step = caption[3] + 4, 46.0, (x1 - x0) / 3
    heads = [author.say(w) for w in ("器名", "图像", "编号")]
    style = Style(paper.small.size)
    for c, head in enumerate(heads):
        sheet.line(x0 + c * step + 4, top + 4, head, style)
    body = top + 16
    for k, form in enumerate(forms):
        y = body + k * row
        name = author.pot(form)
        sheet.text(x0 + 4, y + row / 2 - 4, x0 + step - 2, name, style)
        sheet.text(x0 + 2 * step + 4, y + row / 2 - 4, x1, author.find_number(), style)
        cell: Box = (x0 + step + 8, y + 4, x0 + 2 * step - 8, y + row - 4)
        sheet.picture(
            cell, objects.vessel(volume.pixels, form, *sheet.pixels(cell), background=(232, 232, 230))
        )
        sheet.figure(cell, "photo", title=name, accept={"caption": [name]}, optional=True, subject="ceramic")
    bottom = body + row * len(forms)
    for y in (top, body, *(body + row * (k + 1) for k in range(len(forms)))):
        sheet.rule(x0, y, x1, y, 0.5)
    for c in range(4):
        sheet.rule(x0 + c * step, top, x0 + c * step, bottom, 0.5)
    sheet.negative((x0, top, x1, bottom), "table")
    return bottom
