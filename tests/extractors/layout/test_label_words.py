"""A word before numbers that count 1, 2, 3 … at pictures is a label, whether or not a list has it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.layout.label_words import learned_labels
from extractors.pairing.solve import solve_book
from extractors.records import PageContent
from tests.extractors.made import book, figure, line, page, prose

NAMES = ("联珠对鸟纹", "宝相花纹", "缠枝莲纹", "方格兽面纹", "团窠双狮纹")


def shown(number: int, text: str, *, away: float = 5, size: float = 10) -> PageContent:
    """A picture with a line `away` points below it, and running text."""
    lines = [line(text, 100, 300 + away, size), *prose(50, 400, 320, 6, start=number)]
    return page(number, lines, [figure(100, 100, 320, 300)])


def learned(*texts: str, away: float = 5, size: float = 10) -> tuple[str, ...]:
    return learned_labels([shown(k + 1, text, away=away, size=size) for k, text in enumerate(texts)])


def counted(word: str, numbers: Sequence[int]) -> list[str]:
    return [f"{word}{number} {NAMES[number % 5]}" for number in numbers]


@pytest.mark.parametrize("word", ["款", "壁", "标本", "采集品"])
def test_a_word_that_counts_pictures_is_a_label(word: str) -> None:
    assert learned(*counted(word, [1, 2, 3])) == (word,)
    assert learned(*counted(word, [3, 1, 2, 2])) == (word,)


@pytest.mark.parametrize(
    "texts", [["款 1 甲", "款 2 乙", "款 3 丙"], ["款1", "款2", "款3"], ["款1：甲", "款2．乙", "款三、丙"]]
)
def test_a_number_ends_with_the_line_or_with_a_mark(texts: Sequence[str]) -> None:
    assert learned(*texts) == ("款",)


def test_all_words_of_a_book_are_learned_in_order() -> None:
    assert learned(*counted("款", [1, 2, 3]), *counted("壁", [1, 2, 3])) == ("壁", "款")


@pytest.mark.parametrize("numbers", [[1, 2], [1, 2, 4], [2, 3, 4], [1, 1, 1]])
def test_numbers_that_do_not_count_on_from_one_make_no_label(numbers: Sequence[int]) -> None:
    assert learned(*counted("款", numbers)) == ()


@pytest.mark.parametrize("word", ["高", "约", "直径", "第", "年", "图", "藏址"])
def test_measures_and_known_words_are_no_new_labels(word: str) -> None:
    assert learned(*counted(word, [1, 2, 3])) == ()


@pytest.mark.parametrize(("away", "found"), [(28, ("款",)), (40, ())])
def test_a_label_stands_near_a_picture(away: float, found: tuple[str, ...]) -> None:
    assert learned(*counted("款", [1, 2, 3]), away=away) == found


@pytest.mark.parametrize(("length", "found"), [(36, ("款",)), (46, ())])
def test_a_sentence_that_begins_so_makes_no_label(length: int, found: tuple[str, ...]) -> None:
    assert learned(*(f"款{n} " + "纹" * (length - 3) for n in (1, 2, 3)), size=5) == found


def test_captions_with_a_word_of_the_book_count_their_figures() -> None:
    drafts = solve_book(book([shown(k, f"款{k} {NAMES[k]}") for k in (1, 2, 3)])).drafts
    assert [(d.key, d.number, d.title) for d in drafts] == [((k,), f"款{k}", NAMES[k]) for k in (1, 2, 3)]
    two = solve_book(book([shown(k, f"款{k} {NAMES[k]}") for k in (1, 2)])).drafts
    assert [d.key for d in two] == [(), ()]
