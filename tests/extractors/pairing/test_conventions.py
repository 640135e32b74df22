"""A book's conventions: where captions stand, learned from the pairs that leave no doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.geometry import Box
from extractors.pairing.conventions import Conventions, Sighting, is_clear, learn, side_of

FIGURE: Box = (100, 100, 200, 200)


@pytest.mark.parametrize(
    ("caption", "side"),
    [
        ((100, 206, 180, 216), "below"),
        ((100, 84, 180, 94), "above"),
        ((206, 110, 280, 130), "right"),
        ((20, 110, 94, 130), "left"),
        ((120, 150, 180, 160), "inside"),
        ((230, 230, 300, 240), "corner"),
    ],
)
def test_sides(caption: Box, side: str) -> None:
    assert side_of(FIGURE, caption) == side


@given(st.tuples(*[st.floats(-300, 500) for _ in range(2)]), st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_the_side_does_not_depend_on_the_place_on_the_page(
    corner: tuple[float, float], dx: float, dy: float
) -> None:
    x, y = (round(v) for v in corner)
    dx, dy = round(dx), round(dy)
    caption = (x, y, x + 80, y + 10)
    moved = (100 + dx, 100 + dy, 200 + dx, 200 + dy)
    assert side_of(FIGURE, caption) == side_of(moved, (x + dx, y + dy, x + 80 + dx, y + 10 + dy))


def sightings(side: str, count: int, word: str = "图", *, vertical: bool = False) -> list[Sighting]:
    return [Sighting(side, vertical, 1.0, 9.0, word) for _ in range(count)]  # type: ignore[arg-type]


def test_before_a_book_is_read_captions_are_expected_below() -> None:
    costs = {side: Conventions().side_cost(side, vertical=False) for side in Conventions().sides}
    assert costs.pop("below") == 0
    assert min(costs.values()) > 0


@pytest.mark.parametrize("side", ["above", "left", "right"])
def test_a_book_teaches_its_side(side: str) -> None:
    learned = learn(sightings(side, 20), Conventions(body_size=10.0))
    assert learned.side_cost(side, vertical=False) == 0  # type: ignore[arg-type]
    assert learned.side_cost("below", vertical=False) > 0
    assert learned.caption_size == 9.0
    assert learned.body_size == 10.0


def test_vertical_captions_teach_nothing_about_horizontal_ones() -> None:
    learned = learn(sightings("left", 20, vertical=True), Conventions())
    assert learned.side_cost("below", vertical=False) == 0
    assert learned.side_cost("left", vertical=True) == 0


def test_a_book_whose_captions_carry_labels() -> None:
    assert learn(sightings("below", 9) + sightings("below", 1, ""), Conventions()).labelled
    assert not learn(sightings("below", 9, ""), Conventions()).labelled
    assert not Conventions().labelled


def test_a_pair_is_clear_when_nothing_else_is_near() -> None:
    caption = (100, 206, 180, 216)
    assert is_clear(FIGURE, caption, [(100, 400, 200, 500)], 10)
    assert not is_clear(FIGURE, caption, [(100, 220, 200, 300)], 10)
    assert not is_clear(FIGURE, (100, 300, 180, 310), [], 10)
