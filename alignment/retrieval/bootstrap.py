"""How far a difference between two scorers could be luck: a paired bootstrap over clusters, and Holm's rule.

Captions of one entry or one plate rise and fall together, so clusters are drawn, not queries. All scorers are
measured on the same draws: what is hard for one is hard for the other, and the difference is what remains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 10_000
LEVEL = 0.95
# Draws worked on at once: a thousand of 10,000 clusters are 80 MB.
_CELLS = 10_000_000

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sums:
    """A measure summed over each cluster, and over how many queries; both float64 [clusters]."""

    total: Vector
    count: Vector


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the interval that holds `LEVEL` of the resampled ones."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference(Interval):
    """One scorer less another."""

    p: float
    """Two-sided: how often the resampled difference is on the other side of zero, twice; never quite 0."""


def cluster_sums(values: Vector, clusters: npt.NDArray[np.int64], count: int) -> Sums:
    """Sum per-query `values` [Q] over their `clusters` [Q], numbered below `count`."""
    return Sums(
        np.bincount(clusters, weights=values, minlength=count).astype(float),
        np.bincount(clusters, minlength=count).astype(float),
    )


class Bootstrap:
    """Resampled means of many measures over the same draws of clusters."""

    def __init__(self, clusters: int, *, seed: int = 0, resamples: int = RESAMPLES) -> None:
        """Draw `resamples` times `clusters` clusters with replacement; equal seeds draw the same."""
        self.clusters, self.seed, self.resamples = clusters, seed, resamples

    def means(self, measures: Mapping[str, Sequence[Sums]]) -> dict[str, Vector]:
        """The resampled value of each measure, float64 [resamples].

        A measure is the mean of its parts' means: MR6 has six, R@1 has one. A draw that misses all queries of
        a part counts that part as it is in the whole.
        """
        rng = np.random.default_rng(self.seed)
        chunk = max(1, _CELLS // max(self.clusters, 1))
        found: dict[str, list[Vector]] = {name: [] for name in measures}
        for start in range(0, self.resamples, chunk):
            size = min(chunk, self.resamples - start)
            drawn = rng.multinomial(self.clusters, np.full(self.clusters, 1 / self.clusters), size=size)
            times = drawn.astype(float)
            for name, parts in measures.items():
                found[name].append(np.mean([_means(times, part) for part in parts], axis=0))
        return {name: np.concatenate(values) for name, values in found.items()}


def mean_of(parts: Sequence[Sums]) -> float:
    """The measure itself: the mean of its parts' means."""
    return float(np.mean([part.total.sum() / part.count.sum() for part in parts]))


def interval(value: float, resampled: Vector) -> Interval:
    """The percentile interval around a value."""
    low, high = _ends(resampled)
    return Interval(value, low, high)


def difference(ours: float, theirs: float, resampled: Vector, resampled_theirs: Vector) -> Difference:
    """Ours less theirs, from resampled values of the same draws."""
    drawn = resampled - resampled_theirs
    low, high = _ends(drawn)
    beyond = min((drawn <= 0).sum(), (drawn >= 0).sum()) + 1
    return Difference(ours - theirs, low, high, min(1.0, 2 * float(beyond) / (len(drawn) + 1)))


def holm(p: Sequence[float]) -> list[float]:
    """P-values for several questions asked at once (Holm, Scand. J. Statist. 1979), in the order given."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, most = [0.0] * len(p), 0.0
    for place, i in enumerate(order):
        most = max(most, min(1.0, p[i] * (len(p) - place)))
        adjusted[i] = most
    return adjusted


def _means(times: Vector, sums: Sums) -> Vector:
    counted = times @ sums.count
    whole = sums.total.sum() / sums.count.sum()
    return np.where(counted > 0, times @ sums.total / np.maximum(counted, 1), whole)


def _ends(values: Vector) -> tuple[float, float]:
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)
