"""How sure a pair is: its margin and the doubts against it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.geometry import Box
from extractors.pairing.confidence import (
    ELONGATED,
    NAMES,
    NEAR_MARGIN,
    SMALL,
    WEIGHTS,
    Weights,
    confidence_of,
    features_of,
)
from extractors.records import Region
from tests.extractors.made import figure

PHOTO = figure(100, 100, 320, 300)
STRIP = 100 * ELONGATED
DOUBTS = {
    "unsure": replace(PHOTO, source="scan", score=0.9),
    "drawing": replace(PHOTO, source="drawing"),
    "small": figure(100, 100, 190, 190),
    "elongated": figure(100, 100, 101 + STRIP, 200),
    "tall": figure(100, 100, 200, 101 + STRIP),
}
EVEN = Weights(*(1.0 for _ in NAMES))


def sureness(margin: float, region: Region = PHOTO) -> float:
    return confidence_of(features_of(margin, region), weights=EVEN)


def test_a_larger_margin_is_surer_up_to_a_point() -> None:
    found = [confidence_of(features_of(margin, PHOTO)) for margin in (-0.5, 0.0, 1.0, 4.0, 9.0)]
    assert found[0] < found[1] == 0.5 < found[2] < found[3] == found[4] < 1


def test_the_first_part_of_a_margin_says_most() -> None:
    steps = [features_of(NEAR_MARGIN * k, PHOTO) for k in (0, 1, 2)]
    odds = [sum(step[name] for name in ("near", "margin")) for step in steps]
    assert odds[1] - odds[0] == 2 * (odds[2] - odds[1]) > 0


@pytest.mark.parametrize("region", DOUBTS.values(), ids=DOUBTS)
def test_doubts_lower_it(region: Region) -> None:
    assert sureness(1.5, region) < sureness(1.5)


@pytest.mark.parametrize("box", [(100, 100, 201, 201), (100, 100, 99 + STRIP, 200)])
def test_figures_that_are_just_large_or_square_enough_raise_no_doubt(box: Box) -> None:
    assert (box[2] - box[0]) * (box[3] - box[1]) >= SMALL
    assert sureness(1.5, figure(*box)) == sureness(1.5)


def test_a_pair_is_no_surer_than_its_text_is_read() -> None:
    assert confidence_of(features_of(4.0, PHOTO), 0.3) == 0.3


def test_no_weight_speaks_for_a_doubt() -> None:
    assert min(getattr(WEIGHTS, name) for name in NAMES) >= 0


def test_what_the_finder_saw_less_surely_is_less_sure() -> None:
    seen = [replace(PHOTO, source="scan", score=score) for score in (0.6, 0.8, 0.95)]
    found = [confidence_of(features_of(2.0, region)) for region in seen]
    assert found[0] < found[1] < found[2]
