"""How sure a pair is: its margin, the doubts against it, what the rest of the book says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.pairing.confidence import (
    ALONE,
    NAMES,
    WEIGHTS,
    Evidence,
    Weights,
    confidence_of,
    features_of,
)
from extractors.pairing.solve import solve_book
from tests.extractors.made import book, figure, line, page, prose

PHOTO = figure(100, 100, 320, 300)
SURE = Evidence(alike=50)
DOUBTS = {
    "alone": (PHOTO, ALONE),
    "left over": (PHOTO, replace(SURE, left_over=0.5)),
    "followed": (PHOTO, replace(SURE, followed=True)),
    "scan": (replace(PHOTO, source="scan", score=0.999), SURE),
    "drawing": (replace(PHOTO, source="drawing"), SURE),
}


def test_a_larger_margin_is_surer_up_to_a_point() -> None:
    found = [confidence_of(features_of(margin, PHOTO, SURE)) for margin in (-0.5, 0.0, 1.0, 4.0, 9.0)]
    assert found[0] < 0.5 < found[2] < found[3] == found[4] < 1


@pytest.mark.parametrize(("region", "evidence"), DOUBTS.values(), ids=DOUBTS)
def test_doubts_lower_it(region: object, evidence: Evidence) -> None:
    weights = Weights(*(1.0 for _ in NAMES))
    usual = confidence_of(features_of(1.5, PHOTO, SURE), weights=weights)
    assert confidence_of(features_of(1.5, region, evidence), weights=weights) < usual  # type: ignore[arg-type]


def test_a_pair_is_no_surer_than_its_text_is_read() -> None:
    assert confidence_of(features_of(4.0, PHOTO, SURE), 0.3) == 0.3


def test_no_weight_speaks_for_a_doubt() -> None:
    assert min(getattr(WEIGHTS, name) for name in NAMES) >= 0


def test_text_below_a_caption_that_nothing_uses_makes_the_pair_less_sure() -> None:
    captioned = [line("图1 联珠对鸟纹锦", 150, 306), *prose(50, 420, 320, 6)]
    usual, doubtful = (
        solve_book(book([page(1, [*captioned, *more], [PHOTO])])).drafts[0].confidence
        for more in ([], [line("其余见下", 150, 319, 14)])
    )
    assert doubtful < usual


def test_what_the_finder_saw_less_surely_is_less_sure() -> None:
    seen = [replace(PHOTO, source="scan", score=score) for score in (0.6, 0.8, 0.95)]
    found = [confidence_of(features_of(2.0, region, SURE)) for region in seen]
    assert found[0] < found[1] < found[2]
