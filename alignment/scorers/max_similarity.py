"""The first hundred looked at again: every clause finds its crop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from alignment.retrieval.evaluation import Direction, Scores
from alignment.scorers.base import Banks, Clauses, Fitted, Parameters, Split, Standing, Validation, best

# How many items of a query are looked at again.
DEPTH = 100
SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
# Queries looked at together: 16 of 100 pictures of 61 vectors of 512 floats are 0.2 GB.
_QUERIES = 16


class FittedMaxSimilarity(Standing):
    """The rung below with its first `DEPTH` items ranked anew among themselves."""

    def __init__(self, below: Fitted, share: float, depth: int = DEPTH) -> None:
        super().__init__(below)
        self._share, self._depth = share, depth

    @property
    def parameters(self) -> Parameters:
        return {"share": self._share, "depth": self._depth}

    def scores(self, banks: Banks) -> Scores:
        scores = self.below.scores(banks)
        return Reranked(scores, banks, self._share, self._depth) if self._share else scores


class Reranked:
    """s + share · m within the first `depth` items of each query, m the maximal similarity."""

    def __init__(self, scores: Scores, banks: Banks, share: float, depth: int) -> None:
        self._scores, self._share, self._depth = scores, share, depth
        own = torch.arange(len(banks.texts))
        clauses = banks.clauses or Clauses(banks.texts, own)
        self._clauses, self._owned = clauses.features, _padded(clauses.text, len(banks.texts))
        whole = banks.whole[:, None]
        self._parts = whole if banks.crops is None else torch.cat([whole, banks.crops], dim=1)

    def rows(self, direction: Direction, start: int, stop: int) -> Tensor:
        scores = self._scores.rows(direction, start, stop).clone()
        depth = min(self._depth, scores.shape[1])
        first = scores.topk(depth, dim=1)
        for low in range(0, len(scores), _QUERIES):
            high = min(low + _QUERIES, len(scores))
            items = first.indices[low:high]
            queries = torch.arange(start + low, start + high)[:, None].expand_as(items)
            texts, images = (queries, items) if direction == "text_to_image" else (items, queries)
            similar = self._similarity(images, texts)
            # Least of the first stays above what was not looked at: similarities are moved to at least 0.
            lifted = first.values[low:high] + self._share * (
                similar - similar.min(dim=1, keepdim=True).values
            )
            scores[low:high] = scores[low:high].scatter(1, items, lifted)
        return scores

    def _similarity(self, images: Tensor, texts: Tensor) -> Tensor:
        """Mean over a text's clauses of the highest cosine with any part of a picture: [Q, depth]."""
        owned = self._owned[texts]
        clauses = self._clauses[owned.clamp(min=0)]
        highest = torch.einsum("qdcf,qdpf->qdcp", clauses, self._parts[images]).amax(dim=3)
        real = owned >= 0
        return (highest * real).sum(dim=2) / real.sum(dim=2)


@dataclass(frozen=True)
class MaxSimilarity:
    """s + b · mean_m max_k (t_m · u_k) over the clauses t_m and the parts u_k, within the first hundred.

    Late interaction as ColBERT's MaxSim (Khattab and Zaharia, SIGIR 2020); b is chosen on validation. The
    order below the first hundred stays as it was.
    """

    name: str = "+ MaxSim"
    transductive: bool = False
    needs: ClassVar[tuple[Split, ...]] = ("validation",)

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        return best((FittedMaxSimilarity(below, share) for share in SHARES), validation)


def _padded(owners: Tensor, count: int) -> Tensor:
    """The clauses of each text, padded with -1: int64 [texts, most clauses]."""
    sizes = torch.bincount(owners, minlength=count)
    table = torch.full((count, int(sizes.max()) if count else 0), -1, dtype=torch.long)
    order = owners.argsort(stable=True)
    starts = sizes.cumsum(0) - sizes
    table[owners[order], torch.arange(len(owners)) - starts[owners[order]]] = order
    return table
