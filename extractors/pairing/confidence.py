"""How sure a pair is: one calibration for all rules, born-digital books and scans.

The margin speaks for a pair, doubts against it; `python -m extractors.fitting` fits what each counts on
labelled books and reports how it does on families left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import exp

from extractors.geometry import area, height, width
from extractors.records import Region

NEAR_MARGIN, MOST_MARGIN = 1.0, 4.0
"""A margin says most up to the first of these, and no more than the second."""
SMALL = 10_000.0
"""Square points (3.5 cm square): a smaller figure may be a piece of one."""
ELONGATED = 2.5
"""So may one that is this many times as long as it is wide."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each of the features counts; the odds of a pair without margin and without doubt are even."""

    near: float = 2.06
    """The margin up to `NEAR_MARGIN`."""
    margin: float = 0.34
    """The margin up to `MOST_MARGIN`."""
    unsure: float = 2.58
    """1 - `Region.score`."""
    drawing: float = 0.69
    """The figure is made of strokes: pieces may be lost."""
    small: float = 1.09
    """The figure is smaller than `SMALL`."""
    elongated: float = 0.99
    """The figure is a strip."""


WEIGHTS = Weights()
"""The weights in use."""
NAMES = tuple(field.name for field in fields(Weights))


def features_of(margin: float, region: Region) -> Mapping[str, float]:
    """The features of a pair by the names of their weights; doubts are negative."""
    short, long = sorted((width(region.bbox), height(region.bbox)))
    return {
        "near": min(margin, NEAR_MARGIN),
        "margin": min(margin, MOST_MARGIN),
        "unsure": region.score - 1.0,
        "drawing": -float(region.source == "drawing"),
        "small": -float(area(region.bbox) < SMALL),
        "elongated": -float(long > ELONGATED * short),
    }


def confidence_of(
    features: Mapping[str, float], text_confidence: float = 1.0, weights: Weights = WEIGHTS
) -> float:
    """How sure a pair is, 0..1: no surer than its text is read."""
    odds = sum(getattr(weights, name) * amount for name, amount in features.items())
    return min(text_confidence, 1.0 / (1.0 + exp(-odds)))
