"""Ruled tables are found; charts, frames and drawings are not taken for them."""

from __future__ import annotations

from collections.abc import Callable

import pymupdf
import pytest

from extractors.figures.drawings import strokes_of
from extractors.figures.tables import find_tables, is_rule
from extractors.geometry import Box, iou
from extractors.text import text_lines
from tests.extractors.figures.vector_art import bar_chart, cells, ruled_table, three_line_table, vessel
from tests.extractors.made import PROSE, pdf_page, write


def tables(page: pymupdf.Page) -> list[Box]:
    return find_tables([stroke for stroke, _ in strokes_of(page)], text_lines(page)[0])


@pytest.mark.parametrize("draw", [ruled_table, three_line_table])
def test_a_table_is_found_where_it_stands(draw: Callable[[pymupdf.Page, float, float], Box]) -> None:
    page = pdf_page()
    box = draw(page, 60, 120)
    (found,) = tables(page)
    assert iou(found, box) > 0.9


def test_a_grid_is_found_on_a_turned_page() -> None:
    page = pdf_page()
    box = pymupdf.Rect(ruled_table(page, 60, 120))
    page.set_rotation(90)
    (found,) = tables(page)
    assert iou(found, tuple((box * page.rotation_matrix).normalize())) > 0.9


def test_tables_above_one_another_are_two_and_the_caption_between_is_free() -> None:
    page = pdf_page()
    boxes = [three_line_table(page, 60, 80), three_line_table(page, 60, 320)]
    write(page, "图2 墓葬平面图", 60, 260)
    found = sorted(tables(page), key=lambda box: box[1])
    assert len(found) == 2
    assert all(iou(a, b) > 0.9 for a, b in zip(found, boxes, strict=True))


@pytest.mark.parametrize("rules", [(50, 300, 550), (50, 56, 480)])
def test_the_rules_of_a_text_page_make_no_table(rules: tuple[int, ...]) -> None:
    page = pdf_page()
    for y in rules:
        page.draw_line((40, y), (380, y), width=0.5)
    for row in range(28):
        if all(abs(70 + 17 * row - y) > 14 for y in rules):
            write(page, PROSE[row : row + 30], 45, 70 + 17 * row)
    assert tables(page) == []


def test_tables_in_two_columns_are_two() -> None:
    page = pdf_page(700, 595)
    boxes = [ruled_table(page, 60, 80), three_line_table(page, 380, 120)]
    found = sorted(tables(page))
    assert len(found) == 2
    assert all(iou(a, b) > 0.9 for a, b in zip(found, boxes, strict=True))


def test_a_table_of_filled_cells() -> None:
    page = pdf_page()
    xs, ys = [60.0 + 60 * k for k in range(5)], [120.0 + 20 * k for k in range(5)]
    for row, y in enumerate(ys[:-1]):
        for x in xs[:-1]:
            page.draw_rect(
                (x, y, x + 60, y + 20), color=(0, 0, 0), fill=(0.9, 0.9, 0.9) if row % 2 else None, width=0.4
            )
    cells(page, xs, ys)
    (found,) = tables(page)
    assert iou(found, (60, 120, 300, 200)) > 0.9


def test_a_chart_is_no_table() -> None:
    page = pdf_page()
    bar_chart(page, 80, 120)
    assert tables(page) == []


def test_a_drawing_in_a_grid_is_no_table() -> None:
    page = pdf_page()
    for k in range(4):
        page.draw_line((60 + 80 * k, 100), (60 + 80 * k, 340), width=0.3)
        page.draw_line((60, 100 + 80 * k), (300, 100 + 80 * k), width=0.3)
    for k in range(6):
        vessel(page, 75 + 80 * (k % 3), 110 + 80 * (k // 3), 50)
    for k, word in enumerate(("墓室", "甬道", "墓道", "耳室")):
        write(page, word, 65 + 60 * k, 330, 7)
    assert tables(page) == []


def test_rules_between_paragraphs_are_no_table() -> None:
    page = pdf_page()
    for y in (60, 560):
        page.draw_line((40, y), (380, y), width=0.5)
    for k in range(10):
        write(page, "出土遗物以陶器为主，器形规整", 50, 100 + 20 * k)
    assert tables(page) == []


def test_a_frame_without_text_is_no_table() -> None:
    page = pdf_page()
    page.draw_rect((60, 100, 300, 300), width=0.5)
    page.draw_line((60, 200), (300, 200), width=0.5)
    assert tables(page) == []


@pytest.mark.parametrize(
    ("box", "rule"),
    [((0, 0, 300, 0.5), True), ((0, 0, 0.5, 300), True), ((0, 0, 6, 0.5), False), ((0, 0, 100, 40), False)],
)
def test_rules(box: Box, rule: bool) -> None:
    assert is_rule(box) == rule
