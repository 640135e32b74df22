"""Pairing the figures of one page with its captions: one optimisation, with groups, and its margins.

Every figure goes to one caption or to none; a caption may own several figures. The cheapest whole wins
(Hungarian method over captions repeated in slots, scipy.optimize.linear_sum_assignment). How much more
the page costs when a pair is forbidden is the margin of that pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from extractors.pairing.conventions import Side, side_of
from extractors.pairing.costs import COSTS, PairingCosts, confidence_of
from extractors.pairing.edges import Features, TextNode, edge_features, node_of
from extractors.pairing.page_problem import PageProblem
from extractors.records import Region

PIECE = 0.15
"""Share of the price of a further figure for a drawing: it is as likely one more piece of the same one."""
FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class Match:
    """A figure (index) with its candidate (index) on one page."""

    figure: int
    candidate: int
    margin: float
    side: Side

    @property
    def confidence(self) -> float:
        """0..1, from the margin."""
        return confidence_of(self.margin)


def pair_page(problem: PageProblem, costs: PairingCosts = COSTS) -> list[Match]:
    """The best pairing of one page, in the order of its figures."""
    if not problem.figures or not problem.candidates:
        return []
    table = PairingTable.of_page(problem, costs)
    chosen, margins = table.solve()
    return [
        Match(i, j, margin, side_of(problem.figures[i].bbox, problem.candidates[j].bbox))
        for (i, j), margin in zip(sorted(chosen.items()), margins, strict=True)
    ]


class PairingTable:
    """The assignment problem of one page: figures in rows; in columns slots of texts, then going without.

    A text has a first slot, which saves the cost of leaving it alone, and further ones for further figures.
    """

    def __init__(
        self,
        figures: Sequence[Region],
        texts: Sequence[TextNode],
        edges: Mapping[tuple[int, int], Features],
        costs: PairingCosts,
    ) -> None:
        self.figures, self.texts, self.edges, self.costs = figures, texts, edges, costs
        count = len(figures)
        self.owners: list[int] = []
        """The text of each column that is a slot."""
        self.slots: list[int] = []
        """Which slot of its text it is, from 0."""
        columns = []
        prices = np.full((count, len(texts)), FORBIDDEN)
        for (i, j), features in edges.items():
            prices[i, j] = costs.price(features)
        for j, text in enumerate(texts):
            reached = int((prices[:, j] < FORBIDDEN).sum())
            for slot in range(min(reached, text.capacity)):
                extra = (
                    [costs.price(self._further(i, j, slot)) for i in range(count)]
                    if slot
                    else -costs.price(text.saves)
                )
                columns.append(prices[:, j] + extra)
                self.owners.append(j)
                self.slots.append(slot)
        alone = np.full((count, count), FORBIDDEN)
        np.fill_diagonal(alone, costs.null_figure)
        self.table: NDArray[np.float64] = np.column_stack([*columns, alone])

    @classmethod
    def of_page(cls, problem: PageProblem, costs: PairingCosts) -> PairingTable:
        """The figures of a page with its texts."""
        nodes = [node_of(candidate) for candidate in problem.candidates]
        return cls(problem.figures, nodes, edge_features(problem, costs), costs)

    def _further(self, figure: int, text: int, slot: int) -> Features:
        """What it costs a text to own one more figure, its `slot`-th beyond the first."""
        if slot < self.texts[text].placed:
            return {"placed_figure": -1.0}
        named = slot < self.texts[text].named
        piece = PIECE if self.figures[figure].source == "drawing" else 1.0
        return {"named_figure" if named else "second_figure": piece}

    def assign(self, table: NDArray[np.float64] | None = None) -> list[int]:
        """The column of each figure in the cheapest whole; `table` replaces the prices, same shape."""
        return [int(c) for c in linear_sum_assignment(self.table if table is None else table)[1]]

    def solve(self) -> tuple[dict[int, int], list[float]]:
        """The cheapest whole, figure -> text, and the margin of each of its pairs in the figures' order."""
        columns = self.assign()
        chosen = {i: self.owners[c] for i, c in enumerate(columns) if c < len(self.owners)}
        return chosen, self._margins(columns)

    def _margins(self, columns: list[int]) -> list[float]:
        """How much more the whole costs when a figure may not have its text, for each figure with one.

        The figure then takes another column; whoever had that moves in turn, until a free column is reached
        or the one that was given up, into which another may move up: the cheapest such chain, a shortest
        path (Floyd and Warshall). Equal to solving anew for every pair, at a small part of the cost.
        """
        own = self.table[np.arange(len(columns)), columns]
        owners = np.array([*self.owners, *[-1] * len(columns)])
        free = np.setdiff1d(np.arange(self.table.shape[1]), columns)
        to_free = self.table[:, free] - own[:, None]
        to_other = self.table[:, columns] - own[:, None]  # [i, k]: figure i takes the column of figure k
        chain = to_other.copy()
        for k in range(len(columns)):
            chain = np.minimum(chain, chain[:, k, None] + chain[None, k, :])
        end = (chain + to_free.min(axis=1, initial=FORBIDDEN)[None, :]).min(axis=1)
        margins = []
        for i, column in enumerate(columns):
            if column >= len(self.owners):
                continue
            allowed = owners[columns] != owners[column]
            out = to_free[i, owners[free] != owners[column]].min(initial=FORBIDDEN)
            onward = (to_other[i] + end)[allowed].min(initial=FORBIDDEN)
            around = (to_other[i] + chain[:, i])[allowed].min(initial=FORBIDDEN)
            moved_up = chain[:, i].min()
            margins.append(max(0.0, float(min(moved_up + min(out, onward), around))))
        return margins

    def features(self, columns: list[int]) -> dict[str, float]:
        """What a whole pairing costs, as features: `costs.price` of it is its price."""
        total: defaultdict[str, float] = defaultdict(float)
        for i, column in enumerate(columns):
            for name, amount in self.parts(i, column):
                total[name] += amount
        return dict(total)

    def parts(self, figure: int, column: int) -> list[tuple[str, float]]:
        """The features of one figure in one column: what the entry of the table is made of."""
        if column >= len(self.owners):
            return [("null_figure", 1.0)]
        j, slot = self.owners[column], self.slots[column]
        spared = self.texts[j].saves if slot == 0 else {}
        further = self._further(figure, j, slot) if slot else {}
        return [
            *self.edges[figure, j].items(),
            *further.items(),
            *((name, -amount) for name, amount in spared.items()),
        ]
