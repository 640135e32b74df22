"""A long text read clause by clause: what one vector of 50 tokens would blur or lose, each clause keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional

from alignment.laclip.vectors import SHARPNESS
from alignment.retrieval.evaluation import Scores
from alignment.scorers.base import Banks, Clauses, DotScores, Fitted, Parameters, Split, Validation, best
from alignment.scorers.vectors import VectorScores

Weights = Literal["even", "softmax"]
# Share of the whole text's own vector, from all of it to none.
WHOLE_SHARES = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
# Sentences first; what is left of them falls at its commas.
_SENTENCE, _COMMA = re.compile(r"[。；！？;!?\n]+"), re.compile(r"[，,]+")
# A piece of fewer characters (红地) says too little by itself and stays with the one before it.
LEAST_CLAUSE = 4


def split_clauses(text: str) -> list[str]:
    """The clauses of a text, as printed, in order; the text itself when it has but one."""
    clauses: list[str] = []
    for sentence in _SENTENCE.split(text):
        kept: list[str] = []
        for piece in filter(None, map(str.strip, _COMMA.split(sentence))):
            if kept and (len(piece) < LEAST_CLAUSE or len(kept[-1]) < LEAST_CLAUSE):
                kept[-1] += f"，{piece}"
            else:
                kept.append(piece)
        clauses += kept
    return clauses if len(clauses) > 1 else [text]


def clause_numbers(texts: Sequence[str]) -> tuple[list[str], Tensor]:
    """All clauses of `texts`, and whose each is: int64 [clauses]."""
    split = [split_clauses(text) for text in texts]
    owners = [number for number, clauses in enumerate(split) for _ in clauses]
    return [clause for clauses in split for clause in clauses], torch.tensor(owners, dtype=torch.long)


def clause_weights(texts: Tensor, clauses: Clauses, weights: Weights) -> Tensor:
    """v_m of each clause, [C], summing to 1 over each text: even, or softmax of e^4 · cos to the whole."""
    whole = texts[clauses.text]
    raw = (SHARPNESS * ((clauses.features * whole).sum(dim=1) - 1)).exp()
    if weights == "even":
        raw = torch.ones_like(raw)
    total = raw.new_zeros(len(texts)).index_add_(0, clauses.text, raw)
    return raw / total[clauses.text].clamp(min=1e-30)


@dataclass(frozen=True)
class ClauseVectors:
    """Pictures as the rung below has them; texts norm(a·t_0 + (1−a)·norm(Σ_m v_m t_m))."""

    below: Fitted = field(default_factory=VectorScores)
    share: float = 1.0
    weights: Weights = "even"

    @property
    def parameters(self) -> Parameters:
        return {"whole_share": self.share, "weights": self.weights}

    def images(self, banks: Banks) -> Tensor:
        return self.below.images(banks)

    def texts(self, banks: Banks) -> Tensor:
        whole = self.below.texts(banks)
        if banks.clauses is None:
            return whole
        weighted = banks.clauses.features * clause_weights(banks.texts, banks.clauses, self.weights)[:, None]
        parts = torch.zeros_like(whole).index_add_(0, banks.clauses.text, weighted)
        return functional.normalize(
            self.share * whole + (1 - self.share) * functional.normalize(parts, dim=1), dim=1
        )

    def scores(self, banks: Banks) -> Scores:
        return DotScores(self.images(banks), self.texts(banks))


@dataclass(frozen=True)
class ClauseScorer:
    """Clauses t_m of a text beside the whole t_0: t = norm(a·t_0 + (1−a)·norm(Σ_m v_m t_m)).

    v_m is even or, as WCA (arXiv 2406.02915) weights its parts, softmax of e^4 · cos(t_m, t_0); which, and a,
    is chosen on validation. Also repairs truncation: a clause fits where the whole text does not.
    """

    name: str = "+ clauses"
    transductive: bool = False
    needs: ClassVar[tuple[Split, ...]] = ("validation",)

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        ways: tuple[Weights, ...] = ("even", "softmax")
        return best((ClauseVectors(below, *chosen) for chosen in product(WHOLE_SHARES, ways)), validation)
