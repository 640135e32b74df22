"""Layout 1: entries of a silk catalogue, each with a pattern, its cropped motif and the garment it is on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractors.geometry import Box
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.page_writer import BLACK, Ink, Sheet, Style, Volume
from extractors.sample_books.pictures import textiles
from extractors.sample_books.pictures.base import Colour
from extractors.sample_books.texts import Motif
from extractors.sample_books.vocabulary import COLOURS, FIGURE_COLOURS

_PAPERS: tuple[Colour, ...] = ((255, 255, 255), (244, 243, 240), (226, 226, 228), (60, 58, 58))
"""Grounds that garments are photographed on; pure white is the hard case on white paper."""
_TWO_ENTRIES = 700.0
"""Height of a page in points that holds two entries."""
_PICTURE_SHARE = 0.64
"""Share of an entry's height that its pictures may take."""
_WITH_CROP = 0.85
"""Share of the entries that show the motif by itself."""
_GAPS = 24.0
"""Points between the pictures, and between them and the text."""
_LEFT_SHARE = 0.42
"""Share of the type area that pictures in a column of their own take."""
_TWO_NARROW = 650.0
"""Height of a page in points that holds two entries with their pictures at the left."""
_HANGING = 5.0
"""Width in ems of a column of labels."""


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
    at_left: bool = False
    """Whether the pictures stand in a column at the left, the words in one at the right."""
    garment: str = "heading"
    """Where the garment's name is: in a heading, in a field, or plain between the paragraphs."""


@dataclass(frozen=True)
class _Entry:
    """What one entry shows and says."""

    number: int
    motif: Motif
    form: str
    heading: str
    name: str
    text: str
    crop_text: str
    keeping: str
    detail: str


@dataclass(frozen=True)
class _Pictures:
    """Where the pictures of one entry are, and the y below them."""

    pattern: Box
    crop: Box | None
    cloth: Box
    below: float


@dataclass(frozen=True)
class _Words:
    """Where what is printed of one entry is."""

    garment: Box
    crop: Box | None


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
    look = _with_habits(look, volume)
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


def _with_habits(look: _Look, volume: Volume) -> _Look:
    """`look` with what only some publishers do: pictures at the left, other labels, no garment heading."""
    habits = volume.habits
    at_left = habits.random() < 0.3
    look = replace(
        look,
        at_left=at_left,
        label=habits.choice((look.label, look.label, "square", "hanging")),
        garment=habits.choice(("heading", "heading", "field", "plain")),
    )
    if not at_left:
        return look
    return replace(
        look,
        body=Style(look.body.size * 0.9, leading=1.5),
        title=replace(look.title, size=look.body.size * 1.3),
        per_page=2 if volume.height > _TWO_NARROW else 1,
    )


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
    elif look.label == "hanging":
        sheet.line(x0, top, label, Style(body.size, bold=True, colour=look.tint))
        box = sheet.text(x0 + body.size * _HANGING, top, x1, text, body)
    else:
        head = {"colon": f"{label}：", "square": f"［{label}］"}.get(look.label, f"【{label}】")
        box = sheet.text(x0, top, x1, head + text, body)
    return box[3] + body.size * (body.leading - 0.6), box


def _depth(sheet: Sheet, look: _Look, width: float, text: str) -> float:
    """Height of a labelled paragraph with the space below it, at most."""
    body = look.body
    label = body.size * body.leading if look.label == "line" else 0.0
    inset = body.size * (_HANGING if look.label == "hanging" else 4)
    return label + sheet.depth(width - inset, text, body) + body.size * (body.leading - 0.6)


def _entry(sheet: Sheet, look: _Look, number: int, top: float, bottom: float) -> None:
    author, r = sheet.volume.author, sheet.volume.rng
    motif = author.motif()
    form = r.choice(textiles.GARMENTS)
    entry = _Entry(
        number=number,
        motif=motif,
        form=form,
        heading=look.heading.format(n=number, name=motif.name),
        name=author.garment(motif, form),
        text=author.pattern_text(motif),
        crop_text=author.cropped_text(motif),
        keeping=author.keeping_text(),
        detail=author.detail_text(),
    )
    x0, x1 = look.margin, sheet.width - look.margin
    if look.at_left:
        x0 += (x1 - x0) * _LEFT_SHARE + _GAPS
    head_box = sheet.line(x0, top, entry.heading, look.title)
    y = head_box[3] + look.title.size * 0.7
    if look.at_left:
        pictures = _at_left(sheet, look, entry, top, bottom)
    else:
        pictures = _above(sheet, look, entry, y, bottom - top, bottom)
        y = pictures.below
    words = _print(sheet, look, entry, x0, y, x1, with_crop=pictures.crop is not None)
    _note(sheet, entry, head_box, pictures, words)


def _above(sheet: Sheet, look: _Look, entry: _Entry, y: float, room: float, bottom: float) -> _Pictures:
    """The pattern with its small pictures below or beside it, over the whole width."""
    r = sheet.volume.rng
    x0, x1 = look.margin, sheet.width - look.margin
    paragraphs = (entry.text, entry.crop_text, entry.keeping, entry.detail)
    words = sum(_depth(sheet, look, x1 - x0, t) for t in paragraphs)
    pictures = min(room * _PICTURE_SHARE, bottom - y - words - look.sub.size * 1.7 - _GAPS)
    beside = look.small == "beside"
    with_crop = r.random() < _WITH_CROP
    big_w = (x1 - x0) * (0.62 if beside else r.choice((0.78, 1.0)))
    big_h = pictures * (0.8 if beside else 0.68)
    big = _pattern(sheet, entry, (x0, y, x0 + big_w, y + big_h))
    small_w = x1 - x0 - big_w - 10 if beside else (x1 - x0) * 0.3
    small_h = (big_h - 8) / 2 if beside else pictures - big_h
    slots: list[Box]
    if beside:
        slots = [(x1 - small_w, y + k * (small_h + 8), x1, y + k * (small_h + 8) + small_h) for k in range(2)]
        below = y + big_h + 12
    else:
        y += big_h + 8
        square = min(small_w, small_h * r.choice((1.0, 1.25)))
        slots = [
            (x0, y, x0 + square, y + small_h),
            (x0 + square + 12, y, x0 + square + 12 + small_w, y + small_h),
        ]
        below = y + small_h + 12
    return _Pictures(big, *_crop_and_cloth(sheet, entry, slots, with_crop), below)


def _at_left(sheet: Sheet, look: _Look, entry: _Entry, top: float, bottom: float) -> _Pictures:
    """The pattern and, under it, its small pictures in a column at the left."""
    with_crop = sheet.volume.rng.random() < _WITH_CROP
    x0, width = look.margin, (sheet.width - 2 * look.margin) * _LEFT_SHARE
    height = min(bottom - top - 6, width * 1.5)
    big = _pattern(sheet, entry, (x0, top, x0 + width, top + height * 0.62))
    y, half = big[3] + 8, (width - 8) / 2
    slots: list[Box] = [
        (x0, y, x0 + half, top + height),
        (x0 + half + 8, y, x0 + width, top + height),
    ]
    return _Pictures(big, *_crop_and_cloth(sheet, entry, slots, with_crop), top + height)


def _pattern(sheet: Sheet, entry: _Entry, box: Box) -> Box:
    volume, r = sheet.volume, sheet.volume.rng
    size = sheet.pixels((0, 0, box[2] - box[0], box[3] - box[1]))
    repeats, fresh = r.choice((2, 2.5, 3.5)), r.random() < 0.3
    picture = textiles.pattern(volume.pixels, weave_of(entry.motif), *size, repeats=repeats, fresh=fresh)
    return sheet.picture(box, picture)


def _crop_and_cloth(sheet: Sheet, entry: _Entry, slots: list[Box], with_crop: bool) -> tuple[Box | None, Box]:
    """The cropped motif, if there is one, and the garment in the next slot."""
    volume, weave = sheet.volume, weave_of(entry.motif)
    crop = None
    if with_crop:
        crop = sheet.picture(slots[0], textiles.motif(volume.pixels, weave, *sheet.pixels(slots[0])))
    place = slots[1] if with_crop else slots[0]
    paper = volume.rng.choice(_PAPERS)
    cloth = textiles.garment(volume.pixels, weave, entry.form, *sheet.pixels(place), background=paper)
    return crop, sheet.picture(place, cloth)


def _print(
    sheet: Sheet, look: _Look, entry: _Entry, x0: float, y: float, x1: float, with_crop: bool
) -> _Words:
    """The name of the garment and the labelled paragraphs."""
    if look.garment == "heading":
        garment = sheet.line(x0, y, entry.name, look.sub)
        y = garment[3] + look.sub.size * 0.7
    y, _ = _labelled(sheet, look, x0, y, x1, "纹样", entry.text)
    crop = None
    if with_crop:
        y, crop = _labelled(sheet, look, x0, y, x1, "局部", entry.crop_text)
    if look.garment == "field":
        y, garment = _labelled(sheet, look, x0, y, x1, "名称", entry.name)
    elif look.garment == "plain":
        garment = sheet.text(x0, y, x1, entry.name, look.body)
        y = garment[3] + look.body.size * (look.body.leading - 0.6)
    y, _ = _labelled(sheet, look, x0, y, x1, "藏址", entry.keeping)
    _labelled(sheet, look, x0, y, x1, "细节", entry.detail)
    return _Words(garment, crop)


def _note(sheet: Sheet, entry: _Entry, heading: Box, pictures: _Pictures, words: _Words) -> None:
    """Note the figures of an entry with their texts."""
    say, number = sheet.volume.author.say, str(entry.number)
    group, title = f"entry-{number}", f"{number}{entry.motif.name}"
    sheet.figure(
        pictures.pattern,
        "pattern",
        title=title,
        caption=entry.heading,
        caption_bbox=heading,
        description=entry.text,
        number=number,
        group=group,
        accept={"caption": [entry.motif.name]},
    )
    keeping, detail = entry.keeping, entry.detail
    both = [detail, keeping, f"藏址{keeping}细节{detail}", f"{keeping}\n{detail}"]
    sheet.figure(
        pictures.cloth,
        "textile",
        title=f"{number}{entry.name}",
        caption=entry.name,
        caption_bbox=words.garment,
        description=f"{keeping}{detail}",
        number=number,
        group=group,
        accept={"description": [say(t) for t in both], "caption": [f"{number}{entry.name}"]},
    )
    if pictures.crop:
        sheet.figure(
            pictures.crop,
            "cropped",
            title=f"{title}2",
            caption="",
            caption_bbox=words.crop,
            description=entry.crop_text,
            number=number,
            group=group,
            accept={"description": [say("局部") + entry.crop_text]},
        )
