from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignment.retrieval.bootstrap import Bootstrap, Sums, cluster_sums, difference, holm, interval, mean_of


def hits(share: float, count: int, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).random(count) < share).astype(float)


def test_the_interval_is_as_wide_as_the_binomial_one_when_clusters_are_single() -> None:
    values = hits(0.3, 900, 1)
    parts = [cluster_sums(values, np.arange(900), 900)]
    found = interval(mean_of(parts), Bootstrap(900, resamples=4000).means({"m": parts})["m"])
    wide = 2 * 1.96 * np.sqrt(values.mean() * (1 - values.mean()) / 900)
    assert found.low < values.mean() < found.high
    assert found.high - found.low == pytest.approx(wide, rel=0.08)


def test_clusters_that_rise_and_fall_together_widen_it() -> None:
    values = np.repeat(hits(0.3, 90, 2), 10)
    alone = [cluster_sums(values, np.arange(900), 900)]
    tied = [cluster_sums(values, np.repeat(np.arange(90), 10), 90)]
    narrow = np.ptp(np.percentile(Bootstrap(900, resamples=2000).means({"m": alone})["m"], [2.5, 97.5]))
    broad = np.ptp(np.percentile(Bootstrap(90, resamples=2000).means({"m": tied})["m"], [2.5, 97.5]))
    assert broad > 2.5 * narrow


def test_pairing_sees_a_small_steady_gain_that_lies_inside_both_intervals() -> None:
    theirs = hits(0.3, 600, 3)
    ours = np.maximum(theirs, hits(0.03, 600, 4))
    parts = {name: [cluster_sums(v, np.arange(600), 600)] for name, v in (("o", ours), ("t", theirs))}
    drawn = Bootstrap(600, resamples=2000).means(parts)
    found = difference(mean_of(parts["o"]), mean_of(parts["t"]), drawn["o"], drawn["t"])
    assert found.low > 0
    assert found.p < 0.01
    assert interval(mean_of(parts["t"]), drawn["t"]).high > mean_of(parts["o"])


def test_no_difference_has_zero_in_its_interval_and_a_p_of_one() -> None:
    parts = {"a": [cluster_sums(hits(0.4, 50, 5), np.arange(50), 50)]}
    drawn = Bootstrap(50, resamples=500).means(parts)["a"]
    found = difference(0.4, 0.4, drawn, drawn)
    assert (found.low, found.high, found.p) == (0, 0, 1)


def test_equal_seeds_give_equal_draws_whatever_is_measured_beside() -> None:
    one = [cluster_sums(hits(0.4, 50, 6), np.arange(50), 50)]
    two = [cluster_sums(hits(0.6, 50, 7), np.arange(50), 50)]
    alone = Bootstrap(50, resamples=300).means({"a": one})["a"]
    beside = Bootstrap(50, resamples=300).means({"b": two, "a": one})["a"]
    assert (alone == beside).all()


def test_a_measure_of_parts_is_the_mean_of_their_means() -> None:
    parts = [
        Sums(np.array([1.0, 2.0]), np.array([2.0, 2.0])),
        Sums(np.array([0.0, 1.0]), np.array([1.0, 1.0])),
    ]
    assert mean_of(parts) == pytest.approx((0.75 + 0.5) / 2)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_never_below_p_never_above_bonferroni_and_keeps_the_order(p: list[float]) -> None:
    adjusted = holm(p)
    for a, b in zip(p, adjusted, strict=True):
        assert a <= b <= min(1.0, a * len(p)) + 1e-12
    assert [adjusted[i] for i in np.argsort(p, kind="stable")] == sorted(adjusted)


def test_holm_by_hand() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
