"""Catalogue entries: found by heading and labelled paragraphs, made into CulTi's records by role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.layout.book_layout import lay_out
from extractors.layout.entries import Entry, find_entries
from extractors.look import Look
from extractors.pairing.drafts import Draft
from extractors.pairing.roles import entry_drafts
from extractors.pairing.solve import solve_book
from extractors.records import PageContent, TextLine
from tests.extractors.made import book, figure, line, page, prose

RED = Look((110.0, 180.0, 160.0), (110.0, 180.0, 160.0), 0.0)
"""A pattern whose ground is its colour to the edge."""
ON_WHITE = Look((250.0, 128.0, 128.0), (120.0, 170.0, 150.0), 0.3)
"""A garment photographed on white."""
CROP = "局部：一只飞翔的海东青。"
TEXTILE = ("海东青逐兔纹妆金胸背", "藏址：云岭省考古研究所", "细节：以片金织出轮廓。")


def entry_page(
    number: int, heading: str, paragraphs: Sequence[str], *, pictures: int = 2, garment: str = ""
) -> PageContent:
    """An entry as catalogues print it: heading, a large pattern, small pictures under it, the paragraphs."""
    lines = [line(heading, 50, 60, 14)]
    y = 430.0
    if garment:
        lines.append(line(garment, 50, 400, 12))
    for text in paragraphs:
        lines.append(line(text, 50, y))
        y += 18
    small = [figure(50 + 130 * i, 300, 160 + 130 * i, 390) for i in range(pictures - 1)]
    return page(number, lines, [figure(50, 85, 370, 290), *small])


def entries(*pages: PageContent) -> list[Entry]:
    return find_entries(lay_out(book(pages)))


def first_and_second(paragraphs: Sequence[str], *, pictures: int = 2, garment: str = "") -> Entry:
    """The first of two entries; a book of one entry is none."""
    second = entry_page(2, "11 缠枝莲纹", ["纹样：缠枝莲花，枝叶舒卷。", "藏址：某馆"])
    found = entries(entry_page(1, "10 海东青逐兔纹", paragraphs, pictures=pictures, garment=garment), second)
    assert [entry.heading.number for entry in found] == ["10", "11"]
    return found[0]


def roles(entry: Entry, looks: Sequence[Look | None]) -> list[Draft]:
    places = [
        (50.0, 85.0, 370.0, 290.0),
        *((50.0 + 130 * i, 300.0, 160.0 + 130 * i, 390.0) for i in range(3)),
    ]
    return entry_drafts(entry, [Draft(1, figure(*box), margin=3.0) for box in places[: len(looks)]], looks)


def test_an_entry_runs_from_its_heading_to_the_next() -> None:
    entry = first_and_second(["纹样：海东青追逐奔兔。", *TEXTILE[1:]], garment=TEXTILE[0])
    assert entry.heading.title == "海东青逐兔纹"
    assert entry.texts["pattern"] == "海东青追逐奔兔。"
    assert entry.texts["collection"] == "云岭省考古研究所"
    assert entry.texts["detail"] == "以片金织出轮廓。"
    assert entry.name is not None
    assert entry.name.text == TEXTILE[0]
    assert entry.figures == [(1, 0), (1, 1)]


@pytest.mark.parametrize("names", [11.4, 12.0, 12.6])
def test_headings_that_ocr_measured_are_told_from_the_names_below_them_by_the_sizes_of_the_book(
    names: float,
) -> None:
    """Sizes of OCR vary: what is larger in one book is the size of a name in another."""
    made = [
        entry_page(n, f"{n} {pattern}", [f"纹样：{pattern}，枝叶舒卷。", "藏址：某馆"])
        for n, pattern in enumerate(("海东青逐兔纹", "缠枝莲纹", "宝相花纹", "联珠对鸟纹"), 1)
    ]
    pages = [
        replace(p, lines=(*p.lines, line(f"{9 + p.page} 锦袍残片", 50, 400, names + 0.3 * p.page)))
        for p in made
    ]
    headings = [entry.heading.number for entry in entries(*pages)]
    assert headings == ["1", "2", "3", "4"]


def test_an_entry_goes_on_over_the_page() -> None:
    first = entry_page(1, "10 海东青逐兔纹", ["纹样：海东青追逐奔兔。"])
    rest = page(2, [line("藏址：云岭省考古研究所", 50, 60)], [figure(50, 100, 200, 300)])
    last = entry_page(3, "11 缠枝莲纹", ["纹样：缠枝莲花。"])
    found = entries(first, rest, last)
    assert found[0].texts["collection"] == "云岭省考古研究所"
    assert (2, 0) in found[0].figures


def test_labels_on_a_line_of_their_own() -> None:
    entry = first_and_second(["纹样", "海东青追逐奔兔。", "藏址", "云岭省考古研究所"])
    assert entry.texts["pattern"] == "海东青追逐奔兔。"
    assert entry.texts["collection"] == "云岭省考古研究所"


def test_numbered_lines_without_paragraphs_are_no_entries() -> None:
    assert entries(*(page(n, [line(f"{n} 海东青逐兔纹", 50, 60, 14)]) for n in range(1, 5))) == []


def test_running_text_is_no_entry() -> None:
    lines: list[TextLine] = [
        line("出土遗物以陶器为主，器形规整，纹饰清晰可辨。", 50, 60 + 20 * i) for i in range(9)
    ]
    assert entries(page(1, lines), page(2, lines)) == []


def test_the_largest_picture_is_the_pattern() -> None:
    pattern, _ = roles(first_and_second(["纹样：海东青追逐奔兔。", TEXTILE[1]]), [RED, ON_WHITE])
    assert (pattern.role, pattern.title, pattern.description) == (
        "pattern",
        "10海东青逐兔纹",
        "海东青追逐奔兔。",
    )
    assert pattern.number == "10"


def test_the_textile_takes_its_own_title_and_what_is_said_of_the_object() -> None:
    entry = first_and_second(["纹样：海东青追逐奔兔。", *TEXTILE[1:]], garment=TEXTILE[0])
    _, textile = roles(entry, [RED, ON_WHITE])
    assert (textile.role, textile.title) == ("textile", "10海东青逐兔纹妆金胸背")
    assert "云岭省考古研究所" in textile.description
    assert "以片金织出轮廓。" in textile.description
    assert "追逐" not in textile.description


def test_the_cropped_motif_takes_its_own_sentence() -> None:
    _, cropped = roles(first_and_second(["纹样：海东青追逐奔兔。", CROP]), [RED, RED])
    assert (cropped.role, cropped.description) == ("cropped", "一只飞翔的海东青。")
    assert cropped.title.startswith("10海东青逐兔纹")
    assert cropped.title != "10海东青逐兔纹"


def test_the_ground_tells_motif_from_garment() -> None:
    entry = first_and_second(["纹样：海东青追逐奔兔。", CROP, *TEXTILE[1:]], pictures=3, garment=TEXTILE[0])
    assert [d.role for d in roles(entry, [RED, RED, ON_WHITE])] == ["pattern", "cropped", "textile"]
    assert [d.role for d in roles(entry, [RED, ON_WHITE, RED])] == ["pattern", "textile", "cropped"]


def test_a_role_that_is_guessed_is_less_sure() -> None:
    entry = first_and_second(["纹样：海东青追逐奔兔。", CROP, *TEXTILE[1:]], pictures=3, garment=TEXTILE[0])
    seen, blind = roles(entry, [RED, RED, ON_WHITE]), roles(entry, [None, None, None])
    assert min(d.confidence for d in blind) < min(d.confidence for d in seen)


def test_the_figures_of_an_entry_share_a_group() -> None:
    found = roles(first_and_second(["纹样：海东青追逐奔兔。", CROP], pictures=3), [RED, RED, RED])
    assert len({d.group for d in found}) == 1
    assert len({d.title for d in found}) == 3
    assert {d.description_source for d in found} == {"entry"}


def test_every_figure_of_an_entry_has_words() -> None:
    entry = first_and_second(["纹样：海东青追逐奔兔。"], pictures=3)
    assert all(d.has_text for d in roles(entry, [RED, ON_WHITE, replace(RED, grey=1.0)]))


NAMES = ("海东青逐兔纹", "缠枝莲纹", "团窠双狮纹", "宝相花纹")
SAID = tuple(f"{name}织于袍料之上。" for name in NAMES)
KEPT = ("云岭考古所", "沧州博物馆", "青川博物馆", "北原研究院")


def in_two_columns(number: int, first: int) -> PageContent:
    """Two entries one below the other: heading and pictures in the left column, the words in the right."""
    lines: list[TextLine] = []
    regions = []
    for k in range(2):
        top = 60.0 + 265 * k
        lines.append(line(f"{first + k + 10} {NAMES[first + k]}", 40, top, 12))
        lines.append(line(f"纹样：{SAID[first + k]}", 220, top + 40, 9))
        lines.append(line(f"藏址：{KEPT[first + k]}", 220, top + 80, 9))
        regions += [figure(40, top + 20, 200, top + 150), figure(40, top + 160, 120, top + 240)]
    return page(number, lines, regions)


def words(entry: Entry) -> tuple[str, str, str]:
    return entry.heading.title, entry.texts.get("pattern", ""), entry.texts.get("collection", "")


WORDS = list(zip(NAMES, SAID, KEPT, strict=True))


def test_pictures_in_one_column_go_with_the_words_beside_them() -> None:
    found = entries(in_two_columns(1, 0), in_two_columns(2, 2))
    assert [words(entry) for entry in found] == WORDS
    assert [entry.figures for entry in found] == [
        [(1, 0), (1, 1)],
        [(1, 2), (1, 3)],
        [(2, 0), (2, 1)],
        [(2, 2), (2, 3)],
    ]


def stacked_in_columns(starts: Sequence[tuple[float, float]]) -> PageContent:
    """Four entries, each heading at its (x, y), above its picture and its words."""
    lines: list[TextLine] = []
    regions = []
    for k, (x, y) in enumerate(starts):
        lines.append(line(f"{k + 10} {NAMES[k]}", x, y, 12))
        lines.append(line(f"纹样：{SAID[k]}", x, y + 125, 9))
        lines.append(line(f"藏址：{KEPT[k]}", x, y + 150, 9))
        regions.append(figure(x, y + 20, x + 160, y + 115))
    return page(1, lines, regions)


@pytest.mark.parametrize("second", [(60.0, 320.0), (120.0, 385.0)])
def test_entries_below_one_another_are_read_by_columns(second: tuple[float, float]) -> None:
    found = entries(stacked_in_columns([(40, 60), (40, 320), *((220, y) for y in second)]))
    assert [words(entry) for entry in found] == WORDS
    assert [entry.figures for entry in found] == [[(1, k)] for k in range(4)]


def garment_entry(pattern: str, name: str) -> Entry:
    """The first of two entries, with a line in the type of the words below its pattern paragraph."""
    lines = [line("10 海东青逐兔纹", 50, 60, 10), line(pattern, 50, 420), line(name, 50, 450)]
    lines += [line("藏址：云岭省考古研究所", 50, 480)]
    first = page(1, lines, [figure(50, 85, 370, 290), figure(50, 300, 160, 390)])
    return entries(first, entry_page(2, "11 缠枝莲纹", ["纹样：缠枝莲花，枝叶舒卷。"]))[0]


def test_a_short_line_after_a_finished_paragraph_names_the_garment() -> None:
    entry = garment_entry("纹样：花叶间有飞鸟。", "大窠盘领袍")
    assert entry.name is not None
    assert entry.name.text == "大窠盘领袍"
    assert entry.texts == {"pattern": "花叶间有飞鸟。", "collection": "云岭省考古研究所"}


def test_a_short_line_after_an_unfinished_paragraph_goes_on_with_it() -> None:
    entry = garment_entry("纹样：花叶间有飞鸟，", "见于大窠盘领袍")
    assert entry.name is None
    assert entry.texts["pattern"] == "花叶间有飞鸟，见于大窠盘领袍"


@pytest.mark.parametrize(("x", "roles_seen"), [(50, ["textile", "cropped"]), (180, ["cropped", "textile"])])
def test_a_title_right_under_a_small_picture_names_it_whatever_its_ground(
    x: float, roles_seen: list[str]
) -> None:
    paragraphs = [
        line(text, 60, 460 + 18 * k) for k, text in enumerate(("纹样：海东青追逐奔兔。", CROP, *TEXTILE[1:]))
    ]
    small = [figure(50 + 130 * i, 300, 160 + 130 * i, 390) for i in range(2)]
    lines = [line("10 海东青逐兔纹", 50, 60, 14), line(TEXTILE[0], x, 396, 10), *paragraphs]
    second = entry_page(2, "11 缠枝莲纹", ["纹样：缠枝莲花，枝叶舒卷。", "藏址：某馆"])
    entry = entries(page(1, lines, [figure(50, 85, 370, 290), *small]), second)[0]
    assert entry.name is not None
    assert [d.role for d in roles(entry, [RED, RED, RED])] == ["pattern", *roles_seen]


def test_pictures_of_one_row_are_met_from_left_to_right() -> None:
    """However their upper edges differ by a hair."""
    entry = first_and_second(["纹样：海东青追逐奔兔。", CROP, *TEXTILE[1:]], pictures=3)
    boxes = [(50.0, 85.0, 370.0, 290.0), (180.0, 299.9, 290.0, 390.0), (50.0, 300.0, 160.0, 390.0)]
    found = entry_drafts(entry, [Draft(1, figure(*box)) for box in boxes], [RED, RED, RED])
    assert [d.role for d in found] == ["pattern", "textile", "cropped"]


RUST = 0x8C2F1B


def two_headed(number: int, ordinal: int, catalogue: int, *, labels: bool = True) -> PageContent:
    """An entry with a heading for the pattern over its pictures and one for the garment over the text."""
    heading = replace(line(f"({ordinal}) 团窠{'莲鹿凤鹤'[ordinal % 4]}纹", 50, 50, 15), colour=RUST)
    name = line(f"{catalogue}　团窠纹织金锦袍{'甲乙丙丁'[ordinal % 4]}　唐", 50, 380, 11)
    fields = [
        "纹样 | 主题为团窠，四周缀联珠。",
        "局部① | 花心特写。",
        "局部② | 枝干瘦硬。",
        "藏址 | 青岚博物馆",
    ]
    told = fields if labels else ["主题为团窠，四周缀联珠，居中而立，枝叶舒卷，纹样疏朗，旁饰小花数朵。"]
    lines = [line(text, 50, 400 + 18 * i) for i, text in enumerate(told)]
    pictures = [figure(50, 80, 370, 270), *(figure(50 + 110 * i, 280, 150 + 110 * i, 365) for i in range(3))]
    return page(number, [heading, name, *lines], pictures)


def test_an_entry_may_have_a_heading_for_the_pattern_and_one_for_the_object() -> None:
    found = entries(two_headed(1, 3, 12), two_headed(2, 4, 13), two_headed(3, 5, 14, labels=False))
    assert [(e.heading.number, e.number) for e in found] == [("3", "12"), ("4", "13"), ("5", "14")]
    assert [e.object_name for e in found] == ["团窠纹织金锦袍丁", "团窠纹织金锦袍甲", "团窠纹织金锦袍乙"]
    assert [len(e.figures) for e in found] == [4, 4, 4]
    assert found[2].paragraphs


def test_each_detail_has_the_text_with_its_index() -> None:
    first, *_ = entries(two_headed(1, 3, 12), two_headed(2, 4, 13))
    boxes = [(50, 80, 370, 270), *((50 + 110 * i, 280, 150 + 110 * i, 365) for i in range(3))]
    drafts = entry_drafts(first, [Draft(1, figure(*box)) for box in boxes], [RED, RED, RED, ON_WHITE])
    assert [d.role for d in drafts] == ["pattern", "cropped", "cropped", "textile"]
    assert [d.description for d in drafts[1:3]] == ["花心特写。", "枝干瘦硬。"]
    assert [d.title for d in drafts] == ["12团窠鹤纹", "12团窠鹤纹2", "12团窠鹤纹3", "12团窠纹织金锦袍丁"]


def test_words_before_a_separator_are_labels_when_the_book_repeats_them() -> None:
    def labelled(number: int) -> PageContent:
        lines = [
            line(f"第{number}号 缠枝{'莲菊桃竹'[number]}纹绫", 50, 50, 15),
            line("用途 | 袍料，缘边另加。", 50, 400),
        ]
        lines.append(line("纹样：缠枝莲花，枝叶舒卷。", 50, 420))
        return page(number, lines, [figure(50, 80, 370, 370)])

    found = entries(*(labelled(number) for number in (1, 2, 3)))
    assert [entry.texts["note"] for entry in found] == ["袍料，缘边另加。"] * 3


def test_a_manual_with_labels_of_its_own_is_no_catalogue() -> None:
    def section(number: int) -> PageContent:
        lines = [line(f"{number} 安装与设置步骤", 50, 50, 15), line("示例：打开文件，选择页面。", 50, 400)]
        lines.append(line("注意：保存之后方可关闭。", 50, 420))
        return page(number, lines, [figure(50, 80, 370, 370)])

    assert entries(*(section(number) for number in (1, 2, 3))) == []


def test_headings_of_chapters_with_captioned_figures_open_no_entries() -> None:
    def chapter(number: int) -> PageContent:
        heading = replace(line(f"{'一二三四五'[number]}、墓葬形制概述", 50, 50, 15), colour=RUST)
        lines = [heading, line(f"图{number + 1} 墓室平面图", 50, 375), *prose(50, 400, 320, 4)]
        return page(number + 1, lines, [figure(50, 80, 370, 370)])

    assert entries(*(chapter(number) for number in range(5))) == []


def test_an_object_without_labels_is_an_entry_where_the_book_repeats_its_form() -> None:
    def item(number: int) -> PageContent:
        heading = replace(line(f"{number} 青釉{'甲乙丙丁戊己'[number]}瓶", 50, 50, 15), colour=RUST)
        return page(number, [heading, *prose(50, 400, 320, 4)], [figure(50, 80, 370, 370)])

    found = entries(*(item(number) for number in range(1, 6)))
    assert [entry.number for entry in found] == ["1", "2", "3", "4", "5"]
    (draft,) = entry_drafts(found[0], [Draft(1, figure(50, 80, 370, 370))], [None])
    assert (draft.title, draft.role, draft.rule) == ("青釉乙瓶", "", "entry-object")
    assert draft.description.startswith("此处地层")


def objects(number: int, *, below: bool) -> PageContent:
    """An object: name in bold, data, prose; its picture under it or over it."""
    top = 400 if below else 50
    name = replace(line(f"青釉{'甲乙丙丁戊己庚'[number]}瓶", 50, top, 14), bold=True)
    data = [line("北宋　高25.3厘米", 50, top + 20, 9), line("故宫博物院藏", 50, top + 33, 9)]
    picture = figure(50, 60, 370, 380) if below else figure(50, 200, 370, 560)
    return page(number, [name, *data, *prose(50, top + 48, 320, 5, start=number)], [picture])


@pytest.mark.parametrize("below", [True, False])
def test_figures_may_stand_before_their_heading_or_after_it(below: bool) -> None:
    found = entries(*(objects(number, below=below) for number in range(1, 6)))
    assert [entry.figures for entry in found] == [[(number, 0)] for number in range(1, 6)]
    (draft,) = entry_drafts(found[0], [Draft(1, figure(50, 60, 370, 380))], [None])
    assert draft.title == "青釉乙瓶"
    assert "故宫" not in draft.description


def test_a_detail_with_a_line_of_its_own_keeps_it() -> None:
    pages = [objects(number, below=False) for number in range(1, 6)]
    detail = figure(50, 310, 170, 380)
    views = [figure(50, 140, 370, 300), detail, figure(200, 310, 320, 380)]
    named = [line("局部：腹部莲纹", 50, 385, 8), line("局部：圈足", 200, 385, 8)]
    pages[1] = replace(
        pages[1], lines=(*pages[1].lines[:3], *named, *prose(50, 420, 320, 5, start=2)), regions=tuple(views)
    )
    drafts = [draft for draft in solve_book(book(pages)).drafts if draft.page == 2]
    found = sorted(drafts, key=lambda draft: (draft.bbox[1], draft.bbox[0]))
    assert [draft.caption for draft in found[1:]] == ["局部：腹部莲纹", "局部：圈足"]


def test_a_catalogue_may_number_its_entries_in_english() -> None:
    def entry(number: int) -> PageContent:
        heading = line(
            f"No. {number} {['Lotus', 'Peony', 'Crane', 'Cloud'][number]} pattern silk", 50, 50, 14
        )
        fields = ["Pattern: Scrolls with birds in a red ground.", "Collection: Silk Museum"]
        lines = [heading, *(line(text, 50, 400 + 16 * i) for i, text in enumerate(fields))]
        return page(number, lines, [figure(50, 80, 370, 280)])

    found = entries(*(entry(number) for number in range(1, 4)))
    assert [found_.number for found_ in found] == ["1", "2", "3"]
    assert found[0].texts["collection"] == "Silk Museum"
