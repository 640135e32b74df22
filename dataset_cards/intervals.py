"""Intervals for a share that was measured on a sample."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

Z_95 = 1.959963984540054
"""Quantile of the normal distribution for an interval of 95 in 100."""


def wilson(right: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """Interval of a share of which `right` of `n` was seen: (low, high), 0..1; (0, 1) where n is 0.

    Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22, 209–212: the shares p for which |right/n - p| is at most
    z·sqrt(p(1-p)/n). Neither needs to be whole. Raises ValueError unless 0 <= right <= n and z > 0.
    """
    if not 0 <= right <= n or z <= 0:
        raise ValueError(f"no share: {right} of {n}, z = {z}")
    if n == 0:
        return 0.0, 1.0
    share, spread = right / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    # Where nothing or everything was right, that end is exact; rounding must not move it.
    return (max(0.0, middle - half) if right else 0.0), (min(1.0, middle + half) if right < n else 1.0)


def stratified_wilson(
    strata: Sequence[tuple[float, int, int]], z: float = Z_95
) -> tuple[float | None, float, float]:
    """Share of a whole that was sampled by strata: (estimate, low, high), 0..1.

    `strata` are (weight, right, n); the weights W are made to sum to 1. The estimate is sum W·right/n over
    the strata with n > 0, their weights made to sum to 1 again; None where there is none. The interval is
    Wilson's for that share at the effective sample size 1 / sum(W²/n): Kish, L. (1965), "Survey Sampling",
    chapter 11.7. In proportion to their weights the strata count as one sample; the further from it, the
    fewer they count for. A stratum with n = 0 may be anything: it widens the interval by its weight.
    With one stratum this is `wilson`. Raises ValueError without a positive weight.
    """
    total = sum(weight for weight, _, _ in strata)
    if total <= 0 or any(weight < 0 for weight, _, _ in strata):
        raise ValueError("the weights of strata must be 0 or more, and one of them above 0")
    known = sum(weight for weight, _, n in strata if n) / total
    if known <= 0:
        return None, 0.0, 1.0
    seen = [(weight / total / known, right, n) for weight, right, n in strata if n and weight]
    share = min(1.0, sum(weight * right / n for weight, right, n in seen))
    size = 1 / sum(weight * weight / n for weight, _, n in seen)
    low, high = wilson(share * size, size, z)
    return share, known * low, known * high + (1 - known)
