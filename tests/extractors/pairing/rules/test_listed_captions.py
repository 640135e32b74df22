"""Captions listed apart from their figures."""

from __future__ import annotations

import pytest

from extractors.pairing.solve import solve_book
from tests.extractors.made import book, figure, line, page

LEFT, RIGHT = figure(40, 40, 200, 200), figure(220, 40, 380, 200)


def dealt(*texts: str, step: float = 20) -> list[tuple[str, str]]:
    """Rule and title of the left and the right figure over a list of captions far below them."""
    lines = [line(text, 60, 480 + step * k) for k, text in enumerate(texts)]
    drafts = solve_book(book([page(1, lines, [LEFT, RIGHT])])).drafts
    return [(d.rule, d.title) for d in sorted(drafts, key=lambda d: d.bbox)]


@pytest.mark.parametrize("turn", [1, -1])
def test_by_the_order_of_their_numbers(turn: int) -> None:
    texts = ["图1 青花罐", "图2 白瓷碗"][::turn]
    assert dealt(*texts) == [("caption-list", "青花罐"), ("caption-list", "白瓷碗")]


def test_by_place() -> None:
    rules, titles = zip(*dealt("图1 青花罐（右）", "图2 白瓷碗（左）"), strict=True)
    assert rules == ("caption-list",) * 2
    assert [title[:3] for title in titles] == ["白瓷碗", "青花罐"]


def test_captions_far_from_one_another_are_no_list() -> None:
    assert "caption-list" not in {rule for rule, _ in dealt("图1 青花罐", "图2 白瓷碗", step=50)}


def test_more_captions_than_figures_are_no_list_of_theirs() -> None:
    assert "caption-list" not in {rule for rule, _ in dealt("图1 青花罐", "图2 白瓷碗", "图3 铜镜")}
