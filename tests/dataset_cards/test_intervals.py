from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_cards.intervals import Z_95, stratified_wilson, wilson

shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.floats(0.5, 4)


@given(shares, levels)
def test_the_interval_holds_the_share_and_lies_in_the_unit(share: tuple[int, int], z: float) -> None:
    right, n = share
    low, high = wilson(right, n, z)
    assert 0 <= low <= right / n <= high <= 1
    assert low < high


@given(shares, levels)
def test_its_ends_solve_the_score_equation(share: tuple[int, int], z: float) -> None:
    right, n = share
    for end in wilson(right, n, z):
        if 0 < end < 1:
            assert abs(right / n - end) == pytest.approx(z * sqrt(end * (1 - end) / n), rel=1e-6, abs=1e-9)


@given(shares, levels)
def test_wrong_mirrors_right(share: tuple[int, int], z: float) -> None:
    right, n = share
    low, high = wilson(right, n, z)
    assert wilson(n - right, n, z) == pytest.approx((1 - high, 1 - low))


@given(shares, levels)
def test_more_of_the_same_is_narrower_and_more_certainty_wider(share: tuple[int, int], z: float) -> None:
    right, n = share
    low, high = wilson(right, n, z)
    more = wilson(3 * right, 3 * n, z)
    surer = wilson(right, n, z + 0.5)
    assert low <= more[0] + 1e-12
    assert more[1] <= high + 1e-12
    assert surer[0] <= low + 1e-12
    assert high <= surer[1] + 1e-12


def test_a_value_known_from_the_formula() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857–872, table I: 81 of 263 gives 0.2553 to 0.3662.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)


def test_nothing_seen_is_nothing_known() -> None:
    assert wilson(0, 0) == (0, 1)
    assert stratified_wilson([(10, 0, 0)]) == (None, 0, 1)


@pytest.mark.parametrize(("right", "n", "z"), [(3, 2, 1.0), (-1, 2, 1.0), (1, 2, 0.0)])
def test_what_is_no_share_is_refused(right: int, n: int, z: float) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(right, n, z)
    with pytest.raises(ValueError, match="weights"):
        stratified_wilson([(0, 1, 2)])


@given(shares, st.floats(0.01, 1e6))
def test_one_stratum_is_the_plain_interval(share: tuple[int, int], weight: float) -> None:
    right, n = share
    estimate, low, high = stratified_wilson([(weight, right, n)])
    assert (estimate, low, high) == pytest.approx((right / n, *wilson(right, n)))


@given(st.lists(shares, min_size=2, max_size=6))
def test_strata_in_proportion_count_as_one_sample(parts: list[tuple[int, int]]) -> None:
    estimate, low, high = stratified_wilson([(n, right, n) for right, n in parts])
    right, n = sum(right for right, _ in parts), sum(n for _, n in parts)
    assert (estimate, low, high) == pytest.approx((right / n, *wilson(right, n)))


@given(st.lists(st.tuples(st.floats(0.1, 100), shares), min_size=1, max_size=6))
def test_a_whole_sampled_by_strata(parts: list[tuple[float, tuple[int, int]]]) -> None:
    strata = [(weight, right, n) for weight, (right, n) in parts]
    estimate, low, high = stratified_wilson(strata)
    assert estimate is not None
    assert 0 <= low <= estimate + 1e-9
    assert estimate <= high + 1e-9 <= 1 + 2e-9
    # An unseen stratum as heavy as all others may be all right or all wrong.
    unseen = [*strata, (sum(weight for weight, _, _ in strata), 0, 0)]
    assert stratified_wilson(unseen) == pytest.approx((estimate, low / 2, high / 2 + 0.5))


def test_coverage_of_an_uneven_sample_is_near_its_level() -> None:
    """Binomial strata, seeded: the interval holds the truth about as often as it says."""
    import numpy as np

    shares, sizes, drawn = (0.97, 0.9, 0.6), (6000, 3000, 1000), (110, 55, 35)
    truth = float(np.average(shares, weights=sizes))
    chance = np.random.default_rng(5)
    trials = np.stack([chance.binomial(n, p, 2000) for n, p in zip(drawn, shares, strict=True)], axis=1)
    held = 0
    for rights in trials.tolist():
        _, low, high = stratified_wilson(list(zip(sizes, rights, drawn, strict=True)), Z_95)
        held += low <= truth <= high
    assert 0.93 <= held / len(trials) <= 0.99
