"""What a scorer is given, what it makes of it, and how its parameters are chosen.

A rung of the ladder stands on the one below: it is fitted on the training and validation splits, with the
rung below as it was fitted, and is frozen then. The test split is only scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from torch import Tensor

from alignment.retrieval.evaluation import Direction, Scores, evaluate
from alignment.retrieval.gallery import Gallery

Parameters = Mapping[str, float | int | str]
Split = Literal["train", "validation"]
EVERY_SPLIT: tuple[Split, ...] = ("train", "validation")


@dataclass(frozen=True)
class Clauses:
    """The clauses of all texts of a bank, in the order of the texts."""

    features: Tensor
    """Unit rows, [C, dim]."""
    text: Tensor
    """Whose clause it is: the text's number, int64 [C]; every text has one at least."""


@dataclass(frozen=True)
class Banks:
    """Unit features of pictures and texts, float32."""

    whole: Tensor
    """Pictures, [N, dim]."""
    texts: Tensor
    """[M, dim]."""
    crops: Tensor | None = None
    """[N, K, dim]; None where crops are not needed: what is made of crops is then the whole's feature."""
    clauses: Clauses | None = None
    """None: every text is its only clause."""


@dataclass(frozen=True)
class Validation:
    """The split on which parameters are chosen."""

    banks: Banks
    gallery: Gallery


class Fitted(Protocol):
    """A scorer with its parameters frozen."""

    @property
    def parameters(self) -> Parameters:
        """What was chosen, to be written down with the result."""

    def images(self, banks: Banks) -> Tensor:
        """One vector a picture, [N, dim]: what an index would store."""

    def texts(self, banks: Banks) -> Tensor:
        """One vector a text, [M, dim]."""

    def scores(self, banks: Banks) -> Scores:
        """Every text against every picture, in chunks."""


class Scorer(Protocol):
    """A way to score. One that does not read both splits may say so with `needs` (see `needed_splits`)."""

    @property
    def name(self) -> str:
        """Names its rung."""

    @property
    def transductive(self) -> bool:
        """Whether it uses the test queries jointly: such results stand apart from the headline."""

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        """Choose what there is to choose on `validation`; `train` is a bank of other queries and items."""


def needed_splits(scorer: Scorer) -> tuple[Split, ...]:
    """The splits that `scorer.fit` reads: its attribute `needs`, or both where it has none."""
    needs: tuple[Split, ...] = getattr(scorer, "needs", EVERY_SPLIT)
    return needs


@dataclass(frozen=True)
class DotScores:
    """Dot products of vectors."""

    images: Tensor
    texts: Tensor

    def rows(self, direction: Direction, start: int, stop: int) -> Tensor:
        if direction == "text_to_image":
            return self.texts[start:stop] @ self.images.T
        return self.images[start:stop] @ self.texts.T


class Standing:
    """A fitted scorer whose vectors are those of the rung below: it corrects scores, not features."""

    def __init__(self, below: Fitted) -> None:
        self.below = below

    def images(self, banks: Banks) -> Tensor:
        return self.below.images(banks)

    def texts(self, banks: Banks) -> Tensor:
        return self.below.texts(banks)


FittedScorer = TypeVar("FittedScorer", bound=Fitted)


def best(candidates: Iterable[FittedScorer], validation: Validation) -> FittedScorer:
    """The candidate with the highest MR6 on `validation`; the first of equals, so put the mildest first."""
    found: FittedScorer | None = None
    highest = -1.0
    for candidate in candidates:
        value = evaluate(candidate.scores(validation.banks), validation.gallery).mr6
        # A gain in the last digits is a matter of rounding.
        if value > highest + 1e-9:
            found, highest = candidate, value
    if found is None:
        raise ValueError("no candidate to choose from")
    return found


def mean_of_top(queries: Tensor, items: Tensor, k: int, *, chunk: int = 1024) -> Tensor:
    """For each row of `items` [G, dim] the mean of its k highest dot products with `queries`, [G]."""
    k = min(k, len(queries))
    found = items.new_zeros(len(items))
    for start in range(0, len(items), chunk):
        scores = items[start : start + chunk] @ queries.T
        found[start : start + chunk] = scores.topk(k, dim=1).values.mean(dim=1)
    return found
