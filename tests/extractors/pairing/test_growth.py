"""The work of pairing a page grows with the number of its figures, not with its square."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from extractors.pairing.solve import solve_book
from tests.extractors.crowded_pages import CROWDED
from tests.extractors.made import book

FEW, MANY = 75, 300
MOST_GROWTH = 1.5
"""Work a figure on the larger page, as a share of that on the smaller: 4 if all were compared with all."""


def calls(kind: str, count: int) -> int:
    """Functions called, Python's own ones too, to pair a page: the same number on every machine."""
    content = book([CROWDED[kind](count)])
    called = 0

    def count_calls(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal called
        called += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_calls)
    try:
        solve_book(content)
    finally:
        sys.setprofile(before)
    return called


@pytest.mark.parametrize("kind", CROWDED)
def test_the_work_for_a_figure_does_not_grow_with_their_number(kind: str) -> None:
    calls(kind, 15)  # what is compiled or computed once
    few, many = calls(kind, FEW) / FEW, calls(kind, MANY) / MANY
    assert many <= MOST_GROWTH * few
