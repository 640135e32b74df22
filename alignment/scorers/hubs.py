"""Hubs: items that are near to everything and stand first where they should not, and three ways against them.

All three ask a bank of training queries how popular an item is, so that a test query is scored by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from alignment.retrieval.evaluation import Direction, Scores
from alignment.scorers.base import Banks, Fitted, Parameters, Standing, Validation, best, mean_of_top

NEIGHBOURS = (1, 4, 16, 64)
ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
BETAS = (5.0, 10.0, 20.0, 40.0)

Bias = Callable[[Direction], Tensor]


@dataclass(frozen=True)
class BiasedScores:
    """Scores less a bias of each item, [items] in each direction."""

    scores: Scores
    biases: dict[Direction, Tensor]

    def rows(self, direction: Direction, start: int, stop: int) -> Tensor:
        return self.scores.rows(direction, start, stop) - self.biases[direction]


class FittedNnn(Standing):
    """Nearest neighbour normalisation with its bank."""

    def __init__(self, below: Fitted, train: Banks, k: int, alpha: float) -> None:
        super().__init__(below)
        self._train, self._k, self._alpha = train, k, alpha

    @property
    def parameters(self) -> Parameters:
        return {"k": self._k, "alpha": self._alpha}

    def scores(self, banks: Banks) -> Scores:
        popular_images = mean_of_top(self.texts(self._train), self.images(banks), self._k)
        popular_texts = mean_of_top(self.images(self._train), self.texts(banks), self._k)
        biases: dict[Direction, Tensor] = {
            "text_to_image": self._alpha * popular_images,
            "image_to_text": self._alpha * popular_texts,
        }
        return BiasedScores(self.below.scores(banks), biases)


@dataclass(frozen=True)
class Nnn:
    """s(q, g) − α · (mean of g's k highest scores over a bank of training queries).

    Chowdhury et al., "Nearest Neighbor Normalization Improves Multimodal Retrieval", EMNLP 2024
    (arXiv 2410.24114). k and α are chosen on validation.
    """

    name: str = "+ NNN"
    transductive: bool = False

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        made = (FittedNnn(below, train, k, alpha) for alpha, k in product(ALPHAS, NEIGHBOURS))
        return best(made, validation)


@dataclass(frozen=True)
class Csls:
    """2·s(q, g) − r(q) − r(g), r the mean of the k highest scores over the training bank.

    Conneau et al., "Word Translation Without Parallel Data", ICLR 2018 (arXiv 1710.04087). r(q) is the same
    for every item and orders nothing, so this is NNN with α = 1/2; k is chosen on validation.
    """

    name: str = "CSLS"
    transductive: bool = False

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        return best((FittedNnn(below, train, k, 0.5) for k in NEIGHBOURS), validation)


@dataclass(frozen=True)
class _InvertedScores:
    """Scores of queries whose first item is a hub of the bank, divided by what the bank gives each item."""

    scores: Scores
    beta: float
    log_totals: dict[Direction, Tensor]
    hubs: dict[Direction, Tensor]

    def rows(self, direction: Direction, start: int, stop: int) -> Tensor:
        plain = self.scores.rows(direction, start, stop)
        inverted = self.beta * plain - self.log_totals[direction]
        lured = self.hubs[direction][plain.argmax(dim=1)]
        return torch.where(lured[:, None], inverted, plain)


class FittedQbNorm(Standing):
    """Query bank normalisation with its bank."""

    def __init__(self, below: Fitted, train: Banks, beta: float) -> None:
        super().__init__(below)
        self._train, self._beta = train, beta

    @property
    def parameters(self) -> Parameters:
        return {"beta": self._beta}

    def scores(self, banks: Banks) -> Scores:
        images, texts = self.images(banks), self.texts(banks)
        image_total, image_hubs = self._probe(self.texts(self._train), images)
        text_total, text_hubs = self._probe(self.images(self._train), texts)
        return _InvertedScores(
            self.below.scores(banks),
            self._beta,
            {"text_to_image": image_total, "image_to_text": text_total},
            {"text_to_image": image_hubs, "image_to_text": text_hubs},
        )

    def _probe(self, bank: Tensor, items: Tensor, chunk: int = 1024) -> tuple[Tensor, Tensor]:
        """log Σ_b exp(β s(b, g)) of each item, and whether it is the first of any query of the bank."""
        total = torch.full((len(items),), -torch.inf)
        hubs = torch.zeros(len(items), dtype=torch.bool)
        for start in range(0, len(bank), chunk):
            scores = bank[start : start + chunk] @ items.T
            total = torch.logaddexp(total, (self._beta * scores).logsumexp(dim=0))
            hubs[scores.argmax(dim=1)] = True
        return total, hubs


@dataclass(frozen=True)
class QbNorm:
    """The dynamic inverted softmax: exp(β s(q, g)) / Σ_b exp(β s(b, g)) where q's first item is a hub.

    Bogolin et al., "Cross Modal Retrieval with Querybank Normalisation", CVPR 2022 (arXiv 2112.12777). b runs
    over a bank of training queries; a hub is the first item of any of them. β is chosen on validation.
    """

    name: str = "QB-Norm"
    transductive: bool = False

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        return best((FittedQbNorm(below, train, beta) for beta in BETAS), validation)
