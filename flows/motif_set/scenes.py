"""What a motif picture may show: combinations of motif, number and stance, frame, colours and filler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

Motif = Literal["bird", "beast", "hare", "dragon", "lotus", "rosette", "fish", "cloud"]
Stance = Literal["single", "facing", "back-to-back", "row", "quarters"]
Frame = Literal["pearls", "petals", "lozenge", "hexagon", "none"]
Colour = Literal["red", "blue", "green", "yellow", "white", "brown"]
Place = Literal["corners", "below"]

_SIDED: frozenset[Motif] = frozenset({"bird", "beast", "hare", "fish"})
"""Motifs that look one way, so that two of them face each other or turn away."""
_FILLERS: tuple[Motif, ...] = ("lotus", "rosette", "cloud")
"""Small enough to be drawn in a corner and still be known."""


@dataclass(frozen=True, slots=True, order=True)
class Scene:
    """One picture in words: equal scenes have captions of one meaning."""

    motif: Motif
    stance: Stance
    frame: Frame
    ground: Colour
    figure: Colour
    filler: Motif | None = None
    """A small motif beside the main one, in the colour of the frame."""
    place: Place = "corners"
    """Where the filler stands; without meaning when there is none."""


def all_scenes() -> Iterator[Scene]:
    """Every scene there is, each once, in a fixed order."""
    colours = [(a, b) for a, b in product(get_args(Colour), repeat=2) if a != b]
    for motif, stance, frame in product(get_args(Motif), get_args(Stance), get_args(Frame)):
        if stance in ("facing", "back-to-back") and motif not in _SIDED:
            continue
        for ground, figure in colours:
            yield Scene(motif, stance, frame, ground, figure)
            for filler, place in product(_FILLERS, get_args(Place)):
                if filler != motif:
                    yield Scene(motif, stance, frame, ground, figure, filler, place)
