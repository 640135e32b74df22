"""Layout 3: a two-column excavation report with line drawings, photographs, tables, keys and mentions."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.geometry import Box, union
from extractors.sample_books import linework
from extractors.sample_books.furniture import Furniture
from extractors.sample_books.page_writer import Sheet, Style, Volume
from extractors.sample_books.pictures import objects
from extractors.sample_books.texts import chinese, circled
from extractors.sample_books.vocabulary import POTS

_FORMS = sorted(POTS)
_TWO_ROWS = 130.0
"""Height in points from which vessels stand in two rows."""


_SUBJECTS = {
    **dict.fromkeys(("plan", "beside", "photo", "landscape"), "site"),
    **dict.fromkeys(("pots", "pot"), "ceramic"),
    "ornament": "pattern",
}
"""What a figure of each sort shows; a chart is told by its kind."""


@dataclass
class _Report:
    """The conventions of one report, and how far it has come."""

    volume: Volume
    numbering: str
    side: str
    key: str
    body: Style
    small: Style
    gutter: float
    margin: float
    grid: bool
    figures: int = 0
    tables: int = 0
    plates: int = 0
    mentions: list[str] = field(default_factory=list)

    def next_number(self) -> str:
        """The printed number of the next figure, such as 图1-2 or 图二."""
        self.figures += 1
        n = self.figures
        match self.numbering:
            case "chapter":
                text = f"图3-{n}"
            case "chinese":
                text = f"图{chinese(n, 'full')}"
            case "spaced":
                text = f"图 {n}"
            case _:
                text = f"插图{n}"
        self.mentions.append(text.replace(" ", ""))
        return self.volume.author.say(text)

    def keyed(self, names: list[str]) -> str:
        """The key of a drawing: 1. 罐 2. 钵, in the style of this report."""
        marks = {"dot": "{}. ", "paren": "({}) ", "circled": "{}", "comma": "{}、"}[self.key]
        return "  ".join(
            marks.format(circled(k + 1) if self.key == "circled" else k + 1) + name
            for k, name in enumerate(names)
        )


def draw(volume: Volume, pages: int = 9) -> None:
    """Draw a report of `pages` text pages and one or two plate pages."""
    r = volume.rng
    size = r.choice((8.5, 9.0, 9.5))
    report = _Report(
        volume,
        numbering=r.choice(("chapter", "chinese", "spaced", "inserted")),
        side=r.choice(("below", "below", "above")),
        key=r.choice(("dot", "paren", "circled", "comma")),
        body=Style(size, leading=1.55, indent=2),
        small=Style(size - 1, leading=1.45, align=r.choice(("left", "centre"))),
        gutter=r.uniform(16, 24),
        margin=r.uniform(42, 56),
        grid=r.random() < 0.5,
    )
    tomb = volume.author.tomb()
    furniture = Furniture(volume, f"{tomb}发掘报告", "第三章 墓葬与遗物")
    spans = ["plan", "pots", "", "pots", "landscape", "", "beside", "pots"]
    r.shuffle(spans)
    for k in range(pages):
        sheet = volume.page()
        furniture.draw(sheet, report.margin, sheet.width - report.margin)
        _text_page(sheet, report, spans[k % len(spans)], heading=k % 3 == 0)
    for _ in range(r.choice((1, 2))):
        _plate_page(volume.page(), report)


def _text_page(sheet: Sheet, report: _Report, span: str, heading: bool) -> None:
    r, author = report.volume.rng, report.volume.author
    x0, x1 = report.margin, sheet.width - report.margin
    top, bottom = 56.0, sheet.height - 54
    if heading:
        box = sheet.line(
            x0,
            top,
            author.say(
                f"{chinese(r.randint(1, 9))}、{r.choice(('墓葬形制', '出土遗物', '地层堆积', '年代与性质'))}"
            ),
            Style(report.body.size * 1.3, bold=True),
        )
        top = box[3] + report.body.size
    if span:
        height = (bottom - top) * r.uniform(0.26, 0.36)
        at_top = r.random() < 0.6
        place: Box = (x0, top, x1, top + height) if at_top else (x0, bottom - height, x1, bottom)
        used = _figure(sheet, report, place, span, wide=True)
        if at_top:
            top = used[3] + report.body.size * 1.4
        else:
            bottom = used[1] - report.body.size * 1.4
    width = (x1 - x0 - report.gutter) / 2
    for column in range(2):
        cx = x0 + column * (width + report.gutter)
        inserts = r.choice(
            (("pot",), ("photo",), ("table",), ("ornament", "photo"), ("chart",), ("pots",), ())
        )
        _column(sheet, report, (cx, top, cx + width, bottom), list(inserts))


def _column(sheet: Sheet, report: _Report, box: Box, inserts: list[str]) -> None:
    """Fill one column with paragraphs, with the inserts between them."""
    r, author, body = report.volume.rng, report.volume.author, report.body
    x0, y, x1, bottom = box
    pitch = body.size * body.leading
    while bottom - y > pitch * 2:
        pending = report.mentions[-3:]
        mentions = [r.choice(pending)] if pending and r.random() < 0.7 else []
        if r.random() < 0.15:
            mentions.append(f"图版{chinese(r.randint(1, 6))}")
        text = author.report_paragraph(r.randint(2, 4), mentions)
        need = sheet.depth(x1 - x0, text, body)
        while need > bottom - y:
            text = text[:-6]
            need = sheet.depth(x1 - x0, text, body)
            if len(text) < 8:
                return
        used = sheet.text(x0, y, x1, text, body)
        y = used[3] + pitch - body.size
        height = min(150.0, (x1 - x0) * r.uniform(0.55, 0.8))
        if inserts and bottom - y > height + 60:
            place: Box = (x0, y + 6, x1, y + 6 + height)
            kind = inserts.pop()
            used = (
                _table(sheet, report, place)
                if kind == "table"
                else _figure(sheet, report, place, kind, wide=False)
            )
            y = used[3] + body.size * 1.3


def _figure(sheet: Sheet, report: _Report, place: Box, what: str, wide: bool) -> Box:
    """Draw a figure and its caption inside `place`; returns the box of both."""
    r, author = report.volume.rng, report.volume.author
    number = report.next_number()
    x0, y0, x1, y1 = place
    names: list[str] = []
    tomb = author.tomb()
    count = r.randint(4, 6) if wide else r.randint(2, 3)
    forms = [r.choice(_FORMS) for _ in range(count)]
    match what:
        case "plan" | "beside":
            title = author.say(f"{tomb}{r.choice(('平面图', '平、剖面图', '遗迹分布图'))}")
            names = author.finds(6)
        case "pots" | "pot":
            title = author.say(f"{tomb}出土{r.choice(('陶器', '器物', '随葬品'))}")
            forms = forms if what == "pots" else forms[:1]
            if len(forms) > 1:
                names = [f"{author.pot(f)}（{author.find_number()}）" for f in forms]
        case "ornament":
            title = author.say(f"{tomb}{r.choice(('瓦当', '铜镜', '墓砖'))}纹饰线图")
        case "chart":
            title = author.say(f"{tomb}陶片纹饰比例")
        case _:
            view, facing = r.choice(("发掘现场", "墓室全景", "地貌")), r.choice(("西—东", "南—北", "东—西"))
            title = author.say(f"{tomb}{view}（{facing}）")
    key = report.keyed(names) if names else ""
    first = f"{number}　{title}"
    style = report.small
    text = f"{first}\n{key}" if key else first
    if what == "beside":
        split = x0 + (x1 - x0) * 0.62
        drawn = _draw(sheet, what, (x0, y0, split - 14, y1), forms)
        caption = sheet.text(
            split,
            y1 - sheet.depth(x1 - split, text, Style(style.size, 1.45)),
            x1,
            text,
            Style(style.size, 1.45),
        )
    else:
        inset = (x1 - x0) * (0.08 if wide else 0.03)
        depth = sheet.depth(x1 - x0 - 2 * inset, text, style)
        above = report.side == "above"
        frame: Box = (
            x0 + inset,
            y0 + (depth + 8 if above else 0),
            x1 - inset,
            y1 - (0 if above else depth + 8),
        )
        drawn = _draw(sheet, what, frame, forms)
        caption = sheet.text(x0 + inset, y0 if above else drawn[3] + 7, x1 - inset, text, style)
    kind = {"chart": "chart", "photo": "photo", "landscape": "photo"}.get(what, "drawing")
    figure = sheet.figure(
        drawn, kind, caption=text, caption_bbox=caption, title=title, number=number, description=key,
        subject=_SUBJECTS.get(what, ""),
    )  # fmt: skip
    figure.accept = {"caption": [first, f"{number} {title} {key}"]}
    return union([drawn, caption])


def _draw(sheet: Sheet, what: str, frame: Box, forms: list[str]) -> Box:
    volume, chance = sheet.volume, sheet.volume.rng
    x0, y0, x1, y1 = frame
    match what:
        case "plan" | "beside":
            return linework.plan(sheet, frame, chance)
        case "pots" | "pot":
            rows = 2 if len(forms) > 3 and y1 - y0 > _TWO_ROWS else 1
            per_row = -(-len(forms) // rows)
            step, pitch = (x1 - x0) / per_row, (y1 - y0 - 8) / rows
            boxes = []
            for k, form in enumerate(forms):
                half = min(step * 0.42, pitch * 0.5) * chance.uniform(0.75, 1.0)
                depth = min(pitch - 16, half * chance.uniform(1.3, 1.9))
                cx, foot = x0 + (k % per_row + 0.5) * step, y0 + (k // per_row + 1) * pitch - 4
                label = str(k + 1) if len(forms) > 1 else ""
                boxes.append(linework.vessel(sheet, form, (cx - half, foot - depth, cx + half, foot), label))
            boxes.append(linework.scale_bar(sheet, x1 - 50, y1 - 3, 44, "10厘米"))
            return union(boxes)
        case "ornament":
            return linework.ornament(sheet, frame, chance.randint(6, 10))
        case "chart":
            names = [sheet.volume.author.say(n) for n in ("绳纹", "弦纹", "素面", "堆纹", "彩绘")]
            return linework.bar_chart(sheet, frame, names, [chance.uniform(0.15, 0.95) for _ in names])
    grey = chance.random() < 0.6
    make = objects.landscape if what == "landscape" else objects.trench
    return sheet.picture(frame, make(volume.pixels, *sheet.pixels(frame), grey=grey))


def _table(sheet: Sheet, report: _Report, place: Box) -> Box:
    r, author = report.volume.rng, report.volume.author
    report.tables += 1
    number = f"表{chinese(report.tables)}" if report.numbering == "chinese" else f"表{report.tables}"
    text = author.say(f"{number}　{author.tomb()}出土器物统计表")
    x0, y0, x1, _ = place
    caption = sheet.text(x0, y0, x1, text, report.small)
    rows = [[author.say(w) for w in ("器类", "数量", "口径", "高度")]]
    rows += [
        [
            author.pot(r.choice(_FORMS))[-3:],
            str(r.randint(1, 30)),
            f"{r.uniform(4, 30):.1f}",
            f"{r.uniform(5, 40):.1f}",
        ]
        for _ in range(r.randint(4, 6))
    ]
    box = linework.table(sheet, x0, caption[3] + 4, x1, rows, Style(report.small.size - 0.5), report.grid)
    sheet.negative(box, "table")
    return union([caption, box])


def _plate_page(sheet: Sheet, report: _Report) -> None:
    """A plate: two to four photographs, numbered under one plate heading."""
    volume, author, r = report.volume, report.volume.author, report.volume.rng
    report.plates += 1
    head = author.say(f"图版{chinese(report.plates)}")
    x0, x1 = report.margin, sheet.width - report.margin
    sheet.text(x0, 40, x1, head, Style(report.body.size * 1.1, align="right"))
    columns = r.choice((1, 2))
    width, height = (x1 - x0 - 14 * (columns - 1)) / columns, (sheet.height - 150) / 2
    for k in range(2 * columns):
        x, y = x0 + (k % columns) * (width + 14), 62 + (k // columns) * (height + 26)
        box: Box = (x, y, x + width, y + height)
        if r.random() < 0.5:
            form = r.choice(_FORMS)
            name, subject = f"{author.pot(form)}（{author.find_number()}）", "ceramic"
            ground = r.choice(((228, 228, 226), (40, 40, 44), (255, 255, 255)))
            sheet.picture(box, objects.vessel(volume.pixels, form, *sheet.pixels(box), background=ground))
        else:
            subject = "site"
            name = author.say(
                f"{author.tomb()}{r.choice(('全景', '局部', '清理现场'))}（{r.choice(('西—东', '南—北'))}）"
            )
            sheet.picture(box, objects.trench(volume.pixels, *sheet.pixels(box), grey=r.random() < 0.4))
        text = f"{k + 1}. {name}"
        caption = sheet.text(x, box[3] + 6, x + width, text, Style(report.small.size, align="centre"))
        figure = sheet.figure(
            box,
            "photo",
            caption=text,
            caption_bbox=caption,
            title=name,
            number=f"{head}:{k + 1}",
            group=f"plate-{report.plates}",
            subject=subject,
        )
        figure.accept = {"caption": [f"{head} {text}", f"{head} {name}", name]}
