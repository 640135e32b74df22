"""Layout 1: entries of a silk catalogue, each with a pattern, its cropped motif and the garment it is on."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.geometry import Box
from flows.sample_books.furniture import Furniture
from flows.sample_books.page_writer import BLACK, Ink, Sheet, Style, Volume
from flows.sample_books.pictures import textiles
from flows.sample_books.pictures.base import Colour
from flows.sample_books.texts import Motif
from flows.sample_books.vocabulary import COLOURS, FIGURE_COLOURS

_PAPERS: tuple[Colour, ...] = ((255, 255, 255), (244, 243, 240), (226, 226, 228), (60, 58, 58))
"""Grounds that garments are photographed on; pure white is the hard case on white paper."""
_TWO_ENTRIES = 700.0
"""Height of a page in points that holds two entries."""
_PICTURE_SHARE = 0.64
"""Share of an entry's height that its pictures may take."""
_GAPS = 24.0
"""Points between the pictures, and between them and the text."""


@dataclass(frozen=True)
class _Look:
    """What one catalogue does on every page."""

    margin: float
    heading: str
    label: str
    small: str
    body: Style
    title: Style
    sub: Style
    per_page: int
    tint: Ink


def weave_of(motif: Motif) -> textiles.Weave:
    """How the motif is woven, in the colours that its description names."""
    return textiles.Weave(
        motif.subject, motif.frame, COLOURS[motif.ground], FIGURE_COLOURS[motif.figure], (234, 226, 204)
    )


def draw(volume: Volume, entries: int = 10) -> None:
    """Draw a catalogue of `entries` entries."""
    r = volume.rng
    size = r.choice((8.5, 9.0, 9.5, 10.0))
    tint: Ink = r.choice((BLACK, (0.5, 0.12, 0.1), (0.1, 0.22, 0.4)))
    look = _Look(
        margin=r.uniform(44, 64),
        heading=r.choice(("{n} {name}", "({n}) {name}", "（{n}）{name}", "{n:03d}  {name}")),
        label=r.choice(("colon", "bracket", "line", "bar")),
        small=r.choice(("below", "beside")),
        body=Style(size, leading=r.choice((1.5, 1.65, 1.8))),
        title=Style(size * r.choice((1.35, 1.6)), bold=r.random() < 0.6, colour=tint),
        sub=Style(size * 1.1, bold=True),
        per_page=r.choice((1, 1, 2)) if volume.height > _TWO_ENTRIES else 1,
        tint=tint,
    )
    furniture = Furniture(
        volume,
        r.choice(("中国古代丝绸纹样", "织绣纹样图录", "历代丝绸图案集")),
        r.choice(("第二章 动物纹样", "上编 团窠与联珠", "锦绣卷")),
    )
    number = r.choice((1, 5, 10, 27))
    done = 0
    while done < entries:
        sheet = volume.page()
        furniture.draw(sheet, look.margin, sheet.width - look.margin)
        for slot in range(min(look.per_page, entries - done)):
            top = 58 + slot * (sheet.height - 100) / look.per_page
            bottom = 58 + (slot + 1) * (sheet.height - 100) / look.per_page - 14
            _entry(sheet, look, number, top, bottom)
            number += 1
            done += 1


def _labelled(
    sheet: Sheet, look: _Look, x0: float, top: float, x1: float, label: str, text: str
) -> tuple[float, Box]:
    """A labelled paragraph; returns (the y below it, the box of its text)."""
    body = look.body
    label = sheet.volume.author.say(label)
    if look.label == "line":
        sheet.line(x0, top, label, Style(body.size, bold=True, colour=look.tint))
        box = sheet.text(x0, top + body.size * body.leading, x1, text, body)
    elif look.label == "bar":
        sheet.line(x0, top, f"{label} | ", Style(body.size, bold=True, colour=look.tint))
        inset = body.size * 3.2
        box = sheet.text(x0 + inset, top, x1, text, body)
    else:
        head = f"{label}：" if look.label == "colon" else f"【{label}】"
        box = sheet.text(x0, top, x1, head + text, body)
    return box[3] + body.size * (body.leading - 0.6), box


def _depth(sheet: Sheet, look: _Look, width: float, text: str) -> float:
    """Height of a labelled paragraph with the space below it, at most."""
    body = look.body
    label = body.size * body.leading if look.label == "line" else 0.0
    inset = body.size * 4
    return label + sheet.depth(width - inset, text, body) + body.size * (body.leading - 0.6)


def _entry(sheet: Sheet, look: _Look, number: int, top: float, bottom: float) -> None:
    volume, author, r = sheet.volume, sheet.volume.author, sheet.volume.rng
    motif = author.motif()
    weave = weave_of(motif)
    form = r.choice(textiles.GARMENTS)
    heading = look.heading.format(n=number, name=motif.name)
    x0, x1 = look.margin, sheet.width - look.margin
    room = bottom - top
    head_box = sheet.line(x0, top, heading, look.title)
    y = head_box[3] + look.title.size * 0.7
    name = author.garment(motif, form)
    text, crop_text = author.pattern_text(motif), author.cropped_text(motif)
    keeping, detail = author.keeping_text(), author.detail_text()
    words = sum(_depth(sheet, look, x1 - x0, t) for t in (text, crop_text, keeping, detail))
    pictures = min(room * _PICTURE_SHARE, bottom - y - words - look.sub.size * 1.7 - _GAPS)
    beside = look.small == "beside"
    with_crop = r.random() < 0.85
    big_w = (x1 - x0) * (0.62 if beside else r.choice((0.78, 1.0)))
    big_h = pictures * (0.8 if beside else 0.68)
    big = sheet.picture(
        (x0, y, x0 + big_w, y + big_h),
        textiles.pattern(
            volume.pixels,
            weave,
            *sheet.pixels((0, 0, big_w, big_h)),
            repeats=r.choice((2, 2.5, 3.5)),
            fresh=r.random() < 0.3,
        ),
    )
    small_w = x1 - x0 - big_w - 10 if beside else (x1 - x0) * 0.3
    small_h = (big_h - 8) / 2 if beside else pictures - big_h
    if beside:
        slots = [(x1 - small_w, y + k * (small_h + 8), x1, y + k * (small_h + 8) + small_h) for k in range(2)]
        y += big_h + 12
    else:
        y += big_h + 8
        square = min(small_w, small_h * r.choice((1.0, 1.25)))
        slots = [
            (x0, y, x0 + square, y + small_h),
            (x0 + square + 12, y, x0 + square + 12 + small_w, y + small_h),
        ]
        y += small_h + 12
    crop = (
        sheet.picture(slots[0], textiles.motif(volume.pixels, weave, *sheet.pixels(slots[0])))
        if with_crop
        else None
    )
    place = slots[1] if with_crop else slots[0]
    paper = r.choice(_PAPERS)
    cloth = sheet.picture(
        place, textiles.garment(volume.pixels, weave, form, *sheet.pixels(place), background=paper)
    )

    title_box = sheet.line(x0, y, name, look.sub)
    y = title_box[3] + look.sub.size * 0.7
    y, _ = _labelled(sheet, look, x0, y, x1, "纹样", text)
    crop_box = None
    if crop:
        y, crop_box = _labelled(sheet, look, x0, y, x1, "局部", crop_text)
    y, _ = _labelled(sheet, look, x0, y, x1, "藏址", keeping)
    _labelled(sheet, look, x0, y, x1, "细节", detail)

    group = f"entry-{number}"
    title = f"{number}{motif.name}"
    sheet.figure(
        big,
        "pattern",
        title=title,
        caption=heading,
        caption_bbox=head_box,
        description=text,
        number=str(number),
        group=group,
        accept={"caption": [motif.name]},
    )
    both = [detail, keeping, f"藏址{keeping}细节{detail}", f"{keeping}\n{detail}"]
    sheet.figure(
        cloth,
        "textile",
        title=f"{number}{name}",
        caption=name,
        caption_bbox=title_box,
        description=f"{keeping}{detail}",
        number=str(number),
        group=group,
        accept={"description": [author.say(t) for t in both], "caption": [f"{number}{name}"]},
    )
    if crop:
        sheet.figure(
            crop,
            "cropped",
            title=f"{title}2",
            caption="",
            caption_bbox=crop_box,
            description=crop_text,
            number=str(number),
            group=group,
            accept={"description": [author.say("局部") + crop_text]},
        )
