"""Costs learned by large margins: the right pairing shall be cheaper than any other, by what that has wrong.

The structured hinge loss (Tsochantaridis et al. 2005; Taskar et al. 2005) on the pairing problem: with
features phi, costs w >= 0, the right pairing y and the number D of figures that a pairing has wrong,

    mean over pages of max over y' of (w . phi(y) + D(y') - w . phi(y')), plus pull * sum ((w - w0) / w0)^2

The mean is weighted (`Example.weight`). The pull keeps a cost at its present value w0 where labelled pages
say nothing of it: a Gaussian prior round what is known already. How strong it is, cross-validation chooses
among `PULLS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import nan

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from extractors.fitting.examples import Example, without_ceiling
from extractors.pairing.costs import PairingCosts
from extractors.pairing.page_pairing import FORBIDDEN

NAMES = tuple(field.name for field in fields(PairingCosts))
PULLS = (1.0, 0.2, 0.02)
"""Weights of the pull towards the present costs: from hardly moving to moving wherever there is evidence."""
ROUNDS = 150
"""Steps of the subgradient method; the loss hardly falls any more by then."""
STEP = 0.2
"""Size of the first step, in units of the present costs; it falls as 1 / sqrt(round)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Page:
    """One example in arrays: features [figures, columns, costs]; which columns are right, which absent."""

    weight: float

    features: Floats
    right: NDArray[np.bool_]
    absent: NDArray[np.bool_]

    def pair(self, costs: Floats, *, only_right: bool = False, wrong_saves: float = 0.0) -> list[int]:
        """The column of each figure in the cheapest pairing."""
        prices = self.features @ costs - wrong_saves * ~self.right
        prices[self.absent | (~self.right & only_right)] = FORBIDDEN
        return _cheapest(prices)

    def loss(self, costs: Floats) -> float:
        """By how much the cheapest right pairing misses being cheaper than all others by their errors."""
        best, rival = self.pair(costs, only_right=True), self.pair(costs, wrong_saves=1.0)
        return float((self.sum(best) - self.sum(rival)) @ costs) + self.wrong(rival)

    def sum(self, columns: Sequence[int]) -> Floats:
        """The features of a whole pairing."""
        rows = np.arange(len(columns))
        return np.asarray(self.features[rows, columns].sum(axis=0))

    def wrong(self, columns: Sequence[int]) -> int:
        """How many figures it has wrong."""
        return int((~self.right[np.arange(len(columns)), columns]).sum())


def _cheapest(prices: Floats) -> list[int]:
    return [int(column) for column in linear_sum_assignment(prices)[1]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How costs do on examples: one entry for each figure whose answer is known."""

    right: tuple[bool, ...]
    margins: tuple[float, ...]
    """Margins of the figures that were given a text; NaN for those left without."""

    @property
    def accuracy(self) -> float:
        """Share of the figures that are right; NaN without figures."""
        return float(np.mean(self.right)) if self.right else nan


def outcome(examples: Sequence[Example], costs: PairingCosts) -> Outcome:
    """Pair all examples with `costs` and compare with the labels."""
    right: list[bool] = []
    given: list[float] = []
    for example in examples:
        chosen, margins = example.table(costs).solve()
        margin_of = dict(zip(sorted(chosen), margins, strict=True))
        for figure, answer in enumerate(example.answers):
            if answer is None:
                continue
            right.append(chosen[figure] in answer if figure in chosen else not answer)
            given.append(margin_of.get(figure, nan))
    return Outcome(tuple(right), tuple(given))


def fit(examples: Sequence[Example], start: PairingCosts, pull: float) -> PairingCosts:
    """Costs that separate the right pairings of `examples` from all others, held to `start` by `pull`.

    Deterministic. Raises ValueError without a usable example.
    """
    pages = _pages(examples, start)
    if not pages:
        raise ValueError("no labelled page to learn from")
    weights = sum(page.weight for page in pages)
    origin = _vector(start)
    costs, total = origin.copy(), np.zeros_like(origin)
    for number in range(1, ROUNDS + 1):
        slope = 2 * pull * (costs - origin) / origin**2
        for page in pages:
            best, rival = page.pair(costs, only_right=True), page.pair(costs, wrong_saves=1.0)
            slope += page.weight * (page.sum(best) - page.sum(rival)) / weights
        costs = np.maximum(0.0, costs - STEP / np.sqrt(number) * origin**2 * slope)
        if number > ROUNDS // 2:  # the mean of the later half wanders less than any single step
            total += costs
    mean = total / (ROUNDS - ROUNDS // 2)
    return PairingCosts(**{name: round(float(value), 2) for name, value in zip(NAMES, mean, strict=True)})


def margin_loss(examples: Sequence[Example], costs: PairingCosts) -> float:
    """The mean structured hinge loss of the pages of `examples`; NaN without a usable one."""
    pages = _pages(examples, costs)
    weights = [page.weight for page in pages]
    return float(np.average([page.loss(_vector(costs)) for page in pages], weights=weights)) if pages else nan


def _vector(costs: PairingCosts) -> Floats:
    return np.array([getattr(costs, name) for name in NAMES])


def _pages(examples: Sequence[Example], costs: PairingCosts) -> list[_Page]:
    return [page for page in (_page(example, costs) for example in examples) if page is not None]


def _page(example: Example, costs: PairingCosts) -> _Page | None:
    """The example in arrays; None when its labels contradict each other."""
    table = example.table(without_ceiling(costs))
    figures, columns = table.table.shape
    features = np.zeros((figures, columns, len(NAMES)))
    absent = table.table >= FORBIDDEN / 2
    right = np.ones((figures, columns), dtype=bool)
    for i, answer in enumerate(example.answers):
        for c in np.flatnonzero(~absent[i]):
            for name, amount in table.parts(i, int(c)):
                features[i, c, NAMES.index(name)] += amount
        if answer is not None:
            right[i] = [owner in answer for owner in table.owners] + [not answer] * figures
    page = _Page(example.weight, features, right, absent)
    chosen = page.pair(_vector(costs), only_right=True)
    return None if absent[np.arange(figures), chosen].any() or page.wrong(chosen) else page
