"""A page that shows two facing pages becomes these two pages; one that is merely wide stays whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.geometry import Box
from extractors.layout.spreads import divide_spreads, is_right_bound
from extractors.records import BookContent, Dropped, PageContent, Region, TextLine
from tests.extractors.made import book, figure, line, page, prose

SIZE = (840.0, 595.0)
MIDDLE = 420.0


def spread(
    number: int = 1,
    lines: Sequence[TextLine] = (),
    regions: Sequence[Region] = (),
    *,
    tables: Sequence[Box] = (),
    scan: bool = True,
) -> PageContent:
    """A wide page with text on both of its halves besides `lines`."""
    text = [*prose(40, 100, 340, 2, start=number), *prose(500, 100, 300, 2, start=number + 5)]
    return replace(page(number, [*text, *lines], regions, tables=tables, size=SIZE), is_scan=scan)


def numbered(number: int, left: str, right: str, *, y: float = 550, scan: bool = False) -> PageContent:
    """A spread with a text at the foot of each half."""
    return spread(number, [line(left, 200, y), line(right, 620, y)], scan=scan)


def divided(pages: Sequence[PageContent]) -> list[PageContent]:
    return list(divide_spreads(book(pages)).content.pages)


def fold(*pages: PageContent) -> float | None:
    """Where the first page is divided; None where the book stays as it is."""
    first, *rest = divided(pages)
    return first.width if len(rest) >= len(pages) else None


def test_each_half_has_what_stands_on_it() -> None:
    left, right = figure(40, 200, 380, 500), figure(460, 200, 800, 500)
    tables = [(40.0, 520.0, 300.0, 560.0), (500.0, 520.0, 700.0, 560.0)]
    whole = replace(
        spread(1, regions=[left, right], tables=tables),
        dropped=(Dropped(1, (600, 20, 620, 40), "too-small"),),
        pasted=(left.bbox, right.bbox),
    )
    one, two = divided([whole])
    assert [len(half.lines) for half in (one, two)] == [2, 2]
    assert (one.regions, two.regions) == ((left,), (right,))
    assert (one.tables, two.tables) == ((tables[0],), (tables[1],))
    assert (one.pasted, two.pasted) == ((left.bbox,), (right.bbox,))
    assert (one.dropped, two.dropped) == ((), (Dropped(2, (600, 20, 620, 40), "too-small"),))
    assert [(half.page, half.left, half.width) for half in (one, two)] == [
        (1, 0.0, MIDDLE),
        (2, MIDDLE, MIDDLE),
    ]


def test_pages_are_counted_on_and_those_that_could_not_be_read_keep_their_place() -> None:
    found = divide_spreads(book([spread(1), spread(2), spread(5)]))
    assert found.sheet_of == {1: 1, 2: 1, 3: 2, 4: 2, 7: 5, 8: 5}
    assert [half.page for half in found.content.pages] == [1, 2, 3, 4, 7, 8]


def test_single_pages_between_spreads_stay_whole() -> None:
    cover = page(1, [line("丝绸图录", 150, 200, 20)])
    found = divide_spreads(book([cover, spread(2), spread(3)]))
    assert found.sheet_of == {1: 1, 2: 2, 3: 2, 4: 3, 5: 3}


def test_a_book_of_single_pages_is_the_same_book() -> None:
    single: BookContent = book([page(1, prose(40, 100, 340, 3)), page(3, prose(40, 100, 340, 3))])
    found = divide_spreads(single)
    assert found.content is single
    assert found.sheet_of == {1: 1, 3: 3}


def columns(x: float) -> list[TextLine]:
    return [line("此处地层堆积较厚出土遗物以陶器", x - 20 * k, 80, 12, vertical=True) for k in range(8)]


def test_in_a_book_set_from_right_to_left_the_right_page_comes_first() -> None:
    upright = replace(page(1, [*columns(360), *columns(780)], size=SIZE), is_scan=True)
    first, second = divided([upright])
    assert (first.page, first.left, second.page, second.left) == (1, MIDDLE, 2, 0.0)


def test_most_characters_tell_the_direction_of_a_book() -> None:
    flat, upright = line("此处地层堆积较厚", 40, 40), line("此处地层堆积较厚", 40, 80, vertical=True)
    more = line("此处地层堆积较厚出土", 80, 80, vertical=True)
    assert not is_right_bound([page(1, [flat, upright])])
    assert is_right_bound([page(1, [flat]), page(2, [more])])


@pytest.mark.parametrize(("edge", "found"), [(410, MIDDLE), (470, 471), (520, None)])
def test_the_fold_is_beside_a_picture_that_reaches_over_the_middle(edge: float, found: float | None) -> None:
    assert fold(spread(1, regions=[figure(40, 200, edge, 500)])) == found


@pytest.mark.parametrize(("edge", "found"), [(438, MIDDLE), (460, 461)])
def test_what_reaches_over_the_fold_by_a_hair_belongs_to_one_side(edge: float, found: float) -> None:
    assert fold(spread(1, regions=[figure(40, 200, edge, 500)])) == found


@pytest.mark.parametrize(("stray", "found"), [(4, MIDDLE), (9, None)])
def test_text_over_the_fold_makes_one_page_unless_it_is_hardly_any(stray: int, found: float | None) -> None:
    over = TextLine("纹" * stray, (260, 300, 580, 340), 40)
    assert fold(spread(1, [over])) == found


@pytest.mark.parametrize(("spreads", "pages"), [(3, 8), (2, 5)])
def test_a_book_shows_spreads_when_most_of_its_wide_pages_can_be_divided(spreads: int, pages: int) -> None:
    wide = figure(40, 200, 800, 500)
    mixed = [spread(k, regions=[] if k <= spreads else [wide]) for k in range(1, 6)]
    assert len(divided(mixed)) == pages


def test_empty_pages_say_nothing_and_are_divided_with_the_others() -> None:
    empty = [replace(page(k, size=SIZE), is_scan=True) for k in (2, 3, 4)]
    assert len(divided([spread(1), *empty])) == 8
    wide = spread(1, regions=[figure(40, 200, 800, 500)])
    assert len(divided([wide, *empty])) == 4


def test_a_typeset_page_may_be_wide_by_itself() -> None:
    assert fold(spread(1, scan=False), spread(2, scan=False)) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [("12", "13"), ("· 12 ·", "· 13 ·"), ("第12页", "第13页"), ("一二", "一三"), ("13", "12")],
)
def test_a_typeset_page_that_is_numbered_twice_is_a_spread(left: str, right: str) -> None:
    assert fold(numbered(1, left, right), spread(2, scan=False)) == MIDDLE


@pytest.mark.parametrize(("left", "right"), [("12", "15"), ("12", "12"), ("图12", "图13"), ("12.5", "13.5")])
def test_other_texts_at_the_foot_of_both_halves_are_no_page_numbers(left: str, right: str) -> None:
    assert fold(numbered(1, left, right), spread(2, scan=False)) is None


@pytest.mark.parametrize(("y", "found"), [(40, MIDDLE), (60, MIDDLE), (530, MIDDLE), (95, None), (495, None)])
def test_page_numbers_stand_at_the_rim(y: float, found: float | None) -> None:
    assert fold(numbered(1, "12", "13", y=y)) == found


@pytest.mark.parametrize(("step", "found"), [(1, None), (2, MIDDLE)])
def test_scanned_pages_that_count_singly_are_no_spreads(step: int, found: float | None) -> None:
    pages = [spread(k, [line(str(10 + step * k), 620, 550)]) for k in range(1, 5)]
    assert fold(*pages) == found


def test_wide_pages_of_which_half_are_scanned_are_taken_for_pages() -> None:
    assert fold(spread(1), spread(2, scan=False)) is None
    assert fold(spread(1), spread(2), spread(3, scan=False)) == MIDDLE
