"""Manuscripts number their lines in the margin."""

from __future__ import annotations

import pytest

from extractors.line_numbers import without_line_numbers
from extractors.records import TextLine


def manuscript(count: int, first: int = 171, step: int = 1) -> list[TextLine]:
    """Lines of text, each with its number in the margin, as the pieces of a page."""
    pieces = []
    for row in range(count):
        y = 72.0 + 14 * row
        number = str(first + step * row)
        pieces.append(TextLine(number, (34.0, y, 34.0 + 6 * len(number), y + 12), 12.0))
        pieces.append(TextLine("Ceramics analyzed in this study", (72.0, y, 520.0, y + 12), 12.0))
    return pieces


@pytest.mark.parametrize("first", [1, 95, 171])
def test_numbers_of_lines_are_no_text(first: int) -> None:
    kept = without_line_numbers(manuscript(20, first))
    assert [piece.text for piece in kept] == ["Ceramics analyzed in this study"] * 20


@pytest.mark.parametrize(("count", "step"), [(9, 1), (20, 5)])
def test_few_numbers_and_those_that_do_not_count_lines_stay(count: int, step: int) -> None:
    pieces = manuscript(count, step=step)
    assert without_line_numbers(pieces) == pieces
