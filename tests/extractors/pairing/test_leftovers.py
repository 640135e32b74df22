"""Nothing vanishes: small marks are dropped by name, lines that look like captions get a row."""

from __future__ import annotations

import pytest

from extractors.pairing.leftovers import ORNAMENT, UNREAD, UNUSED
from extractors.pairing.solve import solve_book
from extractors.records import PageContent, TextLine
from tests.extractors.made import book, figure, line, page, prose


def plate(n: int, *more: TextLine, label: str = "图{} 联珠纹锦") -> PageContent:
    """A page with a large captioned figure and running text."""
    lines = [*prose(50, 430, 320, 4), line(label.format(n), 150, 366, 8.5), *more]
    return page(n, lines, [figure(60, 60, 360, 360, name=f"plate {n}")])


def test_a_logo_on_a_title_page_is_dropped_by_name() -> None:
    logo = page(1, [line("青岚出版社", 180, 500)], [figure(190, 300, 240, 350, name="logo")])
    solved = solve_book(book([logo, *(plate(n) for n in range(2, 6))]))
    assert [(drop.page, drop.bbox, drop.reason) for drop in solved.left_out] == [
        (1, (190, 300, 240, 350), ORNAMENT)
    ]
    assert all(draft.page > 1 for draft in solved.drafts)


def test_a_seal_on_a_title_page_is_a_mark_and_a_portrait_beside_text_is_none() -> None:
    seal, portrait = figure(190, 400, 280, 490, name="seal"), figure(50, 60, 140, 150, name="portrait")
    plates = [plate(n) for n in range(2, 6)]
    title = page(1, [line("历代织绣", 150, 200, 24)], [seal])
    author = page(6, prose(160, 60, 200, 12), [portrait])
    solved = solve_book(book([title, *plates, author]))
    assert [drop.page for drop in solved.left_out] == [1]
    assert [draft.bbox for draft in solved.drafts if draft.page == 6] == [portrait.bbox]


def test_a_detail_beside_its_plate_and_a_small_captioned_figure_are_no_marks() -> None:
    content = plate(2)
    detail = figure(365, 60, 410, 150, name="detail")
    with_detail = page(2, content.lines, [*content.regions, detail])
    seal = page(5, [line("图5 铜印", 195, 342, 8.5)], [figure(190, 300, 230, 340, name="seal")])
    solved = solve_book(book([plate(1), with_detail, plate(3), plate(4), seal]))
    assert solved.left_out == ()
    assert {draft.bbox for draft in solved.drafts} >= {detail.bbox, (190, 300, 230, 340)}


def test_small_pictures_of_a_book_of_small_pictures_are_figures() -> None:
    seals = [
        page(n, [line(f"图{n} 铜印", 195, 342, 8.5)], [figure(190, 300, 230, 340, name=str(n))])
        for n in range(1, 5)
    ]
    bare = page(5, [], [figure(190, 300, 230, 340, name="5")])
    assert solve_book(book([*seals, bare])).left_out == ()


def test_an_unlabelled_line_below_a_mark_is_doubtful() -> None:
    under = page(6, [line("官方公众号", 180, 343, 8.5)], [figure(190, 300, 235, 340, name="mark")])
    solved = solve_book(book([*(plate(n) for n in range(1, 6)), under]))
    assert all(d.confidence < 0.5 for d in solved.drafts if d.page == 6)


@pytest.mark.parametrize(
    "text", ["图（三） 青铜鼎", "图 S3 口沿", "图甲 墓室", "照片 A12 墓道", "Figure S3 rim"]
)
def test_a_label_of_unknown_form_gets_a_row(text: str) -> None:
    odd = page(4, [line(text, 150, 500), *prose(50, 60, 320, 5)])
    solved = solve_book(book([plate(1), plate(2), plate(3), odd]))
    rows = [(row.page, row.text.replace(" ", ""), row.reason) for row in solved.overlooked]
    assert rows == [(4, text.replace(" ", ""), UNREAD)]


@pytest.mark.parametrize(
    "text",
    ["图案丰富，色彩艳丽。", "如图3所示", "图S3 口沿……12", "图书馆三楼", "版面一新", "图3 联珠纹锦"],
)
def test_running_text_and_lists_of_plates_get_none(text: str) -> None:
    other = page(4, [line(text, 50, 200), *prose(50, 300, 320, 5)])
    assert solve_book(book([plate(1), plate(2), plate(3), other])).overlooked == ()


def test_a_line_in_the_type_of_captions_beside_a_figure_gets_a_row() -> None:
    content = plate(5)
    two = page(5, [*content.lines, line("妆花缎残片", 80, 395, 8.5)], content.regions)
    solved = solve_book(book([*(plate(n) for n in range(1, 5)), two]))
    assert [(row.text, row.reason) for row in solved.overlooked] == [("妆花缎残片", UNUSED)]
