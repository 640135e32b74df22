"""The dual softmax, which looks at all test queries at once: a comparison, never a headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from alignment.retrieval.evaluation import DIRECTIONS, Direction, Scores
from alignment.scorers.base import Banks, Fitted, Parameters, Split, Standing, Validation, best

TEMPERATURES = (10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True)
class _SharedScores:
    scores: Scores
    sharpness: float
    log_totals: dict[Direction, Tensor]

    def rows(self, direction: Direction, start: int, stop: int) -> Tensor:
        plain = self.scores.rows(direction, start, stop)
        return plain * (self.sharpness * plain - self.log_totals[direction]).exp()


class FittedDualSoftmax(Standing):
    """Scores times their softmax over the queries that are asked."""

    def __init__(self, below: Fitted, sharpness: float) -> None:
        super().__init__(below)
        self._sharpness = sharpness

    @property
    def parameters(self) -> Parameters:
        return {"sharpness": self._sharpness}

    def scores(self, banks: Banks) -> Scores:
        scores = self.below.scores(banks)
        counts = {"text_to_image": len(banks.texts), "image_to_text": len(banks.whole)}
        return _SharedScores(
            scores, self._sharpness, {d: self._total(scores, d, counts[d]) for d in DIRECTIONS}
        )

    def _total(self, scores: Scores, direction: Direction, queries: int, chunk: int = 512) -> Tensor:
        parts = [
            (self._sharpness * scores.rows(direction, start, min(start + chunk, queries))).logsumexp(dim=0)
            for start in range(0, queries, chunk)
        ]
        return torch.stack(parts).logsumexp(dim=0)


@dataclass(frozen=True)
class DualSoftmax:
    """s(q, g) · softmax over the test queries of τ·s(·, g).

    Cheng et al., "Improving Video-Text Retrieval by Multi-Stream Corpus Alignment and Dual Softmax Loss",
    2021 (arXiv 2109.04290). Transductive: a query's result depends on the other queries.
    """

    name: str = "dual softmax"
    transductive: bool = True
    needs: ClassVar[tuple[Split, ...]] = ("validation",)

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        return best((FittedDualSoftmax(below, sharpness) for sharpness in TEMPERATURES), validation)
