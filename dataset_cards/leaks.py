"""How close each held-out pair comes to the training pairs: leaks.jsonl and its summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Leak:
    """The nearest training neighbours of one val or test pair; a line of leaks.jsonl.

    A neighbour is None where the index proposes none: nothing in train comes near.
    """

    pair_id: str
    split: str
    picture_of: str | None
    """pair_id of the training pair whose picture is nearest."""
    picture_bits: int | None
    """Bits by which their perceptual hashes differ, 0..64."""
    picture_likeness: float | None
    """Confirmed likeness of the two pictures, 0..1."""
    text_of: str | None
    """pair_id of the training pair whose text is nearest."""
    text_likeness: float | None
    """RapidFuzz ratio of the two texts, 0..1."""
    leaks: bool
    """Whether the two would be linked as duplicates: the training pair gives the answer away."""


@dataclass(frozen=True)
class LeakSummary:
    """What the card says about leaks: counts of held-out pairs."""

    held_out: dict[str, int]
    """Pairs looked at, by split (val, test)."""
    picture: dict[str, int]
    """Of these, with the same or a near picture in train."""
    text: dict[str, int]
    """Of these, with the same or a near text in train."""
    worst: tuple[Leak, ...]
    """The nearest to train, nearest first; no more than a table holds."""


def leak_summary(leaks: Sequence[Leak]) -> LeakSummary:
    """Counts and the worst of `Assembly.leaks`."""
    return LeakSummary({}, {}, {}, ())


def leak_row(leak: Leak) -> dict[str, Any]:
    """A line of leaks.jsonl."""
    return {name: getattr(leak, name) for name in Leak.__dataclass_fields__}
