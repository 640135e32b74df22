"""The cheapest assignment of rows to columns where few pairs are possible, and its margins, near-linearly.

All that is computed follows the possible pairs (a sparse matrix) and stops where a margin is decided, so that
a page of a thousand figures costs little more than ten of a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra, min_weight_full_bipartite_matching

SOURCES = 256
"""Rows whose distances to all others are held at once."""
EQUAL = 1e-9
"""Prices that differ by less are one price, or rounding would be taken for a gain."""

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Prices:
    """What it costs to give a column to a row, for the possible pairs, (n,) each; each pair once."""

    rows: Indices
    columns: Indices
    prices: Floats
    shape: tuple[int, int]

    def cheapest(self) -> Indices:
        """The column of each row in the cheapest whole, (rows,). Raises ValueError where there is none."""
        shifted = self.prices - self.prices.min() + 1.0  # no pair may weigh nothing
        graph = csr_array(coo_array((shifted, (self.rows, self.columns)), shape=self.shape))
        rows, columns = min_weight_full_bipartite_matching(graph)
        return np.asarray(columns[np.argsort(rows)], np.intp)

    def margins(self, chosen: Indices, owners: Indices) -> Floats:
        """How much more the whole costs when a row may have no column of its owner, (rows,); `chosen` is
        `cheapest()`, `owners` (columns,) the owner of each column.

        The row then takes another column; whoever had that moves in turn, until a free column is reached or
        the one that was given up, into which another may move up. With the gain of moving up as the potential
        of a column no step costs less than nothing, and a margin is the length of a shortest path.
        """
        count = self.shape[0]
        own = np.zeros(count)
        taken = np.full(self.shape[1], -1, np.intp)
        taken[chosen] = np.arange(count)
        is_own = taken[self.columns] == self.rows
        own[self.rows[is_own]] = self.prices[is_own]
        rows, columns = self.rows[~is_own], self.columns[~is_own]
        steps = self.prices[~is_own] - own[rows]
        heads = taken[columns]
        gains = _gains(rows[heads >= 0], heads[heads >= 0], steps[heads >= 0], count)
        steps = np.maximum(0.0, steps + gains[rows] - np.where(heads >= 0, gains[heads], 0.0))
        leaves = owners[columns] != owners[chosen[rows]]
        free = heads < 0
        margins = np.full(count, np.inf)
        np.minimum.at(margins, rows[free & leaves], steps[free & leaves])
        if not free.all():
            to_free = np.full(count, np.inf)
            np.minimum.at(to_free, rows[free], steps[free])
            moves = _Moves(rows[~free], heads[~free], steps[~free], count)
            first = moves.only(leaves[~free])
            np.minimum.at(margins, first.rows, first.steps + moves.onward(to_free)[first.heads])
            first.close(margins, moves)
        return margins


@dataclass(frozen=True, slots=True)
class _Moves:
    """Steps of rows into the columns of other rows (heads), (n,) each."""

    rows: Indices
    heads: Indices
    steps: Floats
    count: int

    def only(self, which: NDArray[np.bool_]) -> _Moves:
        return _Moves(self.rows[which], self.heads[which], self.steps[which], self.count)

    def onward(self, to_free: Floats) -> Floats:
        """For each row the shortest way to a free column, `to_free` its own step to one, (rows,)."""
        every = np.arange(self.count)[np.isfinite(to_free)]
        ends = np.concatenate([self.rows, every])
        starts = np.concatenate([self.heads, np.full(len(every), self.count)])
        steps = np.concatenate([self.steps, to_free[every]])
        backwards = coo_array((steps, (starts, ends)), shape=(self.count + 1, self.count + 1))
        return np.asarray(dijkstra(csr_array(backwards), indices=[self.count])[0, : self.count])

    def close(self, margins: Floats, moves: _Moves) -> None:
        """Lower `margins` to the shortest circle through each row that begins with one of these steps."""
        graph = csr_array(coo_array((moves.steps, (moves.rows, moves.heads)), shape=(self.count, self.count)))
        useful = self.only(self.steps < margins[self.rows])
        sources, place = np.unique(useful.heads, return_inverse=True)
        for start in range(0, len(sources), SOURCES):
            within = (place >= start) & (place < start + SOURCES)
            ways = useful.only(within)
            longest = float((margins[ways.rows] - ways.steps).max(initial=0.0))
            back = dijkstra(graph, indices=sources[start : start + SOURCES], limit=longest)
            around = ways.steps + back[place[within] - start, ways.rows]
            np.minimum.at(margins, ways.rows, around)


def _gains(rows: Indices, heads: Indices, steps: Floats, count: int) -> Floats:
    """How much the whole gains, at most 0, when the column of each row becomes free, (rows,)."""
    gains = np.zeros(count)
    for _ in range(count):
        lower = gains.copy()
        np.minimum.at(lower, heads, gains[rows] + steps)
        if (lower >= gains - EQUAL).all():
            break
        gains = lower
    return gains
