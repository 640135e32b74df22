"""A book of spreads is solved as the pages it shows; what comes back is told by the pages of the file."""

from __future__ import annotations

from dataclasses import replace

from extractors.geometry import Box
from extractors.pairing.solve import SolvedBook, solve_book
from extractors.records import Dropped, PageContent, TextLine
from tests.extractors.made import book, figure, line, page, prose

NAMES = ("飞天", "藻井", "供养人", "莲花", "团凤")
LEFT: Box = (40, 40, 380, 550)
RIGHT: Box = (460, 40, 800, 550)


def spread(number: int, lines: list[TextLine], *boxes: Box) -> PageContent:
    whole = page(number, lines, [figure(*box) for box in boxes], size=(840, 595))
    return replace(whole, is_scan=True)


def facing(number: int, *, x: float = 60, plate: Box = RIGHT) -> PageContent:
    """A plate, and its caption on the page beside."""
    return spread(number, [line(f"图版{number} {NAMES[number - 1]}", x, 300)], plate)


def solved(*pages: PageContent) -> SolvedBook:
    return solve_book(book(pages))


def test_captions_facing_their_plates_on_one_sheet() -> None:
    drafts = solved(*(facing(n) for n in range(1, 6))).drafts
    assert [(d.page, d.bbox, d.description) for d in drafts] == [
        (n, RIGHT, name) for n, name in enumerate(NAMES, 1)
    ]
    assert [d.candidate and d.candidate.page for d in drafts] == [1, 2, 3, 4, 5]
    assert {d.rule for d in drafts} == {"facing-page"}


def test_a_pointer_to_the_page_on_the_left_means_the_same_sheet() -> None:
    lines = [line("左图：莲花纹瓦当", 500, 300)]
    (draft,) = solved(spread(1, lines, LEFT)).drafts
    assert (draft.page, draft.description) == (1, "莲花纹瓦当")


def test_what_is_left_over_is_on_its_sheet() -> None:
    rest = [line("图9 卷草纹", 60, 300), line("图10 云龙纹", 500, 300)]
    dropped = replace(spread(3, rest), dropped=(Dropped(3, (600, 20, 620, 40), "too-small"),))
    result = solved(facing(1), facing(2), dropped)
    assert [(c.page, c.text) for c in result.free] == [(3, "图9 卷草纹"), (3, "图10 云龙纹")]
    assert [drop.page for drop in result.left_out] == [3]
    assert [layout.page for layout in result.layouts] == [1, 1, 2, 2, 3, 3]


def test_entries_are_on_their_sheets() -> None:
    def entry(number: int, x: float) -> tuple[list[TextLine], Box]:
        told = [f"第{number}号 缠枝{'莲菊桃竹兰梅荷'[number]}纹绫", "纹样：缠枝花，枝叶舒卷。", "藏址：某馆"]
        lines = [
            line(text, x, y, 15 if y == 50 else 10) for text, y in zip(told, (50, 400, 420), strict=True)
        ]
        return lines, (x, 80, x + 320, 370)

    pages = []
    for sheet in (1, 2, 3):
        (first, left), (second, right) = entry(2 * sheet - 1, 40), entry(2 * sheet, 460)
        pages.append(spread(sheet, [*first, *second], left, right))
    result = solved(*pages)
    assert [(entry.number, {b.page for b in entry.blocks}) for entry, _ in result.entries] == [
        (str(n), {(n + 1) // 2}) for n in range(1, 7)
    ]
    assert [[result.drafts[i].page for i in figures] for _, figures in result.entries] == [
        [(n + 1) // 2] for n in range(1, 7)
    ]


def test_descriptions_of_plates_are_on_their_sheets() -> None:
    said = "画面构图饱满，线描劲健，设色以青绿为主，为同期壁画中的佳作，现藏本院，保存完好。"
    told = [line("图版说明", 60, 60, 16)]
    told += [line(f"{n} {said}"[:34], 60, 60 + 40 * n) for n in range(1, 4)]
    plates = [spread(n, [line(f"图版{n}", 600, 560)], RIGHT) for n in range(1, 4)]
    drafts = solved(*plates, spread(4, [*told, *prose(500, 60, 300, 8)])).drafts
    assert [d.text_page for d in drafts] == [4, 4, 4]


def test_a_label_of_unknown_form_is_on_its_sheet() -> None:
    odd = [line("图 S3 口沿", 150, 500), *prose(500, 60, 300, 4)]
    found = solved(facing(1), facing(2), spread(3, odd)).overlooked
    assert [(row.page, row.text) for row in found] == [(3, "图 S3 口沿")]
