"""Files of a bounded size: where a stream of rows is cut, and what its pieces are called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from dataset_cards.reading import Row, shard_name

SHARD_BYTES = 500_000_000
"""Pictures in one file: what the Hugging Face Hub and its loaders use."""


def filling(most_bytes: int, most_rows: int = sys.maxsize) -> Callable[[Row], int]:
    """A key for `itertools.groupby`: 0, 1, 2, … counted up before the row that would overfill a piece.

    A piece holds at most `most_rows` rows and `most_bytes` of pictures; a larger picture stands alone.
    """
    piece, size, count = 0, 0, 0

    def number(row: Row) -> int:
        nonlocal piece, size, count
        added = len(row["image"])
        if count and (size + added > most_bytes or count == most_rows):
            piece, size, count = piece + 1, 0, 0
        size, count = size + added, count + 1
        return piece

    return number


def unfinished(folder: Path, split: str, number: int) -> Path:
    """Name of a shard while nobody knows how many there will be."""
    return folder / f".{split}-{number:05d}.partial"


def name_shards(folder: Path, split: str, total: int, ending: str) -> None:
    """Give the `total` unfinished shards of a split their names."""
    for number in range(total):
        os.replace(unfinished(folder, split, number), folder / shard_name(split, number, total, ending))
