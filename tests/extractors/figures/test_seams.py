"""Pictures that touch, told by straight lines along which their colours jump."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from extractors.figures.seams import Grid, Picture, blank_columns, grids
from tests.extractors.made import picture

HEIGHT, WIDTH = 160, 320


def photo(seed: int, side: int = 160) -> Picture:
    """A soft picture, dark or light by turns."""
    low = 40 if seed % 2 else 150
    shown: Picture = np.asarray(Image.open(io.BytesIO(picture(seed, side, side, low, low + 40))))
    return shown


def mosaic(columns: int, rows: int) -> Picture:
    """Pictures that touch; neighbours differ."""
    strips = [
        np.hstack([photo(2 * row * columns + 2 * c + (row + c) % 2) for c in range(columns)])
        for row in range(rows)
    ]
    shown: Picture = np.vstack(strips)
    return shown


def flat(level: int = 100) -> Picture:
    return np.full((HEIGHT, WIDTH, 3), level, np.uint8)


def stepped(jump: int, rows: int = HEIGHT, at: int = WIDTH // 2) -> Picture:
    """A flat picture whose grey jumps at column `at` in its first `rows` rows."""
    shown = flat()
    shown[:rows, at:] += np.uint8(jump)
    return shown


def woven(shown: Picture, rows: slice, columns: slice = slice(None)) -> Picture:
    """The picture with a texture that has an edge in each of these columns of these rows."""
    thread = (np.arange(WIDTH) * 20 % 256).astype(np.uint8)
    shown[rows, columns] = thread[None, columns, None]
    return shown


@pytest.mark.parametrize(("columns", "rows"), [(2, 1), (1, 2), (3, 1), (2, 2), (3, 2), (4, 1)])
def test_pictures_in_an_even_grid(columns: int, rows: int) -> None:
    found = grids(mosaic(columns, rows))
    assert (columns, rows) in found
    assert all(columns % c == 0 and rows % r == 0 for c, r in found)


def test_one_picture_has_no_seams() -> None:
    assert grids(photo(3, 320)) == []
    assert grids(flat()) == []
    assert grids(woven(flat(), slice(None))) == []


def test_more_than_four_in_a_row_are_a_pattern() -> None:
    stripes = flat()
    for k in (1, 3):
        stripes[:, k * WIDTH // 5 : (k + 1) * WIDTH // 5] = 180
    assert grids(stripes) == []


@pytest.mark.parametrize(("at", "found"), [(174, [(2, 1)]), (186, [])])
def test_panels_are_of_one_width_to_a_twentieth(at: int, found: list[Grid]) -> None:
    assert grids(stepped(60, at=at)) == found


@pytest.mark.parametrize(("lean", "found"), [(0.03, [(2, 1)]), (0.06, [])])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_seam_may_lean_a_little(lean: float, found: list[Grid], side: int) -> None:
    across = np.arange(320)[None, :] - 160 + side * lean * (np.arange(320)[:, None] - 160)
    shown = np.where(across[..., None] > 0, 180, 60).astype(np.uint8).repeat(3, axis=2)
    assert grids(shown) == found


@pytest.mark.parametrize(("jump", "found"), [(18, [(2, 1)]), (8, [])])
def test_the_colour_jumps(jump: int, found: list[Grid]) -> None:
    assert grids(stepped(jump)) == found


def test_any_colour_may_jump_where_greys_agree() -> None:
    shown = flat()
    shown[:, WIDTH // 2 :] = (60, 120, 100)
    assert grids(shown) == [(2, 1)]


@pytest.mark.parametrize(("share", "found"), [(0.7, [(2, 1)]), (0.35, [])])
def test_it_jumps_along_most_of_the_seam(share: float, found: list[Grid]) -> None:
    assert grids(stepped(60, round(share * HEIGHT))) == found


@pytest.mark.parametrize(("more", "found"), [(0.2, [(2, 1)]), (0.1, [])])
def test_a_seam_stands_out_from_the_texture_around_it(more: float, found: list[Grid]) -> None:
    shown = stepped(60, round(2 * more * HEIGHT))
    assert grids(woven(shown, slice(None, None, 2))) == found  # half of the rows


@pytest.mark.parametrize(("bare", "found"), [(23, [(2, 1)]), (10, [])])
def test_around_it_is_what_a_seam_is_compared_with(bare: int, found: list[Grid]) -> None:
    share = 0.9 if bare > 20 else 0.6
    shown = stepped(60, round(0.7 * HEIGHT))
    middle = WIDTH // 2
    for columns in (slice(0, middle - bare), slice(middle + bare, None)):
        woven(shown, slice(0, round(share * HEIGHT)), columns)
    assert grids(shown) == found


def ramp(width: int, jump: int, scale: int = 1) -> Picture:
    """A picture whose grey rises by `jump` over `width` pixels, all enlarged."""
    rise = np.clip((np.arange(WIDTH * scale) - (WIDTH * scale - width) / 2) / width, 0, 1)
    row = (100 + jump * rise).astype(np.uint8)
    return np.broadcast_to(row[None, :, None], (HEIGHT * scale, WIDTH * scale, 3)).copy()


@pytest.mark.parametrize(("width", "found"), [(4, [(2, 1)]), (10, [])])
def test_a_seam_is_sharp(width: int, found: list[Grid]) -> None:
    assert grids(ramp(width, 18)) == found


@pytest.mark.parametrize(("width", "found"), [(8, [(2, 1)]), (20, [])])
def test_a_large_picture_is_looked_at_from_afar(width: int, found: list[Grid]) -> None:
    assert grids(ramp(width, 20, scale=2)) == found


def tiles(count: int, blank: int, *, high: int = 120, wide: int = 90) -> Picture:
    """Tiles of one pattern side by side on paper, this many pixels apart."""
    picture = np.full((high, count * wide + (count - 1) * blank, 3), 245, np.uint8)
    pattern = np.random.default_rng(3).integers(20, 160, (high, wide, 3), np.uint8)
    for k in range(count):
        picture[:, k * (wide + blank) : k * (wide + blank) + wide] = pattern
    return picture


@pytest.mark.parametrize("count", [2, 3, 4])
def test_blanks_of_paper_divide_a_picture(count: int) -> None:
    assert count in blank_columns(tiles(count, 14))


def test_what_touches_has_no_blanks() -> None:
    assert blank_columns(tiles(3, 0)) == []
    assert blank_columns(tiles(3, 1)) == []


def test_a_blank_that_does_not_reach_from_edge_to_edge_divides_nothing() -> None:
    picture = tiles(2, 14)
    picture[50:56] = 30
    assert blank_columns(picture) == []


def test_blanks_that_are_uneven_divide_nothing() -> None:
    assert blank_columns(tiles(3, 14)[:, :194]) == [2]
    assert blank_columns(tiles(3, 14)[:, 60:]) == []
