"""Pages of captions for the plates around them, with numbers and in the order of the plates."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.pairing.solve import SolvedBook, solve_book
from extractors.records import PageContent
from tests.extractors.made import book, figure, line, page, prose

NAMES = ("龟背流云纹残片　金代", "团窠花间蝶纹百褶裙　五代", "獬豸纹罗经帙　明代")


def plate(number: int) -> PageContent:
    return page(number, [], [figure(40, 60, 380, 480)])


def listed(number: int, heading: str, names: Sequence[str]) -> PageContent:
    lines = [line(heading, 60, 160, 13)] if heading else []
    return page(number, [*lines, *(line(name, 60, 190 + 16 * k) for k, name in enumerate(names))])


def said(solved: SolvedBook) -> dict[int, str]:
    return {draft.page: draft.description for draft in solved.drafts}


@pytest.mark.parametrize("heading", ["以下图版", "以下圖版", "下列各图", "The following plates"])
def test_a_list_without_numbers_is_dealt_out_to_the_plates_after_it(heading: str) -> None:
    solved = solve_book(book([listed(1, heading, NAMES), plate(2), plate(3), plate(4)]))
    assert said(solved) == dict(zip((2, 3, 4), NAMES, strict=True))


@pytest.mark.parametrize("heading", ["以上图版", "Preceding plates"])
def test_or_to_the_plates_before_it(heading: str) -> None:
    solved = solve_book(book([plate(1), plate(2), plate(3), listed(4, heading, NAMES)]))
    assert said(solved) == dict(zip((1, 2, 3), NAMES, strict=True))


def test_a_list_that_does_not_say_where_its_plates_are_claims_less() -> None:
    headed = solve_book(book([listed(1, "以下图版", NAMES), plate(2), plate(3), plate(4)]))
    silent = solve_book(book([listed(1, "", NAMES), plate(2), plate(3), plate(4)]))
    assert said(silent) == said(headed)
    assert max(d.confidence for d in silent.drafts) <= 0.5 < min(d.confidence for d in headed.drafts)


@pytest.mark.parametrize("names", [NAMES[:2], (*NAMES, "联珠对鸟纹锦　唐代")])
def test_as_many_lines_as_plates_or_none(names: Sequence[str]) -> None:
    solved = solve_book(book([listed(1, "以下图版", names), plate(2), plate(3), plate(4)]))
    assert not any(draft.description for draft in solved.drafts)


def test_a_paragraph_before_plates_is_no_list() -> None:
    text = page(1, prose(60, 100, 300, 3))
    solved = solve_book(book([text, plate(2), plate(3), plate(4)]))
    assert not any(draft.description for draft in solved.drafts)


def test_lines_under_a_range_are_told_apart_by_their_numbers() -> None:
    rows = [
        line("图版8—9", 60, 160, 13),
        line("8　黑釉三足樽　明代", 60, 190),
        line("9　褐彩三足樽　隋代", 60, 206),
    ]
    solved = solve_book(book([plate(1), plate(2), page(3, rows)]))
    assert said(solved) == {1: "黑釉三足樽　明代", 2: "褐彩三足樽　隋代"}
