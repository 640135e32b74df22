"""A scorer measured on a gallery, in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from alignment.retrieval.bootstrap import Sums, cluster_sums
from alignment.retrieval.gallery import Gallery
from alignment.retrieval.ranks import KS, QueryMetrics, query_metrics

Direction = Literal["text_to_image", "image_to_text"]
DIRECTIONS: tuple[Direction, Direction] = ("text_to_image", "image_to_text")
# The three of MR3, and in both directions of MR6 (papers call either "MR").
MEAN_RECALL_KS = (1, 5, 10)
# Queries scored at once: 256 rows of 100,000 items are 0.1 GB.
CHUNK = 256


class Scores(Protocol):
    """What a scorer says of every text and every picture; nothing need be kept but what it is made from."""

    def rows(self, direction: Direction, start: int, stop: int) -> Tensor:
        """Scores of queries `start` to `stop`, float [stop - start, items]; higher is better."""


@dataclass(frozen=True)
class DirectionResult:
    """One direction: every query's measures, and where the query comes from."""

    metrics: QueryMetrics
    queries: int
    """How many there are, those without a positive included."""
    clusters: npt.NDArray[np.int64]
    """Of each measured query."""
    kinds: tuple[str, ...]
    books: tuple[str, ...]

    def mean(self, k: int) -> float:
        """hit@k, 0..1."""
        return float(self.metrics.hit[k].mean())

    @property
    def mr3(self) -> float:
        """The mean of hit@1, hit@5 and hit@10."""
        return float(np.mean([self.mean(k) for k in MEAN_RECALL_KS]))

    @property
    def too_many(self) -> tuple[int, ...]:
        """The k that exceed the gallery: any ranking finds everything there."""
        return tuple(k for k in self.metrics.hit if k > self.metrics.gallery)

    def summary(self) -> dict[str, float]:
        """Every measure's mean over the queries."""
        metrics = self.metrics
        return {
            **{f"hit@{k}": float(values.mean()) for k, values in metrics.hit.items()},
            **{f"recall@{k}": float(values.mean()) for k, values in metrics.recall.items()},
            "MRR": float(metrics.reciprocal_rank.mean()),
            "median_rank": float(np.median(metrics.rank)),
            "mAP@R": float(metrics.average_precision.mean()),
            "MR3": self.mr3,
        }

    def by(self, what: Literal["kind", "book"]) -> dict[str, tuple[int, dict[int, float]]]:
        """For each kind or book: how many queries, and hit@k over the whole gallery."""
        names = np.array(self.kinds if what == "kind" else self.books)
        return {
            str(name): (
                int((names == name).sum()),
                {k: float(values[names == name].mean()) for k, values in self.metrics.hit.items()},
            )
            for name in sorted(set(names.tolist()))
        }


@dataclass(frozen=True)
class Evaluation:
    """Both directions of one scorer on one gallery."""

    text_to_image: DirectionResult
    image_to_text: DirectionResult
    clusters: int

    def __getitem__(self, direction: Direction) -> DirectionResult:
        return self.text_to_image if direction == "text_to_image" else self.image_to_text

    @property
    def mr6(self) -> float:
        """The mean of both directions' MR3."""
        return (self.text_to_image.mr3 + self.image_to_text.mr3) / 2

    @cached_property
    def parts(self) -> Mapping[str, Sequence[Sums]]:
        """The headline measures, summed by cluster, for `alignment.retrieval.bootstrap`."""
        hits = {
            direction: {
                k: cluster_sums(self[direction].metrics.hit[k], self[direction].clusters, self.clusters)
                for k in self[direction].metrics.hit
            }
            for direction in DIRECTIONS
        }
        found: dict[str, Sequence[Sums]] = {
            f"{direction} hit@{k}": [sums] for direction in DIRECTIONS for k, sums in hits[direction].items()
        }
        for direction in DIRECTIONS:
            found[f"{direction} MR3"] = [hits[direction][k] for k in MEAN_RECALL_KS]
        found["MR6"] = [hits[direction][k] for direction in DIRECTIONS for k in MEAN_RECALL_KS]
        return found


def evaluate(scores: Scores, gallery: Gallery, *, chunk: int = CHUNK) -> Evaluation:
    """Measure a scorer; memory holds `chunk` rows of scores at a time. Raises NotFiniteError for NaN."""
    count = 1 + int(torch.cat([gallery.image_clusters, gallery.text_clusters]).max())
    there = _evaluate(scores, gallery, "text_to_image", chunk)
    back = _evaluate(scores, gallery, "image_to_text", chunk)
    return Evaluation(there, back, count)


def positives_of(gallery: Gallery, direction: Direction) -> list[list[int]]:
    """For each query of a direction the items that are right for it."""
    texts_ask = direction == "text_to_image"
    found: list[list[int]] = [[] for _ in (gallery.texts if texts_ask else gallery.images)]
    for image, text in gallery.pairs.tolist():
        found[text if texts_ask else image].append(image if texts_ask else text)
    return found


def _evaluate(scores: Scores, gallery: Gallery, direction: Direction, chunk: int) -> DirectionResult:
    texts_ask = direction == "text_to_image"
    asked = gallery.texts if texts_ask else gallery.images
    items = len(gallery.images) if texts_ask else len(gallery.texts)
    clusters = gallery.text_clusters if texts_ask else gallery.image_clusters

    def rows() -> Iterator[Tensor]:
        for start in range(0, len(asked), chunk):
            yield scores.rows(direction, start, min(start + chunk, len(asked)))

    metrics = query_metrics(rows(), positives_of(gallery, direction), items, KS)
    measured = metrics.queries.tolist()
    return DirectionResult(
        metrics,
        len(asked),
        clusters.numpy()[metrics.queries],
        tuple(asked[query].kind for query in measured),
        tuple(asked[query].book for query in measured),
    )
