"""Pairing the figures of one page with its captions: one optimisation, with groups, and its margins.

Every figure goes to one caption or to none; a caption may own several figures. The cheapest whole wins
(an assignment of figures to captions repeated in slots, `assignment`). How much more the page costs when a
pair is forbidden is the margin of that pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.pairing.assignment import Prices
from extractors.pairing.conventions import Side, side_of
from extractors.pairing.costs import COSTS, PairingCosts
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
        rows: list[int] = []
        columns: list[int] = []
        prices: list[float] = []
        reached: defaultdict[int, list[int]] = defaultdict(list)
        for i, j in sorted(edges):
            reached[j].append(i)
        for j, found in sorted(reached.items()):
            base = np.array([costs.price(edges[i, j]) for i in found])
            drawn = np.array([figures[i].source == "drawing" for i in found])
            room_for_all = len(found) <= texts[j].capacity
            special = max(1, texts[j].placed, texts[j].named)
            for slot in range(min(len(found), special + 1 if room_for_all else texts[j].capacity)):
                extra = (costs.price(_further(texts[j], slot, drawing=drawing)) for drawing in (True, False))
                rows += found
                prices += (base + np.where(drawn, *extra)).tolist()
                # Beyond the special slots all are alike, and where there is room each figure has its own.
                width = len(found) if slot == special and room_for_all else 1
                columns += [len(self.owners) + k % width for k in range(len(found))]
                self.owners += [j] * width
                self.slots += [slot] * width
        rows += range(count)
        columns += range(len(self.owners), len(self.owners) + count)
        prices += [costs.null_figure] * count
        shape = (count, len(self.owners) + count)
        self.prices = Prices(np.array(rows, np.intp), np.array(columns, np.intp), np.array(prices), shape)

    @property
    def table(self) -> NDArray[np.float64]:
        """All prices, (figures, columns); `FORBIDDEN` where a figure cannot have a column."""
        table = np.full(self.prices.shape, FORBIDDEN)
        table[self.prices.rows, self.prices.columns] = self.prices.prices
        return table

    @classmethod
    def of_page(cls, problem: PageProblem, costs: PairingCosts) -> PairingTable:
        """The figures of a page with its texts."""
        nodes = [node_of(candidate) for candidate in problem.candidates]
        return cls(problem.figures, nodes, edge_features(problem, costs), costs)

    def assign(self) -> list[int]:
        """The column of each figure in the cheapest whole."""
        return [int(column) for column in self.prices.cheapest()]

    def solve(self) -> tuple[dict[int, int], list[float]]:
        """The cheapest whole, figure -> text, and the margin of each of its pairs in the figures' order."""
        columns = self.prices.cheapest()
        owners = np.array([*self.owners, *[-1] * len(self.figures)], np.intp)
        margins = self.prices.margins(columns, owners)
        chosen = {i: int(owners[c]) for i, c in enumerate(columns) if owners[c] >= 0}
        return chosen, [float(margins[i]) for i in chosen]

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
        drawing = self.figures[figure].source == "drawing"
        return [*self.edges[figure, j].items(), *_further(self.texts[j], slot, drawing=drawing).items()]


def _further(text: TextNode, slot: int, *, drawing: bool) -> Features:
    """What it costs a text to own a figure as its `slot`-th, from 0: the first saves leaving it alone."""
    if slot == 0:
        return {name: -amount for name, amount in text.saves.items()}
    if slot < text.placed:
        return {"placed_figure": -1.0}
    return {"named_figure" if slot < text.named else "second_figure": PIECE if drawing else 1.0}
