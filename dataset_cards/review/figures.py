"""The figures of a book while corrections are applied: as the program read them, or as a person drew them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dataset_cards.review.corrections import Add, ChangeBox, Correction, Merge, Split
from dataset_cards.review.decisions import Decision, fold
from extractors.geometry import Box
from extractors.records import Pair, Unmatched

ID_DIGITS = 16
"""Of the id of a pair that a person made, as of those that extraction makes."""


@dataclass(frozen=True, slots=True, order=True)
class DrawnBox:
    """A place to cut a picture from: page (1-based) and box in points."""

    page: int
    bbox: Box


@dataclass(frozen=True, slots=True)
class CutPicture:
    """A crop as it was cut."""

    file: Path
    width: int
    height: int
    sha256: str
    phash: str


Cutter = Callable[[Sequence[DrawnBox]], Mapping[DrawnBox, CutPicture | str]]
"""Cuts pictures out of one book; a text says why one could not be cut."""


@dataclass(slots=True)
class BookFigure:
    """A figure of one book, and the corrections that are about it."""

    book: str
    """sha256."""
    page: int
    bbox: Box
    """In points, as it was read; of a figure that a person made, as it was drawn."""
    pair: Pair | None = None
    """As it was read, under the id it keeps; None for a figure without text."""
    row: Unmatched | None = None
    """As it was read, of a figure without text."""
    source: Path | None = None
    """Its crop; None for one that is still to be cut."""
    pair_id: str = ""
    """"" for a figure that is no pair and about which nobody decided."""
    like: BookFigure | None = None
    """Of a part of a split figure: the whole, whose texts it has."""
    about: list[Correction] = field(default_factory=list)
    merged_into: str = ""
    """pair_id of the figure that a person made of it and others."""

    @property
    def is_made(self) -> bool:
        """Whether a person drew it."""
        return self.pair is None and self.row is None

    def boxes(self) -> list[Box]:
        """Every box it is known by: as read, and as people drew it."""
        return [self.bbox, *(box for c in self.about if (box := drawn_box(c)))]


def drawn_box(correction: Correction) -> Box | None:
    """The box that a correction gives its figure; None where it gives none."""
    match correction.data:
        case ChangeBox(bbox=bbox) | Merge(bbox=bbox):
            return bbox
        case Split(boxes=boxes):
            return boxes[0]
        case Add():
            return correction.bbox
    return None


def made_id(correction: Correction, part: int = 0) -> str:
    """The pair_id of a figure that a correction makes: the correction decides, so it never changes."""
    return hashlib.sha256(f"{correction.id}/{part}".encode()).hexdigest()[:ID_DIGITS]


def part_ids(split: Correction) -> dict[str, Box]:
    """The ids and boxes (points) of the parts that a split makes besides the figure itself."""
    assert isinstance(split.data, Split)
    return {made_id(split, number): box for number, box in enumerate(split.data.boxes) if number}


def joined(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions, those about a figure that a person added joined to the one that adds it."""
    given = list(decisions)
    adding = {made_id(d.fields["added"].by): d for d in given if "added" in d.fields}
    about: dict[int, list[Correction]] = {}
    for decision in given:
        first = adding.get(decision.target.pair_id or "", decision)
        about.setdefault(id(first), []).extend(decision.corrections)
    return [fold(corrections) for corrections in about.values()]
