"""Figures that their captions alone tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.geometry import Box
from extractors.pairing.solve import solve_book
from extractors.records import Dropped, PageContent, Region, TextLine
from tests.extractors.made import book, figure, line, page, prose

GRID = (60.0, 300.0, 360.0, 420.0)
"""What was taken for a table."""


def told(content: PageContent) -> list[tuple[Box, str]]:
    """Each figure of a page of a book with its caption."""
    return [(draft.bbox, draft.caption) for draft in solve_book(book([content])).drafts]


def charted(lines: Sequence[TextLine], *figures: Region) -> PageContent:
    return page(1, [*prose(60, 460, 300, 5), *lines], figures, tables=[GRID])


def test_a_grid_with_the_caption_of_a_figure_is_a_chart() -> None:
    assert told(charted([line("图8 陶器数量统计", 150, 430)])) == [(GRID, "图8 陶器数量统计")]
    assert told(charted([line("表8 陶器数量统计", 150, 430)])) == []


def test_the_caption_of_a_chart_is_not_that_of_a_picture_far_above_it() -> None:
    picture = figure(60, 60, 160, 160)
    content = charted([line("图8 陶器数量统计", 150, 430)], picture)
    assert told(content) == [(picture.bbox, ""), (GRID, "图8 陶器数量统计")]


def test_the_caption_of_a_picture_is_not_that_of_a_table_below_it() -> None:
    picture = figure(60, 60, 360, 260)
    content = charted([line("图8 陶器", 150, 266)], picture)
    assert told(content) == [(picture.bbox, "图8 陶器")]


def test_a_picture_behind_a_page_is_a_plate_where_only_its_caption_is_printed_over_it() -> None:
    whole = (0.0, 0.0, 420.0, 595.0)
    behind = (Dropped(1, whole, "background"),)
    caption = [line("LOT 2113 铜鎏金坐像", 60, 500, 13), line("高 24 cm", 60, 518)]
    plate = replace(page(1, caption), dropped=behind)
    text = replace(page(1, [*caption, *prose(60, 60, 300, 20)]), dropped=behind)
    assert [box for box, _ in told(plate)] == [whole]
    assert solve_book(book([plate])).left_out == ()
    assert solve_book(book([text])).left_out == behind
    assert told(text) == []
