"""Boxes: what holds for any of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.geometry import (
    Box,
    area,
    centre,
    cover,
    gap,
    grow,
    intersect,
    iou,
    overlap_x,
    overlap_y,
    rounded,
    union,
)

_numbers = st.integers(-500, 500).map(lambda n: n / 4)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, x1 = sorted((draw(_numbers), draw(_numbers)))
    y0, y1 = sorted((draw(_numbers), draw(_numbers)))
    return x0, y0, x1, y1


@given(boxes(), boxes())
def test_the_common_part_lies_in_both_and_the_union_around_both(a: Box, b: Box) -> None:
    common, whole = intersect(a, b), union([a, b])
    assert area(common) <= min(area(a), area(b))
    assert area(common) == overlap_x(a, b) * overlap_y(a, b)
    for box in (a, b):
        assert intersect(whole, box) == box
        if area(common):
            assert intersect(common, box) == common


@given(boxes(), boxes())
def test_measures_are_symmetric_and_bounded(a: Box, b: Box) -> None:
    assert iou(a, b) == iou(b, a)
    assert gap(a, b) == gap(b, a) >= 0
    assert 0 <= iou(a, b) <= min(1.0, *(max(c, 1e-9) for c in (cover(a, b), cover(b, a)))) + 1e-9
    assert 0 <= cover(a, b) <= 1


@given(boxes(), boxes(), st.floats(0, 50))
def test_boxes_that_are_apart_touch_when_grown_by_the_gap(a: Box, b: Box, margin: float) -> None:
    assert gap(grow(a, gap(a, b) + 1e-6), b) == 0
    assert gap(grow(a, margin), b) <= max(0.0, gap(a, b) - margin) + 1e-6


def test_a_box_is_like_itself_alone() -> None:
    assert iou((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert iou((0, 0, 10, 10), (10, 0, 20, 10)) == 0
    assert cover((0, 0, 10, 10), (0, 0, 5, 20)) == 0.5
    assert cover((3, 3, 3, 3), (0, 0, 9, 9)) == 0


def test_distances_and_centres() -> None:
    assert gap((0, 0, 10, 10), (13, 14, 20, 20)) == 5
    assert centre((0, 0, 10, 30)) == (5, 15)
    assert rounded((0.123, 1.005, 2.999, 4), 1) == (0.1, 1.0, 3.0, 4)


def test_no_boxes_have_no_union() -> None:
    with pytest.raises(ValueError, match="no boxes"):
        union([])
