"""Scorers that give each picture one vector; the score is a dot product, which any index serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from alignment.laclip.vectors import Weighting, laclip_vectors
from alignment.retrieval.evaluation import Scores
from alignment.scorers.base import Banks, DotScores, Fitted, Parameters, Split, Validation, best

# a of the fusion, from the picture alone to its crops alone; steps under .1 are noise on a validation split.
FUSIONS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)


@dataclass(frozen=True)
class VectorScores:
    """A fitted scorer that is nothing but its vectors."""

    parameters: Parameters = field(default_factory=dict)

    def images(self, banks: Banks) -> Tensor:
        return banks.whole

    def texts(self, banks: Banks) -> Tensor:
        return banks.texts

    def scores(self, banks: Banks) -> Scores:
        return DotScores(self.images(banks), self.texts(banks))


@dataclass(frozen=True)
class Plain:
    """Cosine of picture and text: s = u_I · u_T (CLIP; Radford et al., ICML 2021)."""

    name: str = "plain"
    transductive: bool = False
    needs: ClassVar[tuple[Split, ...]] = ()

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        return VectorScores()


@dataclass(frozen=True)
class LaclipVectors(VectorScores):
    """z_I for pictures; see `alignment.laclip.vectors`."""

    weighting: Weighting = "softmax"
    include_global: bool = False
    renormalize: bool = False

    def images(self, banks: Banks) -> Tensor:
        if banks.crops is None:
            return banks.whole
        return laclip_vectors(
            banks.whole,
            banks.crops,
            weighting=self.weighting,
            include_global=self.include_global,
            renormalize=self.renormalize,
        )


@dataclass(frozen=True)
class Laclip:
    """LACLIP as published (arXiv 2505.10921): s = Σ_k w_k (u_k · u_T), w_k from u_I · u_k.

    With `renormalize` each z_I = Σ_k w_k u_k is given the length 1: ours, not the paper's.
    """

    name: str = "laclip"
    transductive: bool = False
    needs: ClassVar[tuple[Split, ...]] = ()
    weighting: Weighting = "softmax"
    include_global: bool = False
    renormalize: bool = False

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        return LaclipVectors(
            {"weighting": self.weighting, "include_global": int(self.include_global)},
            self.weighting,
            self.include_global,
            self.renormalize,
        )


@dataclass(frozen=True)
class FusedVectors(VectorScores):
    """norm(a·u_I + (1−a)·ẑ_I), ẑ_I the vector of the rung below at length 1."""

    below: Fitted = field(default_factory=VectorScores)
    share: float = 1.0

    def images(self, banks: Banks) -> Tensor:
        crops = functional.normalize(self.below.images(banks), dim=1)
        return functional.normalize(self.share * banks.whole + (1 - self.share) * crops, dim=1)

    def texts(self, banks: Banks) -> Tensor:
        return self.below.texts(banks)


@dataclass(frozen=True)
class Fusion:
    """Picture and crops together: norm(a·u_I + (1−a)·ẑ_I), a chosen on validation (ours)."""

    name: str = "+ fusion"
    transductive: bool = False
    needs: ClassVar[tuple[Split, ...]] = ("validation",)

    def fit(self, train: Banks, validation: Validation, below: Fitted) -> Fitted:
        made = (FusedVectors({"a": share}, below, share) for share in FUSIONS)
        return best(made, validation)
