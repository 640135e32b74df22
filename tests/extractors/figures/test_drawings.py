"""Vector figures: what draws something is one, what merely rules, frames or tints is not."""

from __future__ import annotations

from functools import partial
from itertools import product

import pymupdf
import pytest

from extractors.figures.drawings import drawing_regions, strokes_of
from extractors.figures.images import image_regions
from extractors.figures.paint import paint_log
from extractors.figures.tables import find_tables
from extractors.geometry import Box, cover, grow, iou
from extractors.records import Dropped, Region
from extractors.text import text_lines
from tests.extractors.figures.shades import shades_of
from tests.extractors.figures.vector_art import bar_chart, ruled_table, vessel
from tests.extractors.made import PROSE, pdf_page, picture, write
from tests.extractors.work import calls


def found(page: pymupdf.Page) -> tuple[list[Region], list[Region], list[Dropped]]:
    """Drawings, images and what was left out of a page."""
    ops, strokes, lines = paint_log(page), strokes_of(page), text_lines(page)[0]
    tables = find_tables([stroke for stroke, _ in strokes], lines)
    images = image_regions(ops, lines, 1, lambda _: 200.0, lambda: shades_of(page))[0]
    bounds = (0.0, 0.0, page.rect.width, page.rect.height)
    return drawing_regions(ops, strokes, images, tables, lines, bounds, 1)


def drawings(page: pymupdf.Page) -> list[Box]:
    return [region.bbox for region in found(page)[0]]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_line_drawing_is_found_where_it_is_displayed(rotation: int) -> None:
    page = pdf_page()
    vessel(page, 100, 120)
    page.set_rotation(rotation)
    shown = (pymupdf.Rect(100, 120, 180, 200) * page.rotation_matrix).normalize()
    (box,) = drawings(page)
    assert cover(tuple(shown), box) > 0.95
    assert cover(box, grow(tuple(shown), 22)) > 0.98


def test_drawings_far_apart_are_two() -> None:
    page = pdf_page()
    vessel(page, 60, 120)
    vessel(page, 280, 400)
    assert len(drawings(page)) == 2


def test_a_chart_is_a_figure() -> None:
    page = pdf_page()
    chart = bar_chart(page, 80, 120)
    (box,) = drawings(page)
    assert iou(box, chart) > 0.8


def test_the_bars_of_a_chart_may_be_one_path() -> None:
    page = pdf_page()
    shape = page.new_shape()
    for k, high in enumerate((40, 90, 130, 60, 110)):
        shape.draw_rect((100 + 36 * k, 300 - high, 122 + 36 * k, 300))
    shape.finish(fill=(0.3, 0.4, 0.6), width=0.5)
    shape.commit()
    page.draw_line((90, 150), (90, 300))
    page.draw_line((90, 300), (290, 300))
    (box,) = drawings(page)
    assert iou(box, (90, 150, 290, 300)) > 0.8


def test_rules_of_a_page_are_no_figures() -> None:
    page = pdf_page()
    for y in (50, 56, 550):
        page.draw_line((40, y), (380, y), width=0.5)
    page.draw_line((210, 80), (210, 520), width=0.5)
    assert drawings(page) == []


def test_a_page_frame_is_no_figure() -> None:
    page = pdf_page()
    page.draw_rect((15, 15, 405, 580), width=1)
    write(page, "图1 联珠纹", 60, 90)
    assert drawings(page) == []


@pytest.mark.parametrize(("text", "count"), [("图1 联珠纹瓶", 2), ("联珠纹瓶", 1)])
def test_drawings_in_a_page_frame_are_themselves_where_a_caption_is_in_it(text: str, count: int) -> None:
    page = pdf_page()
    page.draw_rect((40, 60, 380, 520), width=1)
    vessel(page, 100, 120)
    vessel(page, 240, 360)
    write(page, text, 100, 240)
    assert len(drawings(page)) == count


@pytest.mark.parametrize("tint", [None, (0.92, 0.9, 0.85)])
def test_a_box_of_text_is_no_figure(tint: object) -> None:
    page = pdf_page()
    page.draw_rect((50, 100, 370, 260), color=(0, 0, 0), fill=tint, width=0.6)
    for row in range(8):
        write(page, PROSE[row : row + 30], 58, 120 + 17 * row)
    assert drawings(page) == []


def test_a_table_is_no_figure() -> None:
    page = pdf_page()
    ruled_table(page, 60, 120)
    assert drawings(page) == []


def test_a_frame_around_a_photograph_changes_nothing() -> None:
    page = pdf_page()
    page.insert_image((100, 100, 300, 300), stream=picture(1))
    page.draw_rect((98, 98, 302, 302), width=1)
    regions, images, _ = found(page)
    assert regions == []
    assert [region.source for region in images] == ["image"]


def test_a_drawing_over_a_photograph_is_one_figure() -> None:
    page = pdf_page()
    page.insert_image((100, 100, 300, 300), stream=picture(1))
    vessel(page, 255, 260, 90)
    vessel(page, 150, 270, 60)
    regions, images, _ = found(page)
    assert len(regions) + len(images) == 1


def test_white_paint_is_no_drawing() -> None:
    page = pdf_page()
    for k in range(5):
        page.draw_circle((100 + 30 * k, 200), 40, fill=(1, 1, 1), color=None)
    assert drawings(page) == []


def test_small_marks_are_dropped_with_a_reason() -> None:
    page = pdf_page()
    page.draw_circle((200, 200), 4, fill=(0, 0, 0))
    regions, _, dropped = found(page)
    assert regions == []
    assert [drop.reason for drop in dropped] == ["too-small"]


def test_an_empty_page_has_no_drawings() -> None:
    assert found(pdf_page()) == ([], [], [])


@pytest.mark.parametrize("leading", [12, 15, 22])
@pytest.mark.parametrize("shape", ["disc", "ring", "square", "dash", "diamond"])
def test_drawn_bullets_are_no_figure(leading: int, shape: str) -> None:
    page = pdf_page()
    for row in range(9):
        x, y = (60 if row % 3 else 82), 120 + leading * row
        write(page, "馆藏织绣与稿本", x + 14, y)
        if shape == "disc":
            page.draw_circle((x + 2.5, y - 3.5), 2.5, fill=(0, 0, 0))
        elif shape == "ring":
            page.draw_circle((x + 2.5, y - 3.5), 2.5, width=0.7)
        elif shape == "square":
            page.draw_rect((x, y - 6, x + 5, y - 1), fill=(0, 0, 0))
        elif shape == "dash":
            page.draw_line((x, y - 3.5), (x + 5, y - 3.5), width=1)
        else:
            corners = [(x, y - 3.5), (x + 2.5, y - 6), (x + 5, y - 3.5), (x + 2.5, y - 1)]
            page.draw_polyline([*corners, corners[0]], fill=(0.6, 0, 0))
    assert drawings(page) == []


def test_vessels_in_a_row_beside_their_numbers_are_figures_still() -> None:
    page = pdf_page()
    for k in range(4):
        vessel(page, 60 + 70 * k, 150, 30)
        write(page, str(k + 1), 70 + 70 * k, 200)
    assert len(drawings(page)) == 1


@pytest.mark.parametrize("gap", [1.0, 3.0])
def test_the_work_on_dotted_leaders_grows_with_the_dots(gap: float) -> None:
    work = []
    for rows in (8, 40):
        page = pdf_page()
        shape = page.new_shape()
        for row, k in product(range(rows), range(40)):
            x, y = 100 + k * (1.2 + gap), 40 + 12 * row
            shape.draw_rect((x, y, x + 1.2, y + 1.2))
            shape.finish(fill=(0, 0, 0), color=None)
        shape.commit()
        ops, strokes = paint_log(page), strokes_of(page)
        plain = [stroke for stroke, _ in strokes]
        work.append(
            calls(partial(find_tables, plain, []))
            + calls(partial(drawing_regions, ops, strokes, [], [], [], tuple(page.rect), 1))
        )
    assert work[1] <= 6 * work[0]


@pytest.mark.parametrize("corners", [False, True])
def test_the_frame_of_a_title_page_is_no_figure(corners: bool) -> None:
    page = pdf_page()
    page.draw_rect((30, 30, 390, 565), width=2)
    page.draw_rect((34, 34, 386, 561), width=0.5)
    if corners:
        for x in (34, 386):
            for y in (34, 561):
                page.draw_circle((x, y), 6)
    write(page, "历代锦绣", 150, 250)
    assert drawings(page) == []


def test_a_large_drawing_and_a_large_chart_are_no_frames() -> None:
    plan, chart = pdf_page(), pdf_page()
    plan.draw_rect((40, 40, 380, 540), width=1)
    plan.draw_circle((200, 300), 150)
    plan.draw_circle((200, 300), 90)
    for k in range(6):
        chart.draw_rect((60 + 50 * k, 540 - 70 * (k + 1), 95 + 50 * k, 540), fill=(0.3, 0.4, 0.6))
    chart.draw_line((50, 60), (50, 545))
    chart.draw_line((50, 545), (380, 545))
    assert len(drawings(plan)) == len(drawings(chart)) == 1
