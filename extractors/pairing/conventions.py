"""A book's own conventions, learned from the pages where there is no doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import log
from statistics import median
from typing import Literal

from extractors.geometry import Box, centre, gap, height, overlap_x, overlap_y, width
from extractors.layout.candidate import Candidate
from extractors.pairing.places import Place, places_of

Side = Literal["below", "above", "left", "right", "inside", "corner"]

PRIOR: dict[Side, float] = {
    "below": 3.0,
    "above": 1.0,
    "right": 1.0,
    "left": 1.0,
    "inside": 0.3,
    "corner": 0.4,
}
"""Imagined sightings before a book is read: captions stand below more often than anywhere else."""
VERTICAL_PRIOR: dict[Side, float] = {
    "below": 1.5,
    "above": 1.0,
    "right": 1.5,
    "left": 2.0,
    "inside": 0.3,
    "corner": 0.4,
}
"""The same for vertical captions, which stand beside their figure."""
UNHEARD = 2.0
"""However regular a book is, one page in a hundred is set otherwise."""
OVERLAP = 0.3
"""A caption is below or beside a figure when they share this part of the smaller extent."""
CLEAR_DISTANCE = 4.0
"""A pair is without doubt when its caption is the nearest, within so many character heights."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One pair that is without doubt."""

    side: Side
    vertical: bool
    distance: float
    """Gap in characters."""
    size: float
    """Caption size in points."""
    word: str
    """Its label word, "" for an unlabelled caption."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """How this book sets its captions."""

    sides: Mapping[Side, float] = field(default_factory=lambda: dict(PRIOR))
    plain_sides: Mapping[Side, float] = field(default_factory=lambda: dict(PRIOR))
    """The same for captions without a label: the lines under a plate's pictures keep their own habit."""
    vertical_sides: Mapping[Side, float] = field(default_factory=lambda: dict(VERTICAL_PRIOR))
    words: Mapping[str, int] = field(default_factory=dict)
    """How often each label word was seen in a pair without doubt; "" counts unlabelled captions."""
    caption_size: float | None = None
    """Usual size of a caption in points."""
    body_size: float | None = None
    """Usual size of running text in points."""
    places: Mapping[Place, int] = field(default_factory=dict)
    """How many figures have a line without label at each place (`places.usual_places`)."""

    def at_usual_place(self, figure: Box, line: Candidate) -> float:
        """0..1: how usual it is in this book that a line without label stands so at a figure."""
        count = max((self.places.get(place, 0) for place in places_of(figure, line)), default=0)
        return 1.0 - 1.0 / max(1, count)

    def side_cost(self, side: Side, *, vertical: bool, labelled: bool = True) -> float:
        """-log of how usual a side is in this book, 0 for the most usual one, `UNHEARD` at most."""
        seen = self.vertical_sides if vertical else self.sides if labelled else self.plain_sides
        return min(UNHEARD, log(max(seen.values()) / seen[side]))

    @property
    def labelled(self) -> bool:
        """Whether captions of this book carry labels as a rule."""
        total = sum(self.words.values())
        return total >= 3 and self.words.get("", 0) < 0.3 * total


def side_of(figure: Box, caption: Box) -> Side:
    """Where a caption stands as seen from its figure."""
    fx, fy = centre(figure)
    cx, cy = centre(caption)
    common_x = overlap_x(figure, caption) / max(1e-6, min(width(figure), width(caption)))
    common_y = overlap_y(figure, caption) / max(1e-6, min(height(figure), height(caption)))
    if common_x > OVERLAP and common_y > 0.6:
        return "inside"
    if common_x >= OVERLAP and common_x >= common_y:
        return "below" if cy > fy else "above"
    if common_y >= OVERLAP:
        return "right" if cx > fx else "left"
    return "corner"


def learn(sightings: Iterable[Sighting], known: Conventions) -> Conventions:
    """The conventions that a book's pairs without doubt show, over the priors; the rest is `known`."""
    seen = list(sightings)
    sides, plain_sides, vertical_sides = dict(PRIOR), dict(PRIOR), dict(VERTICAL_PRIOR)
    for sighting in seen:
        told = sides if sighting.word else plain_sides
        (vertical_sides if sighting.vertical else told)[sighting.side] += 1
    return replace(
        known,
        sides=sides,
        plain_sides=plain_sides,
        vertical_sides=vertical_sides,
        words=dict(sorted(Counter(s.word for s in seen).items())),
        caption_size=median(s.size for s in seen) if seen else None,
    )


def is_clear(figure: Box, caption: Box, others: Iterable[Box], size: float) -> bool:
    """Whether no other figure or caption of the page (`others`) is nearly as close as this pair is."""
    distance = gap(figure, caption)
    if distance > CLEAR_DISTANCE * size:
        return False
    return all(gap(other, caption) > clear_reach(figure, caption, size) for other in others)


def clear_reach(figure: Box, caption: Box, size: float) -> float:
    """How near (points) to its caption another figure would make a pair doubtful."""
    return 2 * gap(figure, caption) + size
