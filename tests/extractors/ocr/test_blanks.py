"""Blanks of a printed line, put back where the recogniser read over them."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.ocr.base import Image as Pixels
from extractors.ocr.blanks import with_blanks
from tests.extractors.ocr.drawn import paper, pixels, write_across

SIZE = 40


def read(printed: str) -> str:
    """What is made of a printed line whose blanks were read over."""
    page = paper(SIZE * len(printed) + 40, 60)
    write_across(page, printed, 20, 10, SIZE)
    return with_blanks("".join(printed.split()), pixels(page))


def inked(*extents: tuple[int, int]) -> Pixels:
    """A line with ink in these columns (pixels), from top to bottom but for its rim."""
    crop = np.full((60, max(end for _, end in extents) + 20, 3), 255, np.uint8)
    for begin, end in extents:
        crop[10:50, begin:end] = 0
    return crop


@pytest.mark.parametrize(
    "printed", ["七　凤首壶", "图三　青瓷罐", "唐　对鹿纹锦　丝绸博物馆藏", "12　凤首壶"]
)
def test_a_blank_of_print_is_put_back(printed: str) -> None:
    assert read(printed) == printed


@pytest.mark.parametrize(
    "printed", ["凤首壶，唐代", "凤首壶（唐）", "《凤首壶》、《罐》", "凤首壶　（唐代）"]
)
def test_marks_leave_no_blank(printed: str) -> None:
    assert read(printed) == "".join(printed.split())


def test_letters_set_apart_evenly_have_none() -> None:
    assert read("凤　首　壶　纹　锦") == "凤首壶纹锦"


@pytest.mark.parametrize(("gap", "blank"), [(20, ""), (40, "\u3000")])
def test_a_blank_is_nearly_a_character_wide(gap: int, blank: str) -> None:
    assert with_blanks("七凤首壶纹", inked((10, 50), (50 + gap, 210 + gap))) == f"七{blank}凤首壶纹"


@pytest.mark.parametrize(("ink", "blank"), [(48, "\u3000"), (58, "")])
def test_where_the_characters_before_do_not_fit_the_place_is_not_known(ink: int, blank: str) -> None:
    assert with_blanks("七凤首壶纹", inked((10, 10 + ink), (70 + ink, 270))) == f"七{blank}凤首壶纹"


def test_figures_are_half_as_wide_as_han() -> None:
    assert with_blanks("12凤首壶纹", inked((10, 50), (110, 270))) == "12\u3000凤首壶纹"


def test_between_latin_letters_and_figures_no_blank_is_put() -> None:
    assert with_blanks("12凤", inked((10, 30), (90, 150))) == "12凤"


@pytest.mark.parametrize("text", ["", "凤", "Lotus jar", "12"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert with_blanks(text, inked((10, 50), (110, 150))) == text


def test_an_empty_line_and_one_on_a_rule() -> None:
    assert with_blanks("七凤首", np.full((60, 200, 3), 255, np.uint8)) == "七凤首"
    ruled = inked((10, 50), (110, 270))
    ruled[-4:] = 0
    assert with_blanks("七凤首壶纹", ruled) == "七\u3000凤首壶纹"
