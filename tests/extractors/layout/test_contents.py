"""Pages of contents and indexes, which caption nothing."""

from __future__ import annotations

from extractors.layout.book_layout import lay_out
from extractors.layout.contents import is_contents
from tests.extractors.made import book, figure, line, page, prose


def test_lines_that_end_in_page_numbers_are_contents() -> None:
    lines = [line(f"第{n}章 缠枝莲纹 ……………… {n}", 50, 50 + 20 * n) for n in range(1, 6)]
    assert is_contents(lines, 0)


def test_dots_of_a_leader_may_stand_apart() -> None:
    lines = [line(f"图{n} 墓地位置示意图. . . . . . . . . {n}", 50, 50 + 20 * n) for n in range(1, 6)]
    assert is_contents(lines, 0)


def test_page_numbers_may_stand_in_a_column() -> None:
    titles = [line(f"({n}) 团窠莲纹", 50, 50 + 20 * n) for n in range(1, 8)]
    numbers = [line(str(n + 3), 350, 50 + 20 * n) for n in range(1, 8)]
    assert is_contents([*titles, *numbers], 0)


def test_running_text_and_pages_with_figures_are_no_contents() -> None:
    assert not is_contents(prose(50, 50, 300, 20), 0)
    assert not is_contents([line(str(n), 50, 50 + 20 * n) for n in range(6)], 6)


def test_contents_have_no_captions() -> None:
    lines = [line(f"图{n} 缠枝莲纹 ……………… {n}", 50, 50 + 20 * n) for n in range(1, 6)]
    cover = page(1, [], [figure(0, 0, 420, 595)])
    assert not lay_out(book([cover, page(2, lines)]))[1].candidates
