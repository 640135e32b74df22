"""Captions on another page than their figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from extractors.layout.candidate import Candidate
from extractors.pairing.opening import with_lines
from extractors.pairing.proposals import LaidOutBook, Proposal
from extractors.pairing.rules.facing_pages import FacingPages
from extractors.pairing.rules.numbers import Numbers
from extractors.pairing.rules.same_page import SamePage
from extractors.pairing.solver import solve
from extractors.records import Region
from tests.extractors.made import caption, figure, line
from tests.extractors.pairing.made_books import laid_out

PLATE = figure(40, 40, 380, 550)


def proposals(pages: Sequence[int], texts: Sequence[Candidate]) -> list[Proposal]:
    """What is proposed for a plate on each of `pages`."""
    book = laid_out({page: [PLATE] for page in pages}, texts)
    return list(FacingPages().propose(book.with_choices("number", solve(book, Numbers().propose(book)))))


def joined(pages: Sequence[int], texts: Sequence[Candidate]) -> dict[int, str]:
    """Page of each plate for which a caption is proposed, with the body of that caption."""
    book = laid_out({page: [PLATE] for page in pages}, texts)
    return {p.figure[0]: book.candidate(p.text).body for p in proposals(pages, texts)}


def number_on(page: int, text: str) -> Candidate:
    """A bare number printed on the plate of a page."""
    return caption(text, 60, 60, number=page)


def pages_of_captions(shift: int, *, pointer: str = "") -> list[Candidate]:
    return [
        caption(f"{pointer}图版{i + 1} {name}", 60, 300, number=2 * (i + 1) + shift)
        for i, name in enumerate(("飞天", "藻井", "供养人"))
    ]


@pytest.mark.parametrize("shift", [-1, 1])
def test_captions_before_or_after_their_plates(shift: int) -> None:
    assert joined((2, 4, 6), pages_of_captions(shift)) == {2: "飞天", 4: "藻井", 6: "供养人"}


@pytest.mark.parametrize(("pointer", "page"), [("后页：", 4), ("前页：", 2), ("右图：", 4), ("左图：", 2)])
def test_a_pointer_says_where_to_look(pointer: str, page: int) -> None:
    assert joined((2, 4), [caption(f"{pointer}莲花纹瓦当", 60, 300, number=3)]) == {page: "莲花纹瓦当"}


def test_a_block_of_captions_speaks_of_the_next_plates() -> None:
    block = [caption(f"图版{n} {name}", 60, 100 + 40 * n, number=1) for n, name in enumerate("甲乙丙丁", 1)]
    assert joined((2, 3, 4, 5), block) == {2: "甲", 3: "乙", 4: "丙", 5: "丁"}


def test_numbers_on_both_pages_must_agree() -> None:
    free = [caption("图版7 飞天", 60, 100, number=1), caption("图版9 藻井", 60, 140, number=1)]
    assert joined((2, 3), [*free, number_on(2, "8"), number_on(3, "7")]) == {3: "飞天"}


def test_a_number_on_both_sides_is_surer() -> None:
    free = [caption("图版7 飞天", 60, 100, number=1)]
    (plain,), (numbered,) = proposals((2,), free), proposals((2,), [*free, number_on(2, "7")])
    assert plain.limit < numbered.limit


def test_a_plate_far_away_is_left_alone() -> None:
    assert joined((40,), [caption("图版1 飞天", 60, 100, number=1)]) == {}


def test_figures_and_captions_of_one_page_take_no_part() -> None:
    own = caption("图版1 飞天", 60, 555, number=2)
    book = with_lines(laid_out({2: [PLATE], 3: [PLATE]}, [own]))
    near = {(2, 0): next(iter(solve(book, _same_page(book)).values()))}
    assert list(FacingPages().propose(replace(book, near=near))) == []


def _same_page(book: LaidOutBook) -> Iterable[Proposal]:
    return SamePage().propose(book)


def test_nothing_to_join() -> None:
    assert proposals((), []) == []
    assert proposals((1, 2), []) == []


@pytest.mark.parametrize(("spot", "index"), [("上", 0), ("下", 1)])
def test_a_pointer_to_a_place_on_the_page(spot: str, index: int) -> None:
    halves: list[Region] = [figure(40, 40, 380, 290), figure(40, 300, 380, 550)]
    book = laid_out({3: halves}, [caption(f"对页{spot}：莲花纹瓦当", 60, 300, number=2)])
    assert [p.figure for p in FacingPages().propose(book)] == [(3, index)]


def test_a_pointer_to_its_own_page_names_no_other() -> None:
    assert joined((2, 4), [caption("本页：莲花纹瓦当", 60, 300, number=3)]) == {}


def test_the_order_of_captions_is_kept() -> None:
    free = [caption(f"图版{n} 纹样之{n}", 60, 100, number=2 * n - 1) for n in range(1, 7)]
    found = joined(range(2, 13, 2), free[::-1])
    assert found == {2 * n: f"纹样之{n}" for n in range(1, 7)}


def test_numbers_on_plates_that_no_caption_near_them_has_are_page_numbers() -> None:
    free = [caption(f"图版{n} {name}", 60, 300, number=n) for n, name in ((11, "飞天"), (13, "藻井"))]
    assert joined((12, 14), [*free, number_on(12, "4"), number_on(14, "5")]) == {12: "飞天", 14: "藻井"}
    assert joined((12, 14), [*free, number_on(12, "11"), number_on(14, "5")]) == {12: "飞天"}


def test_numbers_that_count_as_the_pages_do_are_page_numbers_even_where_a_caption_has_one() -> None:
    pages = (2, 4, 6, 8)
    free = [caption(f"图版{14 + k} {'飞藻莲凤'[k]}纹", 60, 300, number=n + 1) for k, n in enumerate(pages)]
    found = joined(pages, [*free, *(number_on(n, str(n + 8)) for n in pages)])
    assert found == {n: f"{'飞藻莲凤'[k]}纹" for k, n in enumerate(pages)}


def test_the_next_page_of_a_book_set_from_right_to_left_is_on_the_left() -> None:
    def pointing(word: str) -> dict[int, str]:
        upright = caption(f"{word}：莲花纹瓦当", 60, 100, number=3, vertical=True)
        book = laid_out({n: [PLATE] for n in (2, 4)}, [upright])
        layouts = tuple(
            replace(
                layout, content=replace(layout.content, lines=(line("此处地层堆积", 60, 60, vertical=True),))
            )
            for layout in book.layouts
        )
        found = FacingPages().propose(replace(book, layouts=layouts))
        return {p.figure[0]: book.candidate(p.text).body for p in found}

    assert pointing("左图") == {4: "莲花纹瓦当"}
    assert pointing("右图") == {2: "莲花纹瓦当"}


def apart(away: float, *, plate: Region = PLATE) -> list[tuple[int, int]]:
    """The figures proposed for a caption `away` points below the detail of its page, facing `plate`."""
    detail = figure(40, 40, 200, 200)
    own = caption("图版1 飞天", 60, 200 + away, number=2)
    book = with_lines(laid_out({2: [detail], 3: [plate]}, [own]))
    near = {(2, 0): next(iter(solve(book, _same_page(book)).values()))}
    return [p.figure for p in FacingPages().propose(replace(book, near=near))]


@pytest.mark.parametrize(("away", "found"), [(60, [(3, 0)]), (25, [])])
def test_a_caption_apart_from_its_pages_figures_may_be_of_the_plate_beside(
    away: float, found: list[tuple[int, int]]
) -> None:
    assert apart(away) == found
    assert apart(away, plate=figure(40, 40, 100, 100)) == []
    assert apart(away, plate=figure(40, 40, 380, 550, "drawing")) == []


@pytest.mark.parametrize(("page", "figures"), [(3, []), (7, [8])], ids=["a note", "another chapter"])
def test_a_label_that_a_figure_beside_has_is_no_other_figures(page: int, figures: list[int]) -> None:
    own, other = caption("图1 莲花纹瓦当", 60, 560, number=2), caption("图1 出土情形", 60, 300, number=page)
    book = laid_out({2: [PLATE], page + 1: [PLATE]}, [own, other])
    near = solve(book, SamePage().propose(book))
    assert [p.figure[0] for p in FacingPages().propose(replace(book, near=near))] == figures


@pytest.mark.parametrize(("score", "count"), [(0.9, 1), (1.0, 0)])
def test_a_scan_does_not_tell_a_plate_from_a_drawing(score: float, count: int) -> None:
    plate = replace(PLATE, source="drawing", score=score)
    book = laid_out({2: [plate]}, [caption("图版3 莲花纹瓦当", 60, 300, number=3)])
    assert len(list(FacingPages().propose(book))) == count
