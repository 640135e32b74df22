"""Grouping of boxes: against a slow oracle, and how much work it is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.geometry import Box, gap, union
from extractors.grouping import BoxIndex, group_boxes, merge_nearest_first

GRID = st.integers(0, 60)
SIDE = st.integers(0, 12)


@st.composite
def box_lists(draw: st.DrawFn) -> list[Box]:
    corners = draw(st.lists(st.tuples(GRID, GRID, SIDE, SIDE), max_size=25))
    return [(x / 2, y / 2, x / 2 + w, y / 2 + h) for x, y, w, h in corners]


def grouped_slowly(boxes: Sequence[Box], reach: float) -> list[list[int]]:
    """Any two unions at most `reach` apart are merged until there are none."""
    groups = [[i] for i in range(len(boxes))]
    while True:
        around = [union([boxes[i] for i in group]) for group in groups]
        near = [(a, b) for a in range(len(groups)) for b in range(a) if gap(around[a], around[b]) <= reach]
        if not near:
            return sorted(sorted(group) for group in groups)
        a, b = near[0]
        groups[b] += groups.pop(a)


@settings(max_examples=300, deadline=None)
@given(box_lists(), st.sampled_from([0.0, 0.5, 1.5, 4.0]))
def test_groups_are_those_of_the_slow_way(boxes: list[Box], reach: float) -> None:
    assert group_boxes(boxes, reach) == grouped_slowly(boxes, reach)


@settings(max_examples=200, deadline=None)
@given(box_lists(), st.tuples(GRID, GRID, SIDE, SIDE), st.sampled_from([0.0, 1.0, 7.5]))
def test_near_finds_what_is_near(boxes: list[Box], query: tuple[int, int, int, int], reach: float) -> None:
    x, y, w, h = query
    box = (x / 2, y / 2, x / 2 + w, y / 2 + h)
    found = BoxIndex(boxes).near(box, reach)
    assert found == [i for i, other in enumerate(boxes) if gap(box, other) <= reach]


@settings(max_examples=200, deadline=None)
@given(box_lists(), box_lists(), st.integers(1, 6))
def test_nearest_are_those_of_the_slow_way(boxes: list[Box], queries: list[Box], count: int) -> None:
    slow = [sorted(sorted(range(len(boxes)), key=lambda i: (gap(b, boxes[i]), i))[:count]) for b in queries]
    assert BoxIndex(boxes).nearest(queries, count) == slow


def test_nearest_among_many_boxes() -> None:
    boxes = strokes(3000)
    for query, found in zip(boxes[:20], BoxIndex(boxes).nearest(boxes, 8)[:20], strict=True):
        assert found == sorted(sorted(range(len(boxes)), key=lambda i: (gap(query, boxes[i]), i))[:8])


def test_only_what_is_joined_merges() -> None:
    row: list[Box] = [(k * 10.0, 0, k * 10.0 + 10, 10) for k in range(6)]
    halves = group_boxes(row, 1.0, lambda a, b: (a[0] < 30) == (b[0] < 30))
    assert halves == [[0, 1, 2], [3, 4, 5]]


def rows_of_squares(count: int) -> list[Box]:
    """Dotted leaders: small squares side by side that do not touch."""
    return [
        (4.0 * (k % 80), 12.0 * (k // 80), 4.0 * (k % 80) + 1.2, 12.0 * (k // 80) + 1.2) for k in range(count)
    ]


def heap(count: int) -> list[Box]:
    """Large boxes that all overlap: hatching over one place."""
    draw = random.Random(1)
    return [(draw.random(), draw.random(), 90 + draw.random(), 90 + draw.random()) for _ in range(count)]


def strokes(count: int) -> list[Box]:
    """Short strokes strewn over a page as wide as their number asks."""
    draw = random.Random(2)
    side = 12.0 * count**0.5
    places = [(draw.random() * side, draw.random() * side) for _ in range(count)]
    return [(x, y, x + 6 * draw.random(), y + 6 * draw.random()) for x, y in places]


@pytest.mark.parametrize("drawn", [rows_of_squares, heap, strokes])
def test_the_work_grows_with_the_number_of_boxes(
    drawn: Callable[[int], list[Box]], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    pairs = BoxIndex.pairs

    def counting(self: BoxIndex, corners: object, reach: float) -> object:
        nonlocal looked_at
        found = pairs(self, corners, reach)  # type: ignore[arg-type]
        looked_at += len(found)
        return found

    monkeypatch.setattr(BoxIndex, "pairs", counting)
    work = []
    for count in (100, 1000, 10_000):
        looked_at = 0
        group_boxes(drawn(count), 1.5)
        work.append(looked_at / count)
    assert max(work) <= 100  # pairs a box; all pairs of a heap would be 10,000


def test_the_predicate_is_asked_of_neighbours_only() -> None:
    asked = 0

    def joined(a: Box, b: Box) -> bool:
        nonlocal asked
        asked += 1
        return a[1] == b[1]

    count = 10_000
    strips: list[Box] = [(0.0, k * 1.0, 400.0, k + 1.0) for k in range(count)]
    assert len(group_boxes(strips, 0.0, joined)) == count
    assert asked <= 2 * count


def merged_slowly(boxes: Sequence[Box], reach: float, most: int) -> list[list[int]]:
    """Neighbours become groups of at most `most` boxes, the nearest first: every pair is looked at."""
    groups = {i: [i] for i in range(len(boxes))}
    of = list(groups)
    apart = sorted((gap(boxes[i], boxes[j]), i, j) for j in range(len(boxes)) for i in range(j))
    for _, i, j in (pair for pair in apart if pair[0] <= reach):
        first, second = sorted((of[i], of[j]))
        if first != second and len(groups[first]) + len(groups[second]) <= most:
            groups[first] += groups.pop(second)
            for k in groups[first]:
                of[k] = first
    return [sorted(members) for _, members in sorted(groups.items())]


@settings(max_examples=200, deadline=None)
@given(box_lists(), st.sampled_from([0.0, 1.5, 4.0]), st.integers(1, 6))
def test_the_nearest_are_merged_first_while_they_may(boxes: list[Box], reach: float, most: int) -> None:
    def merge(a: int, b: int) -> int | None:
        return a + b if a + b <= most else None

    merged = merge_nearest_first(boxes, reach, [1] * len(boxes), merge)
    assert merged == merged_slowly(boxes, reach, most)


@pytest.mark.parametrize("drawn", [rows_of_squares, strokes])
def test_merging_asks_neighbours_alone(drawn: Callable[[int], list[Box]]) -> None:
    asked = 0

    def merge(a: int, b: int) -> int:
        nonlocal asked
        asked += 1
        return a + b

    for count in (100, 10_000):
        asked = 0
        merge_nearest_first(drawn(count), 3.0, [1] * count, merge)
        assert asked < count  # each time two groups become one
