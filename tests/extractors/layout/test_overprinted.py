"""Captions printed over their pictures, and what charts print beside them."""

from __future__ import annotations

import pytest

from extractors.pairing.solve import solve_book
from tests.extractors.layout.test_candidates import BELOW, PHOTO, candidates
from tests.extractors.made import book, figure, line, page, prose

NAME = "缠枝莲纹罐"
PLATE = (50, 80, 370, 410)


@pytest.mark.parametrize("bottom", [295, 270, 115, 130])
def test_a_line_at_an_edge_of_a_picture_is_its_caption(bottom: float) -> None:
    (found,) = candidates([], inner=[line(NAME, 60, bottom - 10)])
    assert (found.kind, found.text) == ("plain", NAME)


@pytest.mark.parametrize("bottom", [240, 170])
def test_a_line_within_a_picture_is_its_own(bottom: float) -> None:
    assert candidates([], inner=[line(NAME, 60, bottom - 10)]) == []


def test_a_caption_over_its_picture_has_two_lines_at_most() -> None:
    lines = [line(text, 60, 260 + 12 * k) for k, text in enumerate((NAME, "云岭省博物馆", "清乾隆年间"))]
    assert len(candidates([], inner=lines[:2])) == 1
    assert candidates([], inner=lines) == []


@pytest.mark.parametrize("text", ["莲纹罐", "Lotus jar", "0　　10厘米", "临临临临临临"])
def test_a_word_or_two_in_a_picture_are_its_own(text: str) -> None:
    assert candidates([], inner=[line(text, 60, 280)]) == []


def test_a_picture_with_a_caption_beside_it_has_none_over_it() -> None:
    found = candidates([line("图3 莲花纹瓦当", 50, BELOW)], inner=[line(NAME, 60, 280)])
    assert [c.kind for c in found] == ["labelled"]


def test_turned_latin_beside_a_chart_names_its_axis() -> None:
    text = prose(50, 400, 320, 4)
    assert candidates([line("Intensity", 36, 150, vertical=True), *text]) == []
    assert [c.text for c in candidates([line("Intensity", 50, BELOW), *text])] == ["Intensity"]


def test_a_list_set_in_columns_is_cut_line_by_line() -> None:
    found = candidates([line("1. 陶罐", 50, BELOW), line("4. 铜壶", 50, BELOW + 14)], (PHOTO,) * 2)
    assert [c.key for c in found] == ["1", "4"]


def test_what_is_printed_is_kept_in_the_order_of_print() -> None:
    (found,) = candidates([line("Fig. 3 Lotus tile end", 50, BELOW), line("图3 莲花纹瓦当", 50, BELOW + 14)])
    assert found.printed.index("Lotus") < found.printed.index("莲花")


def test_the_only_text_of_a_plate_is_its_caption_wherever_captions_of_the_book_stand() -> None:
    plates = [
        page(n, [line(f"图{n} 青铜器", 150, 420), *prose(50, 460, 320, 6)], [figure(*PLATE)])
        for n in (1, 2, 3)
    ]
    over = page(4, [line(NAME, 70, 380)], [figure(*PLATE)])
    assert [draft.caption for draft in solve_book(book([*plates, over])).drafts][3] == NAME
