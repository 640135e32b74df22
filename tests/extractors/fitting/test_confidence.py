"""The weights of confidence are found again, and judged on folds left out."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from extractors.fitting.confidence import Judged, calibration_error, fit_weights, left_out
from extractors.pairing.confidence import NAMES, Weights, confidence_of

TRUE = Weights(**dict.fromkeys(NAMES, 0.0) | {"margin": 1.2, "small": 1.5})


def drawn(count: int, fold: str = "a", seed: int = 5) -> list[Judged]:
    """Pairs that are right as often as `TRUE` says."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        features = {name: -float(chance.integers(2)) for name in NAMES} | {"margin": chance.uniform(0, 4)}
        right = bool(chance.uniform() < confidence_of(features, weights=TRUE))
        found.append(Judged(features, right, fold))
    return found


def test_the_weights_of_drawn_pairs_are_found_again() -> None:
    found = asdict(fit_weights(drawn(4000)))
    assert found == pytest.approx(asdict(TRUE), abs=0.3)


def test_without_an_error_nothing_is_certain() -> None:
    features = dict.fromkeys(NAMES, 0.0) | {"margin": 4.0}
    weights = fit_weights([Judged(features, True, "a")] * 20)
    assert 0.9 < confidence_of(features, weights=weights) < 0.999


def test_a_fold_left_out_has_no_say() -> None:
    honest = [*drawn(400, "a", 1), *drawn(400, "b", 2)]
    features = dict.fromkeys(NAMES, 0.0) | {"margin": 2.0}
    liar = [Judged(features, False, "c")] * 400
    confidences = left_out([*honest, *liar])
    assert min(confidences[-400:]) > 0.8
    assert max(left_out([*honest, *liar])[:400]) < max(left_out(honest)[:400])


def test_the_calibration_error_is_the_distance_of_confidence_and_truth() -> None:
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([0.95] * 2 + [0.25] * 2, [True, False, False, False]) == pytest.approx(0.35)


def test_no_pair_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="no pair"):
        fit_weights([])
