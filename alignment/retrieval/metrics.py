"""How well texts find pictures and pictures find texts, with sets of positives and ties at their worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

KS = (1, 5, 10)
# Queries scored at once: 1,024 rows of 100,000 floats are 0.4 GB.
CHUNK = 1024


@dataclass(frozen=True, slots=True)
class Recalls:
    """The share of queries that find a positive among the first k, both directions."""

    text_to_image: dict[int, float]
    image_to_text: dict[int, float]
    images: int
    """Gallery size of text-to-image."""
    texts: int

    @property
    def mean(self) -> float:
        """The mean over all k of both directions (MR6 for the usual three)."""
        values = [*self.text_to_image.values(), *self.image_to_text.values()]
        return sum(values) / len(values)


def retrieval_recalls(
    image_features: Tensor,
    text_features: Tensor,
    pairs: Tensor,
    ks: Sequence[int] = KS,
    *,
    chunk: int = CHUNK,
) -> Recalls:
    """Recall@k over the whole gallery, both directions.

    Args:
        image_features: distinct pictures, [images, dim], not normalised.
        text_features: distinct texts, [texts, dim], not normalised.
        pairs: (image, text) numbers of what belongs together, int64 [P, 2]. What has no partner is only a
            part of the gallery.

    Raises ValueError for features that are not finite.
    """
    images, texts = _unit(image_features), _unit(text_features)
    return Recalls(
        text_to_image=recall_at(texts, images, pairs[:, [1, 0]], ks, chunk=chunk),
        image_to_text=recall_at(images, texts, pairs, ks, chunk=chunk),
        images=len(images),
        texts=len(texts),
    )


def recall_at(
    queries: Tensor, gallery: Tensor, pairs: Tensor, ks: Sequence[int] = KS, *, chunk: int = CHUNK
) -> dict[int, float]:
    """The expected share of queries with a positive among their first k, by dot product.

    Where scores tie, every order of the tied is equally likely and the expectation over them is taken: a
    model that scores all alike finds k/N, not everything.

    Args:
        queries, gallery: [Q, dim], [G, dim].
        pairs: (query, item) numbers, int64 [P, 2]; a query without any is left out.
    """
    hits = torch.zeros(len(ks), dtype=torch.double)
    asked = 0
    for start in range(0, len(queries), chunk):
        scores = queries[start : start + chunk] @ gallery.T
        mine = pairs[(pairs[:, 0] >= start) & (pairs[:, 0] < start + len(scores))]
        positive = torch.zeros_like(scores, dtype=torch.bool)
        positive[mine[:, 0] - start, mine[:, 1]] = True
        has_any = positive.any(dim=1)
        hits += _expected_hits(scores[has_any], positive[has_any], ks).cpu()
        asked += int(has_any.sum())
    return {k: float(hit) / asked if asked else 0.0 for k, hit in zip(ks, hits, strict=True)}


def _expected_hits(scores: Tensor, positive: Tensor, ks: Sequence[int]) -> Tensor:
    """Sums over the rows of the chance that a positive is among the first k, float64 [len(ks)].

    Only the items that tie with a row's best positive matter: with `ahead` items scored higher, m = k − ahead
    of the tied ones come in; of n tied ones p are positives, and the chance that none of them comes in is
    C(n−p, m) / C(n, m).
    """
    best = scores.masked_fill(~positive, -torch.inf).amax(dim=1, keepdim=True)
    tied = scores == best
    ahead = (scores > best).sum(dim=1)
    n, p = tied.sum(dim=1).double(), (tied & positive).sum(dim=1).double()
    sums = []
    for k in ks:
        m = torch.minimum((k - ahead).clamp(min=0).double(), n)
        log_miss = _log_choose(n - p, m.clamp(max=(n - p))) - _log_choose(n, m)
        sums.append(torch.where(m > n - p, 1.0, 1 - log_miss.exp()).sum())
    return torch.stack(sums)


def _log_choose(n: Tensor, k: Tensor) -> Tensor:
    return torch.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)


def _unit(features: Tensor) -> Tensor:
    if not features.isfinite().all():
        raise ValueError("features hold NaN or infinity")
    return functional.normalize(features.float(), dim=-1)
