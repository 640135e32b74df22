"""Bare numbers that count on from plate to plate are labels; those of sections and lists are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.layout.book_layout import lay_out
from extractors.pairing.numbering import with_numbered_captions
from extractors.pairing.solve import solve_book
from extractors.records import PageContent, Region
from tests.extractors.made import book, figure, line, page, prose

NUMERALS = ("十八", "十九", "二〇", "二一", "二二", "二三")
NAMES = ("波曲纹盉", "窃曲纹鼎", "蟠螭纹壶", "兽面纹罍", "双耳方簋", "云雷纹甗")
PLATE = figure(60, 60, 360, 420)


def labels(*pages: PageContent) -> list[tuple[tuple[int, ...], str]]:
    """Number and title of the labelled captions of a book, in page order."""
    found = with_numbered_captions(lay_out(book(pages)))
    return [
        (c.label.key, c.body)
        for layout in found
        for c in layout.candidates
        if c.kind == "labelled" and c.label is not None
    ]


def plates(count: int, y: float = 430, plate: Region = PLATE) -> list[PageContent]:
    """Plates with a bare-numbered title at the height `y`: 十八　波曲纹盉　春秋."""
    return [page(k + 1, [line(f"{NUMERALS[k]}　{NAMES[k]}　春秋", 150, y)], [plate]) for k in range(count)]


def counted(count: int) -> list[tuple[tuple[int, ...], str]]:
    return [((18 + k,), f"{NAMES[k]}　春秋") for k in range(count)]


def test_titles_that_count_on_are_labelled_captions() -> None:
    assert labels(*plates(5)) == counted(5)


def test_a_title_printed_on_a_full_page_picture_is_one_too() -> None:
    assert labels(*plates(5, 520, figure(0, 0, 420, 595))) == counted(5)


def test_a_title_far_below_its_plate_is_one_too() -> None:
    assert labels(*plates(5, 550, figure(60, 60, 360, 300))) == counted(5)


def test_fewer_than_four_are_no_captions() -> None:
    assert labels(*plates(3)) == []
    assert labels(*plates(4)) == counted(4)


def test_a_missing_number_does_not_end_the_count_and_a_jump_does() -> None:
    assert labels(*(p for k, p in enumerate(plates(6)) if k != 2)) == [
        pair for k, pair in enumerate(counted(6)) if k != 2
    ]
    assert labels(*(p for k, p in enumerate(plates(6)) if k not in (2, 3))) == []


def test_numbered_titles_are_captions_in_a_book_that_labels_its_other_figures() -> None:
    rest = [page(n, [line(f"图{n} 联珠纹", 150, 430)], [PLATE]) for n in range(5, 14)]
    labelled = [((n,), "联珠纹") for n in range(5, 14)]
    assert labels(*plates(4), *rest)[-9:] == labelled
    assert len(labels(*plates(4), *rest)) == 13


def test_numbers_on_pages_with_captions_head_chapters() -> None:
    headed = [
        page(n, [line(f"{n} 出土器物", 150, 40, 12), line(f"图{n} 联珠纹", 150, 430)], [PLATE])
        for n in range(1, 7)
    ]
    assert labels(*headed) == [((n,), "联珠纹") for n in range(1, 7)]


def test_several_numbered_titles_beside_their_pictures_are_captions() -> None:
    def spread(number: int) -> PageContent:
        rows = [2 * number - 1, 2 * number]
        lines = [line(f"{n} {NAMES[n - 1]}", 60, 215 + 220 * k, 9) for k, n in enumerate(rows)]
        pictures = [figure(60, 60 + 220 * k, 260, 205 + 220 * k) for k in range(2)]
        return page(number, [*lines, *prose(270, 60, 120, 8, start=number)], pictures)

    assert labels(*map(spread, (1, 2, 3))) == [((k + 1,), name) for k, name in enumerate(NAMES)]


def test_section_headings_of_a_manual_are_no_captions() -> None:
    titles = ("概况介绍", "出土陶器", "修复步骤", "保存环境", "检测方法", "结语建议")

    def manual(number: int) -> PageContent:
        lines = []
        for k in range(2):
            section = 2 * number - 1 + k
            lines.append(line(f"{section} {titles[section - 1]}", 50, 60 + 260 * k, 14))
            lines += prose(50, 85 + 260 * k, 320, 3, start=section)
        return page(number, lines, [figure(60, 140 + 260 * k, 260, 300 + 260 * k) for k in range(2)])

    assert labels(*map(manual, (1, 2, 3))) == []


def test_a_list_of_numbered_titles_names_no_pictures() -> None:
    def listed(number: int) -> PageContent:
        lines = [line(f"{3 * number - 2 + k} {NAMES[(number + k) % 6]}", 60, 430 + 40 * k) for k in range(3)]
        return page(number, lines, [PLATE])

    assert labels(*map(listed, (1, 2, 3))) == []


def parts(number: int, titles: Sequence[str]) -> PageContent:
    lines = [line(title, 150, 430 + 30 * k) for k, title in enumerate(titles)]
    return page(number, lines, [PLATE])


@pytest.mark.parametrize("own", [["20 蟠螭纹壶", "20.A 壶盖", "20.B 壶身"], ["20 蟠螭纹壶", "20.A 壶盖"]])
def test_parts_of_a_plate_do_not_break_the_count(own: Sequence[str]) -> None:
    rest = [f"{18 + k} {name}" for k, name in enumerate(NAMES)]
    pages = [parts(k + 1, own if k == 2 else [title]) for k, title in enumerate(rest)]
    assert labels(*pages) == [((18 + k,), name) for k, name in enumerate(NAMES)]


def test_the_plates_of_such_a_book_have_number_title_and_description() -> None:
    drafts = solve_book(book(plates(5, 550, figure(60, 60, 360, 470)))).drafts
    assert [(d.key, d.number, d.namespace) for d in drafts] == [
        ((18 + k,), NUMERALS[k], "plate") for k in range(5)
    ]
    assert [draft.description for draft in drafts] == [f"{name}　春秋" for name in NAMES[:5]]


def test_titles_on_pages_that_face_their_plates_are_captions() -> None:
    openings: list[PageContent] = []
    for k in range(5):
        title = [line(f"{NUMERALS[k]}　{NAMES[k]}　春秋", 60, 80), line("高31厘米", 60, 98)]
        openings += [page(2 * k + 1, title), page(2 * k + 2, [], [figure(0, 0, 420, 595)])]
    assert labels(*openings) == [(key, f"{body}　高31厘米") for key, body in counted(5)]


def lots(first: int, *, sizes: tuple[float, float] = (16, 14)) -> list[PageContent]:
    """Pages of a sale: a picture, beside it the lot's number on its own line, its name, data, text."""
    return [
        page(
            n + 1,
            [
                line(str(first + n), 240, 100, sizes[0]),
                line(name, 240, 122, sizes[1]),
                line("A Bronze Vessel", 240, 142, 8),
                line("高31厘米", 240, 154, 9),
                *prose(240, 190, 150, 6, start=n),
                *prose(50, 400, 320, 8, start=n),
            ],
            [figure(50, 90, 200, 300)],
        )
        for n, name in enumerate(NAMES[:5])
    ]


@pytest.mark.parametrize("first", [18, 2801])
def test_a_number_on_a_line_of_its_own_over_a_name_in_large_type(first: int) -> None:
    drafts = solve_book(book(lots(first))).drafts
    assert [(d.key, d.title) for d in drafts] == [((first + k,), name) for k, name in enumerate(NAMES[:5])]
    assert drafts[0].caption == f"{first}\u3000{NAMES[0]} A Bronze Vessel 高31厘米"


@pytest.mark.parametrize("own", [("20.1　纹饰拓片", "20.2　线图"), ("20.A　纹饰拓片", "20.B　线图")])
def test_numbered_details_of_a_piece_keep_their_captions(own: tuple[str, str]) -> None:
    boxes = [(60, 60, 360, 300), (60, 340, 190, 480), (230, 340, 360, 480)]
    lines = [line("二〇　蟠螭纹壶　春秋", 60, 306), line(own[0], 60, 486), line(own[1], 230, 486)]
    piece = page(3, lines, [figure(*box) for box in boxes])
    pages = [*plates(2), piece, *plates(5)[3:]]
    whole, rubbing, drawing = [d for d in solve_book(book(pages)).drafts if d.page == 3]
    assert whole.description == "蟠螭纹壶　春秋"
    assert (rubbing.caption, rubbing.description) == (own[0], "蟠螭纹壶　春秋：纹饰拓片")
    assert (drawing.caption, drawing.number) == (own[1], own[1].removesuffix("　线图"))


def test_several_titles_that_face_as_many_plates_are_captions_with_their_paragraphs() -> None:
    said = "残存部分约当原幅三分之一，原为衬里之用，故不施彩色，边缘微卷。"
    pages: list[PageContent] = []
    for k in (0, 2, 4):
        rows = [
            line(text, 60, 300 + 120 * i + 16 * row, sure=0.98)
            for i in (0, 1)
            for row, text in enumerate([f"{70 + k + i}{NAMES[k + i]}", said[:18], said[18:]])
        ]
        both = [figure(60, 60, 360, 280), figure(60, 300, 360, 520)]
        pages += [page(k + 1, rows), page(k + 2, [], both)]
    drafts = solve_book(book(pages)).drafts
    assert [(d.key, d.title) for d in drafts] == [((70 + k,), name) for k, name in enumerate(NAMES)]
    assert {d.description for d in drafts} == {said}
    longer = [*pages[0].lines, line("90蟠螭纹壶", 60, 560, sure=0.98)]
    assert labels(page(1, longer), *pages[1:]) != labels(*pages)


TREASURES = ("玉璧", "素纱衣残片", "彩陶钵", "菱纹绮", "青铜爵", "鎏金马", "三彩俑", "白瓷碗")


def exhibition(chapter: int, pictures: int = 4) -> PageContent:
    """A chapter with its pictures two by two, each over its own line: 2-1 青铜爵."""
    lines = [line(f"第{'一二'[chapter - 1]}章 山河同源", 50, 30, 16), *prose(50, 55, 320, 2, start=chapter)]
    boxes = [(50.0 + 170 * (k % 2), 100.0 + 200 * (k // 2)) for k in range(pictures)]
    for k, (x, y) in enumerate(boxes):
        lines += [
            line(f"{chapter}-{k + 1} {TREASURES[4 * (chapter - 1) + k]}", x, y + 165, 8),
            line(f"高 {k + 10} 厘米", x, y + 176, 8),
        ]
    return page(chapter, lines, [figure(x, y, x + 150, y + 160) for x, y in boxes])


def test_numbers_count_on_from_chapter_to_chapter() -> None:
    expected = [((1 + k // 4, k % 4 + 1), name) for k, name in enumerate(TREASURES)]
    assert [(key, body.split("\u3000")[0]) for key, body in labels(exhibition(1), exhibition(2))] == expected
    assert labels(exhibition(1, 3)) == []


def test_numbers_with_a_gap_between_chapters_do_not_count_on() -> None:
    late = exhibition(2)
    moved = [replace(text, text=text.text.replace("2-", "2-1")) for text in late.lines]
    assert [key for key, _ in labels(exhibition(1), replace(late, lines=tuple(moved)))] == [
        (1, k + 1) for k in range(4)
    ]


def test_headings_of_chapters_are_no_entries_where_each_picture_has_its_number() -> None:
    """Four sections with a large heading and text, each with pictures that have numbered lines."""
    sections = [
        page(
            number,
            [
                line(f"{'甲乙丙丁'[number - 1]} 山河同源", 50, 40, 16),
                *prose(50, 65, 320, 2, start=number),
                *(
                    text
                    for k in range(2)
                    for text in (
                        line(f"{number}-{k + 1} {TREASURES[2 * number - 2 + k]}", 50 + 170 * k, 265, 8),
                        line(f"高 {k + 10} 厘米", 50 + 170 * k, 276, 8),
                    )
                ),
            ],
            [figure(50 + 170 * k, 100, 200 + 170 * k, 260) for k in range(2)],
        )
        for number in (1, 2, 3, 4)
    ]
    drafts = solve_book(book(sections)).drafts
    assert [draft.number for draft in drafts] == [f"{1 + k // 2}-{1 + k % 2}" for k in range(8)]
    assert [draft.title for draft in drafts] == list(TREASURES)


def test_data_may_follow_the_title_on_its_line() -> None:
    told = [
        page(
            k + 1,
            [line(f"{NUMERALS[k]}　{NAMES[k]}（左）　明　成化（1465—1487）　高9.2厘米", 60, 430)],
            [PLATE],
        )
        for k in range(4)
    ]
    assert [key for key, _ in labels(*told)] == [(18 + k,) for k in range(4)]


def test_a_list_of_titles_may_reach_far_below_its_pictures() -> None:
    def row(number: int, gap: float) -> PageContent:
        rows = [
            line(f"{NUMERALS[k]}　{NAMES[k]}", 60, 220 + gap + 30 * (k % 3))
            for k in range(number, number + 3)
        ]
        return page(number + 1, rows, [figure(60 + 110 * k, 60, 160 + 110 * k, 205) for k in range(3)])

    assert [key for key, _ in labels(row(0, 60), row(3, 60))] == [(18 + k,) for k in range(6)]
    assert labels(row(0, 160), row(3, 160)) == []


def test_a_number_without_a_word_fills_the_gap_between_labels() -> None:
    def told(number: int, label: str) -> PageContent:
        return page(number, [line(f"{label}　{NAMES[number - 1]}", 60, 430)], [PLATE])

    words = ["圖一", "圖二", "三", "圖四", "圖五"]
    pages = [told(k + 1, word) for k, word in enumerate(words)]
    assert [key for key, _ in labels(*pages)] == [(k + 1,) for k in range(5)]
    astray = [told(k + 1, word) for k, word in enumerate(["圖一", "圖二", "八", "圖三", "圖四"])]
    assert [key for key, _ in labels(*astray)] == [(1,), (2,), (3,), (4,)]


def test_strays_between_do_not_end_the_count() -> None:
    pages = plates(5)
    footed = replace(pages[2], lines=(*pages[2].lines, line("14 海岳拍卖", 150, 460)))
    assert {(18 + k,) for k in (0, 1, 3, 4)} <= {key for key, _ in labels(*pages[:2], footed, *pages[3:])}


def test_a_title_beside_its_large_number_has_its_data_below() -> None:
    pages = [
        page(
            k + 1,
            [
                line(str(47 + k), 60, 420, 30),
                line(name, 125, 428, 14),
                line("A Bronze Vessel", 125, 450, 8),
                line("春秋 高31厘米", 125, 462, 8),
            ],
            [figure(60, 60, 360, 400)],
        )
        for k, name in enumerate(NAMES[:5])
    ]
    drafts = solve_book(book(pages)).drafts
    assert [d.key for d in drafts] == [(47 + k,) for k in range(5)]
    assert drafts[0].caption == "47\u3000波曲纹盉 A Bronze Vessel 春秋 高31厘米"
