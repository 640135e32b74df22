"""Numbers that a manuscript prints beside every line: they belong to no text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.records import TextLine

LEAST = 10
"""Numbers that count the lines of a page, at least."""
ALIGNED = 6.0
"""Their left or right ends agree to this many points."""

_NUMBER = re.compile(r"[0-9]{1,4}")


def without_line_numbers(pieces: Sequence[TextLine]) -> list[TextLine]:
    """The pieces of a page without a column of numbers that go up by one from line to line."""
    numbers = sorted(
        (i for i, piece in enumerate(pieces) if _NUMBER.fullmatch(piece.text) and not piece.vertical),
        key=lambda i: pieces[i].bbox[1],
    )
    counting: set[int] = set()
    for side in (0, 2):
        columns: dict[int, list[int]] = {}
        for i in numbers:
            place = round(pieces[i].bbox[side] / ALIGNED)
            for cell in (place, place + 1):  # neighbouring cells share a column
                columns.setdefault(cell, []).append(i)
        for column in columns.values():
            values = [int(pieces[i].text) for i in column]
            steps = sum(b - a == 1 for a, b in pairwise(values))
            if len(column) >= LEAST and steps >= len(column) - 2:
                counting.update(column)
    return [piece for i, piece in enumerate(pieces) if i not in counting]
