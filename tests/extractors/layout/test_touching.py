"""Pictures that touch are taken apart where the texts of the page name their panels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.geometry import Box
from extractors.layout.candidate import Candidate
from extractors.layout.touching import cells, divided
from extractors.records import Region
from tests.extractors.made import caption, figure

BOX: Box = (0, 0, 400, 200)
LEFT, RIGHT = (0, 0, 200, 200), (200, 0, 400, 200)
UPPER, LOWER = (0, 0, 400, 100), (0, 100, 400, 200)
ACROSS, DOWN = (2, 1), (1, 2)


def boxes(texts: Sequence[Candidate], *grids: tuple[int, int], others: Sequence[Region] = ()) -> list[Box]:
    """The boxes of a picture with such grids, beside `others`."""
    found = divided([Region(BOX, "scan", grids=grids), *others], texts)
    assert all(not region.grids for region in found) or len(found) == 1 + len(others)
    return [region.bbox for region in found[: len(found) - len(others)]]


def labelled(y: float = 210) -> list[Candidate]:
    return [caption("图1 飞天", 20, y), caption("图2 藻井", 20, y + 20)]


def test_cells_are_counted_row_by_row() -> None:
    assert cells((0, 0, 30, 20), (3, 2))[:4] == [
        (0, 0, 10, 10),
        (10, 0, 20, 10),
        (20, 0, 30, 10),
        (0, 10, 10, 20),
    ]


def test_as_many_labelled_captions_as_panels() -> None:
    assert boxes(labelled(), ACROSS) == [LEFT, RIGHT]
    assert boxes(labelled(), DOWN, ACROSS) == [UPPER, LOWER]


def test_other_numbers_of_captions_leave_it_whole() -> None:
    assert boxes(labelled()[:1], ACROSS) == [BOX]
    assert boxes([*labelled(), caption("图3 莲花", 20, 250)], ACROSS) == [BOX]
    assert boxes([labelled()[0], caption("图1 飞天", 20, 230)], ACROSS) == [BOX]
    assert boxes(labelled(), (4, 1), (3, 1)) == [BOX]


def test_without_seams_captions_divide_nothing() -> None:
    assert boxes(labelled()) == [BOX]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("图1 飞天（左）、藻井（右）", [LEFT, RIGHT]),
        ("图1 上：飞天；下：藻井", [UPPER, LOWER]),
        ("图1 1. 飞天 2. 藻井", [BOX]),
    ],
)
def test_parts_told_by_their_places(text: str, found: list[Box]) -> None:
    assert boxes([caption(text, 20, 210)], DOWN, ACROSS) == found
    assert boxes([caption(text, 20, 210)], ACROSS, DOWN) == found


def test_lines_told_by_their_places() -> None:
    lines = [caption("左　飞天", 20, 210), caption("右　藻井", 20, 240)]
    assert boxes(lines, DOWN, ACROSS) == [LEFT, RIGHT]


@pytest.mark.parametrize(("away", "count"), [(40, 2), (80, 1)])
def test_captions_stand_near_the_picture(away: float, count: int) -> None:
    assert (
        len(boxes([caption("图1 飞天", 20, 190 + away), caption("图2 藻井", 90, 190 + away)], ACROSS))
        == count
    )


def test_captions_near_another_picture_may_be_its_own() -> None:
    other = figure(0, 250, 400, 400)
    assert boxes(labelled(), ACROSS, others=[other]) == [BOX]


@pytest.mark.parametrize(("aside", "found"), [(0, 2), (40, 2), (70, 1)])
def test_names_in_the_middle_of_their_panels(aside: float, found: int) -> None:
    names = [caption("飞天", 90 + aside, 205), caption("藻井", 290, 205)]
    assert len(boxes(names, ACROSS)) == found
    assert boxes(names[1:], ACROSS) == [BOX]


@pytest.mark.parametrize(("away", "found"), [(15, 2), (30, 1)])
def test_names_right_at_the_picture(away: float, found: int) -> None:
    assert len(boxes([caption("飞天", 90, 200 + away), caption("藻井", 290, 200 + away)], ACROSS)) == found


def named(*texts: str, y: float = 206) -> list[Candidate]:
    """Captions in the middle below each of as many columns."""
    wide = (BOX[2] - BOX[0]) / len(texts)
    return [caption(text, (k + 0.5) * wide - 5 * len(text), y) for k, text in enumerate(texts)]


@pytest.mark.parametrize("texts", [("021 宝相花", "022 梅花"), ("图1 飞天", "图2 藻井"), ("飞天", "藻井")])
def test_blanks_divide_a_picture_where_each_column_has_its_caption(texts: tuple[str, str]) -> None:
    (left, right) = divided([Region(BOX, "scan", columns=(3, 2))], named(*texts))
    assert (left.bbox, right.bbox) == (LEFT, RIGHT)
    assert left.columns == ()


@pytest.mark.parametrize(
    "texts", [("图1 平面与剖面",), ("(a) 飞天", "(b) 藻井"), ("飞天", "藻井", "莲花", "供养人")]
)
def test_other_captions_leave_a_picture_with_blanks_whole(texts: tuple[str, ...]) -> None:
    assert divided([Region(BOX, "scan", columns=(2,))], named(*texts)) == [Region(BOX, "scan", columns=(2,))]
