"""How well texts find pictures and pictures find texts: the short measure that validation goes by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from alignment.errors import NotFiniteError
from alignment.retrieval.ranks import query_metrics

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

    Raises NotFiniteError for features that are no numbers.
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

    Where scores tie, the expectation over every order of the tied is taken (`alignment.retrieval.ranks`): a
    model that scores all alike finds k/N, not everything.

    Args:
        queries, gallery: [Q, dim], [G, dim].
        pairs: (query, item) numbers, int64 [P, 2], each once; a query without any is left out.
    """
    positives: list[list[int]] = [[] for _ in range(len(queries))]
    for query, item in pairs.tolist():
        positives[query].append(item)
    rows = (part @ gallery.T for part in torch.split(queries, chunk))
    hit = query_metrics(rows, positives, len(gallery), ks).hit
    return {k: float(values.mean()) if len(values) else 0.0 for k, values in hit.items()}


def _unit(features: Tensor) -> Tensor:
    if not features.isfinite().all():
        raise NotFiniteError("features hold NaN or infinity")
    return functional.normalize(features.float(), dim=-1)
