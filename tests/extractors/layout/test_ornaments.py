"""What a book repeats is no figure, alone or joined to one; what has a caption always is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from extractors.book import read_book
from extractors.geometry import Box
from extractors.layout.book_layout import lay_out
from extractors.layout.ornaments import without_ornaments
from extractors.layout.table_pictures import without_table_pictures
from extractors.records import Dropped, PageContent, Region
from tests.extractors.figures.vector_art import vessel
from tests.extractors.made import QUIET, figure, line, page, write

ORNAMENT = figure(190, 560, 230, 580, "drawing")


def dropped(content: list[PageContent]) -> list[tuple[int, Box]]:
    return [(drop.page, drop.bbox) for page in without_ornaments(content) for drop in page.dropped]


def test_the_same_picture_on_every_page_is_an_ornament() -> None:
    content = [
        page(n, regions=[figure(20, 20, 60, 60, name="logo"), figure(60, 100, 300, 300, name=f"p{n}")])
        for n in range(1, 6)
    ]
    assert dropped(content) == [(n, (20, 20, 60, 60)) for n in range(1, 6)]
    assert [len(page.regions) for page in without_ornaments(content)] == [1] * 5


def test_a_logo_that_moves_is_still_one() -> None:
    content = [page(n, regions=[figure(20 + 10 * n, 20, 60 + 10 * n, 60, name="logo")]) for n in range(1, 6)]
    assert len(dropped(content)) == 5


def test_a_small_drawing_at_one_place_is_one_and_a_large_one_is_not() -> None:
    plan = figure(60, 80, 360, 500, "drawing")
    content = [page(n, regions=[ORNAMENT, plan]) for n in range(1, 6)]
    assert dropped(content) == [(n, ORNAMENT.bbox) for n in range(1, 6)]


def test_drawings_of_other_shape_at_one_place_are_none() -> None:
    shapes = [Region(ORNAMENT.bbox, "drawing", f"shape {n}") for n in range(1, 6)]
    assert dropped([page(n, regions=[shape]) for n, shape in enumerate(shapes, 1)]) == []


@pytest.mark.parametrize("source", ["drawing", "image"])
@pytest.mark.parametrize("label", ["图{} 线描", "插图{}", "Fig. {} Rim"])
def test_a_captioned_figure_is_none_however_often_it_is_printed(source: str, label: str) -> None:
    shown = figure(100, 100, 180, 160, source, "the same")  # type: ignore[arg-type]
    content = [page(n, [line(label.format(n), 110, 166)], [shown]) for n in range(1, 6)]
    assert dropped(content) == []


def test_a_caption_belongs_to_the_figure_nearest_to_it() -> None:
    drawing, logo = figure(100, 100, 180, 160, name="p"), figure(100, 184, 130, 200, name="logo")
    content = [page(n, [line(f"图{n} 罐", 110, 166)], [drawing, logo]) for n in range(1, 6)]
    assert dropped(content) == [(n, logo.bbox) for n in range(1, 6)]


def test_pictures_of_unknown_content_at_one_place_are_none() -> None:
    assert dropped([page(n, regions=[figure(60, 100, 300, 300)]) for n in range(1, 8)]) == []


def test_a_picture_printed_twice_is_none() -> None:
    content = [
        page(n, regions=[figure(60, 100, 300, 300, name="same" if n < 3 else str(n))]) for n in range(1, 8)
    ]
    assert dropped(content) == []


def test_an_ornament_of_the_head_is_cut_from_the_drawing_that_it_touches(tmp_path: Path) -> None:
    doc = pymupdf.open()
    for n in range(5):
        made = doc.new_page(width=420, height=595)
        shape = made.new_shape()
        for k in range(4):
            shape.draw_circle((170 + 20 * k, 60), 9)
        shape.finish(color=(0, 0, 0), width=0.8)
        shape.commit()
        if n in (1, 3):
            vessel(made, 160, 82, 90)
            write(made, f"图{n} 陶罐", 170, 200)
    doc.save(tmp_path / "book.pdf")
    layouts = lay_out(read_book(tmp_path / "book.pdf", QUIET))
    assert [len(layout.figures) for layout in layouts] == [0, 1, 0, 1, 0]
    (drawn,) = layouts[1].figures
    assert drawn.bbox[1] > 80
    assert drawn.bbox[3] > 170
    assert "repeated" in [drop.reason for drop in layouts[1].dropped]


def test_small_marks_of_the_head_are_no_pieces_of_a_drawing() -> None:
    mark, piece = (190.0, 40.0, 215.0, 48.0), (100.0, 300.0, 130.0, 304.0)
    content = [
        replace(page(n), dropped=(Dropped(n, mark, "too-small"), Dropped(n, piece, "too-small")))
        for n in range(1, 5)
    ]
    reasons = [[drop.reason for drop in page.dropped] for page in without_ornaments(content)]
    assert reasons == [["repeated", "too-small"]] * 4


def test_panels_of_one_captioned_drawing_are_none() -> None:
    panels = [figure(x, y, x + 90, y + 80, "drawing") for x in (60, 220) for y in (70, 210)]
    own = figure(60, 292, 150, 320, "drawing")
    content = [page(n, [line(f"图{n} 陶器线图", 150, 330)], panels) for n in range(1, 5)]
    assert dropped(content) == []
    shapes = [replace(own, signature=f"own {n}") for n in range(1, 5)]
    content = [page(n, [line(f"图{n} 陶器线图", 90, 330)], [*panels, shapes[n - 1]]) for n in range(1, 5)]
    assert dropped(content) == []


def test_pictures_in_a_titled_table_are_dropped_by_name_and_those_of_a_grid_are_not() -> None:
    table, cell = (50.0, 80.0, 370.0, 350.0), figure(140, 115, 240, 185, name="cell")
    free = figure(60, 400, 200, 500, name="free")
    titled = page(1, [line("表1 出土陶器", 170, 60)], [cell, free], tables=[table])
    left = without_table_pictures(titled)
    assert left.regions == (free,)
    assert [(drop.bbox, drop.reason) for drop in left.dropped] == [(cell.bbox, "in-table")]
    grid = page(1, [line("图1 陶鬲", 170, 60)], [cell, free], tables=[table])
    assert without_table_pictures(grid) == grid
