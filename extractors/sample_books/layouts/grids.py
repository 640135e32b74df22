"""Layout 6: grids and irregular groups, with one caption each or one shared caption in parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from extractors.geometry import Box, union
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.layouts.silk_catalogue import weave_of
from extractors.sample_books.page_writer import Sheet, Style, Volume
from extractors.sample_books.pictures import murals, objects, textiles
from extractors.sample_books.pictures.base import Picture
from extractors.sample_books.texts import chinese, circled
from extractors.sample_books.vocabulary import POTS

_PALE = (236, 235, 232)


@dataclass(frozen=True)
class _Panel:
    name: str
    kind: str
    paint: Callable[[int, int], Picture]

    @property
    def subject(self) -> str:
        """What it shows, where its kind does not say so."""
        return "ceramic" if self.kind == "photo" else ""


@dataclass
class _Look:
    numbering: str
    small: Style
    body: Style
    inside: bool
    gap: float
    number: int

    def next(self, sheet: Sheet) -> str:
        number = self.number
        self.number += 1
        text = f"图{number}" if self.numbering == "arabic" else f"图{chinese(number, self.numbering)}"
        return sheet.volume.author.say(text)


def draw(volume: Volume) -> None:
    """Draw a book of nine pages, each with another way of grouping."""
    r = volume.rng
    size = r.choice((8.0, 8.5, 9.0))
    look = _Look(
        numbering=r.choice(("arabic", "full", "positional")),
        small=Style(size, leading=1.45),
        body=Style(size + 1, leading=1.6, indent=2),
        inside=r.random() < 0.6,
        gap=r.uniform(6, 14),
        number=r.choice((1, 14)),
    )
    furniture = Furniture(volume, r.choice(("织绣纹样分类图录", "器物与壁画图谱")), "图例")
    pages: list[tuple[str, int, int]] = [
        ("own", 2, 2), ("numbers", 2, 3), ("letters", 2, 2), ("stacked", 1, 2), ("beside", 2, 1),
        ("circled", 3, 2), ("whole", 2, 1), ("own", 3, 3), ("irregular", 2, 2),
    ]  # fmt: skip
    r.shuffle(pages)
    for manner, columns, rows in pages:
        sheet = volume.page()
        margin = r.uniform(42, 56)
        furniture.draw(sheet, margin, sheet.width - margin)
        _page(sheet, look, manner, columns, rows, margin)


def _panels(volume: Volume, count: int) -> list[_Panel]:
    """`count` panels of one sort."""
    r, author, chance = volume.rng, volume.author, volume.pixels
    sort = r.choice(("textile", "vessel", "mural"))
    out: list[_Panel] = []
    for _ in range(count):
        if sort == "textile":
            weave_name = author.motif()
            weave = weave_of(weave_name)
            out.append(
                _Panel(weave_name.name, "pattern", partial(textiles.pattern, chance, weave, repeats=2))
            )
        elif sort == "vessel":
            form = r.choice(sorted(POTS))
            name = f"{author.pot(form)}（{author.find_number()}）"
            out.append(_Panel(name, "photo", partial(objects.vessel, chance, form, background=_PALE)))
        else:
            scene = r.choice(murals.SCENES)
            subject, place, _dynasty = author.mural(scene)
            out.append(_Panel(f"{place}{subject}", "mural", partial(murals.mural, chance, scene, figures=1)))
    return out


def _cells(box: Box, columns: int, rows: int, gap: float, below: float) -> list[Box]:
    """Cells of a grid in reading order, with `below` points kept free under each."""
    x0, y0, x1, y1 = box
    w, h = (x1 - x0 - gap * (columns - 1)) / columns, (y1 - y0 - gap * (rows - 1)) / rows
    return [
        (x0 + c * (w + gap), y0 + r * (h + gap), x0 + c * (w + gap) + w, y0 + r * (h + gap) + h - below)
        for r in range(rows)
        for c in range(columns)
    ]


def _irregular(box: Box, gap: float) -> list[Box]:
    """One large panel at left, two small ones at right, one wide below."""
    x0, y0, x1, y1 = box
    mx, my = x0 + (x1 - x0) * 0.62, y0 + (y1 - y0) * 0.64
    half = (y0 + my) / 2
    return [
        (x0, y0, mx - gap / 2, my - gap / 2),
        (mx + gap / 2, y0, x1, half - gap / 2),
        (mx + gap / 2, half + gap / 2, x1, my - gap / 2),
        (x0, my + gap / 2, x1, y1),
    ]


def _page(sheet: Sheet, look: _Look, manner: str, columns: int, rows: int, margin: float) -> None:
    r, author = sheet.volume.rng, sheet.volume.author
    area: Box = (margin, 60, sheet.width - margin, sheet.height * r.uniform(0.62, 0.74))
    own = manner == "own"
    panels = _panels(sheet.volume, 4 if manner == "irregular" else columns * rows)
    if manner == "irregular":
        cells = _irregular(area, look.gap)
    else:
        cells = _cells(area, columns, rows, look.gap + (2 if own else 0), look.small.size * 1.8 if own else 0)
    for cell, panel in zip(cells, panels, strict=True):
        sheet.picture(cell, panel.paint(*sheet.pixels(cell)))
    if own:
        for cell, panel in zip(cells, panels, strict=True):
            number = look.next(sheet)
            text = f"{number} {panel.name}"
            where = sheet.text(
                cell[0], cell[3] + 4, cell[2], text, Style(look.small.size, 1.3, align="centre")
            )
            sheet.figure(
                cell,
                panel.kind,
                subject=panel.subject,
                caption=text,
                caption_bbox=where,
                title=panel.name,
                number=number,
                accept={"caption": [panel.name]},
            )
        bottom = area[3]
    else:
        bottom = _shared(sheet, look, manner, area, cells, panels)
    space = sheet.height - 56 - bottom - 24
    if space > look.body.size * 6:
        sheet.text(
            margin,
            bottom + 24,
            sheet.width - margin,
            author.report_paragraph(3)[: int(space / look.body.size * 12)],
            look.body,
        )


def _marks(manner: str, count: int) -> list[str]:
    """What each part of the caption begins with."""
    match manner:
        case "letters":
            return [f"({chr(97 + k)}) " for k in range(count)]
        case "stacked":
            return ["上：", "下："]
        case "beside":
            return ["左：", "右："]
        case "circled" | "irregular":
            return [circled(k + 1) for k in range(count)]
    return [f"{k + 1}. " for k in range(count)]


def _shared(
    sheet: Sheet, look: _Look, manner: str, area: Box, cells: list[Box], panels: list[_Panel]
) -> float:
    """One caption for all panels; labels the panels and returns the y below the caption."""
    author = sheet.volume.author
    number = look.next(sheet)
    title = author.say({"mural": "壁画局部", "photo": "出土器物", "pattern": "织物纹样"}[panels[0].kind])
    title = (
        author.fresh(lambda: author.tomb() + title)
        if manner != "whole"
        else f"{panels[0].name}{author.say('（正面与背面）')}"
    )
    marks = _marks(manner, len(panels))
    head = f"{number} {title}"
    parts = (
        [] if manner == "whole" else [f"{author.say(m)}{p.name}" for m, p in zip(marks, panels, strict=True)]
    )
    text = head + ("\n" + "　".join(parts) if parts else "")
    where = sheet.text(area[0], area[3] + 7, area[2], text, look.small)
    if manner in ("numbers", "letters", "circled", "irregular"):
        for cell, mark in zip(cells, marks, strict=True):
            _panel_number(sheet, look, cell, mark.strip(" .()"))
    group = f"group-{look.number}"
    for k, (cell, panel) in enumerate(zip(cells, panels, strict=True)):
        if parts:
            figure = sheet.figure(cell, panel.kind, subject=panel.subject, caption=parts[k], title=panel.name)
            figure.accept = {
                "caption": [panel.name, f"{head} {parts[k]}", f"{number} {panel.name}", f"{title} {parts[k]}"]
            }
        else:
            figure = sheet.figure(cell, panel.kind, subject=panel.subject, caption=text, title=title)
            figure.accept = {"caption": [title]}
        figure.number, figure.group, figure.group_caption = number, group, text
        figure.caption_bbox, figure.caption_page = where, sheet.number
        figure.lenient = [text, head]
    return union([where])[3]


def _panel_number(sheet: Sheet, look: _Look, cell: Box, mark: str) -> None:
    """The number of a panel, printed in its corner, on a small white disc or bare."""
    x, y = cell[0] + 11, cell[1] + 11
    if not look.inside:
        x, y = cell[2] - 11, cell[3] - 11
    sheet.raw.draw_circle((x, y), 7, color=None, fill=(1, 1, 1))
    style = Style(8.5)
    sheet.line(x - style.width(mark) / 2, y - 4.4, mark, style)
