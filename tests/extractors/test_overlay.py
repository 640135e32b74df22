"""The page with everything seen on it drawn in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors.geometry import Box
from extractors.overlay import COLOURS, LEGEND_HEIGHT, SCALE, draw_page
from extractors.pairing.solve import solve_book
from tests.extractors.made import QUIET, book, figure, line, page, pdf_page, prose, small_book

FIGURE: Box = (50, 50, 250, 250)


@pytest.fixture
def drawn(tmp_path: Path) -> np.ndarray:
    """A page with a figure, its caption, a running head, a table, and a caption without a figure."""
    head, text, left = (
        line("丝绸纹样全集", 100, 10),
        line("图1 联珠纹", 100, 258),
        line("图7 宝相花", 100, 400),
    )
    pages = [page(1, [head, text, left], [figure(*FIGURE)], tables=[(60, 300, 240, 350)], size=(300, 420))]
    pages += [page(n, [head, *prose(50, 100, 200, 5)], size=(300, 420)) for n in range(2, 12)]
    pdf = small_book(tmp_path / "book.pdf")
    solved = solve_book(book(pages))
    out = draw_page(pdf, 1, solved, solved.drafts, tmp_path / "deep" / "page.png", QUIET)
    return np.array(Image.open(out).convert("RGB"))


def at(pixels: np.ndarray, x: float, y: float, reach: int = 4) -> set[tuple[int, ...]]:
    """Colours near a place of the page (points)."""
    row, column = round(y * SCALE), round(x * SCALE)
    near = pixels[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
    return {tuple(map(int, pixel)) for pixel in near.reshape(-1, 3)}


def test_the_picture_is_the_page_and_a_legend(drawn: np.ndarray) -> None:
    assert drawn.shape[1] == pytest.approx(300 * SCALE, abs=1)
    assert drawn.shape[0] == pytest.approx(420 * SCALE + LEGEND_HEIGHT, abs=1)


@pytest.mark.parametrize(
    ("what", "place"),
    [
        ("figure", (50, 200)),
        ("caption", (100, 263)),
        ("pair", (139, 200)),
        ("table", (60, 330)),
        ("caption left over", (100, 405)),
        ("furniture", (100, 15)),
    ],
)
def test_everything_is_drawn_in_its_colour(drawn: np.ndarray, what: str, place: tuple[float, float]) -> None:
    assert COLOURS[what] in at(drawn, *place)


def test_the_colours_can_be_told_apart() -> None:
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_both_halves_of_a_spread_are_drawn(tmp_path: Path) -> None:
    lines = [line("图1 联珠纹", 100, 258), line("图2 宝相花", 520, 258)]
    pictures = [figure(50, 50, 250, 250), figure(470, 50, 670, 250)]
    spread = replace(page(1, lines, pictures, size=(840, 420)), is_scan=True)
    pdf = tmp_path / "spread.pdf"
    document = pdf_page(840, 420).parent
    document.save(pdf)
    solved = solve_book(book([spread]))
    pixels = np.array(Image.open(draw_page(pdf, 1, solved, solved.drafts, tmp_path / "page.png", QUIET)))
    for x in (50, 470):
        assert COLOURS["figure"] in at(pixels, x, 200)
        assert COLOURS["caption"] in at(pixels, x + 50, 263)
