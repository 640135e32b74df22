"""Measures of a ranking, query by query, where any number of items is right and scores may tie.

Where scores tie, each order of the tied is equally likely and every measure is its expectation over them,
after McSherry and Najork, "Computing Information Retrieval Performance Measures Efficiently in the Presence
of Tied Scores" (ECIR 2008). All-equal scores are then worth k/N, not everything.

All that is needed of a row of scores is, for each of its positives, how many items score higher and how many
the same: two comparisons of the row for each positive, and no sorting of the gallery.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.special import gammaln
from torch import Tensor

from alignment.errors import NotFiniteError

KS = (1, 5, 10, 20)
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class QueryMetrics:
    """One value for each query that has a positive; all vectors float64 [Q]."""

    queries: npt.NDArray[np.int64]
    """Their numbers among all queries."""
    gallery: int
    """How many items were ranked."""
    hit: dict[int, Vector]
    """k -> the chance that a positive is among the first k."""
    recall: dict[int, Vector]
    """k -> the expected share of the positives among the first k."""
    reciprocal_rank: Vector
    """1 over the rank of the first positive."""
    rank: Vector
    """Expected rank of the first positive, from 1."""
    average_precision: Vector
    """AP@R: the precision at each right item among the first R, summed, over R, the number of positives."""


@dataclass(frozen=True)
class _Block:
    """For each (query, positive): what it ties with. All [rows, most positives]; rows padded with p = 0."""

    ahead: Vector
    tied: Vector
    positives: Vector
    """Positives of the tie, this one included, in its first place; 0 in the others'."""
    before: Vector
    """Positives that score higher."""
    real: npt.NDArray[np.bool_]
    """Whether there is a positive in this place."""


def query_metrics(
    rows: Iterable[Tensor], positives: Sequence[Sequence[int]], gallery: int, ks: Sequence[int] = KS
) -> QueryMetrics:
    """Measure every query.

    Args:
        rows: scores chunk by chunk, [chunk, gallery] each, in the order of the queries; higher is better.
        positives: for each query the numbers of its right items; a query without any is left out.
        gallery: how many items there are.

    Raises NotFiniteError for a score that is not a number, ValueError for chunks that do not fit.
    """
    parts: list[QueryMetrics] = []
    start = 0
    for scores in rows:
        _check(scores, gallery, start, len(positives))
        asked = [row for row in range(len(scores)) if positives[start + row]]
        if asked:
            mine = [sorted(positives[start + row]) for row in asked]
            chosen = scores if len(asked) == len(scores) else scores[asked]
            block = _blocks(chosen, mine)
            numbers = np.array(asked, dtype=np.int64) + start
            parts.append(_measure(block, numbers, gallery, ks))
        start += len(scores)
    if start != len(positives):
        raise ValueError(f"scores of {start} queries for {len(positives)}")
    return _joined(parts, gallery, ks)


def _check(scores: Tensor, gallery: int, start: int, queries: int) -> None:
    if scores.shape[1] != gallery or start + len(scores) > queries:
        raise ValueError(f"scores {tuple(scores.shape)} do not fit {queries} queries on {gallery} items")
    # A row's sum is NaN when any of it is, and costs a tenth of looking at each.
    suspects = scores.sum(dim=1).isnan().nonzero()[:, 0]
    for row in suspects.tolist():
        if scores[row].isnan().any():
            raise NotFiniteError(f"the scores of query {start + row} hold NaN")


def _blocks(scores: Tensor, positives: Sequence[Sequence[int]]) -> _Block:
    most = max(map(len, positives))
    padded = torch.tensor([[*mine, *[mine[0]] * (most - len(mine))] for mine in positives])
    real = torch.tensor([[True] * len(mine) + [False] * (most - len(mine)) for mine in positives])
    own = scores.gather(1, padded.to(scores.device)).masked_fill(~real.to(scores.device), -torch.inf)
    own, order = own.sort(dim=1, descending=True, stable=True)
    real = real.gather(1, order.cpu())
    ahead, tied = (torch.zeros(own.shape, dtype=torch.long) for _ in range(2))
    for place in range(most):
        # Few queries have many positives: only their rows are compared again.
        rows = real[:, place].nonzero()[:, 0]
        part = scores if len(rows) == len(scores) else scores[rows.to(scores.device)]
        value = own[rows.to(own.device), place, None]
        ahead[rows, place] = _counted(part > value)
        tied[rows, place] = _counted(part == value)
    values = own.cpu()
    first = torch.ones_like(real)
    first[:, 1:] = values[:, 1:] != values[:, :-1]
    same = ((values[:, :, None] == values[:, None, :]) & real[:, None, :]).sum(dim=2)
    higher = ((values[:, None, :] > values[:, :, None]) & real[:, None, :]).sum(dim=2)
    return _Block(
        ahead.numpy().astype(float),
        tied.numpy().astype(float),
        (same * (first & real)).numpy().astype(float),
        higher.numpy().astype(float),
        real.numpy(),
    )


def _counted(mask: Tensor) -> Tensor:
    """How many of each row are true, int64 [rows]."""
    if mask.device.type != "cpu":
        return mask.sum(dim=1).cpu()
    # NumPy counts bytes; torch widens each to eight first, at five times the cost.
    return torch.tensor([np.count_nonzero(row) for row in mask.numpy()], dtype=torch.long)


def _measure(block: _Block, numbers: npt.NDArray[np.int64], gallery: int, ks: Sequence[int]) -> QueryMetrics:
    ahead, tied, positive = block.ahead[:, 0], block.tied[:, 0], block.positives[:, 0]
    count = block.real.sum(axis=1)
    within = np.where(block.real, block.tied, 1.0)
    recall = {k: (np.clip((k - block.ahead) / within, 0, 1) * block.real).sum(axis=1) / count for k in ks}
    return QueryMetrics(
        numbers,
        gallery,
        {k: _chance(k - ahead, tied, positive) for k in ks},
        recall,
        np.array([_reciprocal(*row) for row in zip(ahead, tied, positive, strict=True)]),
        ahead + (tied + 1) / (positive + 1),
        _average_precision(block, count),
    )


def _chance(places: Vector, tied: Vector, positive: Vector) -> Vector:
    """The chance that one of `positive` of `tied` items in random order is among the first `places`."""
    drawn = np.clip(places, 0, tied)
    others = tied - positive
    miss = np.exp(_log_choose(others, np.minimum(drawn, others)) - _log_choose(tied, drawn))
    return np.where(drawn > others, 1.0, 1.0 - miss) * (drawn > 0)


def _reciprocal(ahead: float, tied: float, positive: float) -> float:
    """E[1 / (ahead + r)], r the place of the first of `positive` among `tied` in random order."""
    if tied == positive:
        return 1.0 / (ahead + 1)
    places = np.arange(1, tied - positive + 2)
    log_chance = _log_choose(tied - places, positive - 1) - _log_choose(tied, positive)
    return float((np.exp(log_chance) / (ahead + places)).sum())


def _average_precision(block: _Block, count: npt.NDArray[np.int64]) -> Vector:
    """AP@R: over the places i <= R, the chance of a positive there times the precision expected with it."""
    total = np.zeros(len(count))
    for row, place in zip(*np.nonzero(block.positives), strict=True):
        ahead, tied, positive = block.ahead[row, place], block.tied[row, place], block.positives[row, place]
        places = np.arange(ahead + 1, min(ahead + tied, count[row]) + 1)
        if len(places):
            others = (places - ahead - 1) * ((positive - 1) / (tied - 1) if tied > 1 else 0.0)
            found = block.before[row, place] + others + 1
            total[row] += float((positive / tied * found / places).sum())
    return total / count


def _log_choose(n: npt.ArrayLike, k: npt.ArrayLike) -> Vector:
    return np.asarray(gammaln(np.add(n, 1)) - gammaln(np.add(k, 1)) - gammaln(np.subtract(n, k) + 1))


def _joined(parts: Sequence[QueryMetrics], gallery: int, ks: Sequence[int]) -> QueryMetrics:
    def all_of(take: str, k: int | None = None) -> Vector:
        vectors = [getattr(part, take) if k is None else getattr(part, take)[k] for part in parts]
        return np.concatenate(vectors) if vectors else np.zeros(0)

    return QueryMetrics(
        all_of("queries").astype(np.int64),
        gallery,
        {k: all_of("hit", k) for k in ks},
        {k: all_of("recall", k) for k in ks},
        all_of("reciprocal_rank"),
        all_of("rank"),
        all_of("average_precision"),
    )
