"""Survey drawings: dimensions, levels and scale bars stand nearer to the drawing than its name does."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from extractors.book import read_book
from extractors.pairing.solve import solve_book
from tests.extractors.made import QUIET, write

TITLES = ("正立面图 1:50", "明间剖面图　1:100", "背立面图", "总平面图 1：500")


def hall(page: pymupdf.Page, x: float, y: float, title: str, *, bar: bool) -> None:
    """A façade, a chain of dimensions below it, levels beside it, or a scale bar; its title at the foot."""
    shape = page.new_shape()
    shape.draw_polyline([(x - 20, y), (x + 20, y - 40), (x + 180, y - 40), (x + 220, y), (x - 20, y)])
    for k in range(12):
        shape.draw_line((x + 20 + 14 * k, y - 40), (x - 20 + 20 * k, y))
    for k in range(5):
        shape.draw_rect((x + 48 * k, y, x + 48 * k + 4, y + 70))
    shape.draw_line((x, y + 85), (x + 200, y + 85))
    shape.finish(width=0.5)
    shape.commit()
    if bar:
        write(page, "0 1 2 5米", x + 80, y + 98, 6)
    else:
        for k in range(4):
            write(page, str(2800 + 150 * k), x + 48 * k + 14, y + 82, 6)
        write(page, "±0.000", x + 225, y + 70, 6)
        write(page, "11200", x + 90, y + 95, 6)
    write(page, title, x + 60, y + 116, 10)


@pytest.mark.parametrize("bar", [False, True])
def test_the_names_of_the_drawings_are_their_texts(tmp_path: Path, bar: bool) -> None:
    document = pymupdf.open()
    for n in range(2):
        page = document.new_page(width=420, height=595)
        for k, y in enumerate((120, 360)):
            hall(page, 90, y, TITLES[2 * n + k], bar=bar)
    document.save(tmp_path / "book.pdf")
    solved = solve_book(read_book(tmp_path / "book.pdf", QUIET))
    found = [draft.description.replace(" ", "") for draft in solved.drafts]
    wanted = [title.replace("　", "").replace(" ", "").replace("：", ":") for title in TITLES]
    assert [text.replace("：", ":").replace("\u3000", "") for text in found] == wanted
