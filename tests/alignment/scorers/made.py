"""Banks with a structure that scorers can use: pictures, their crops, texts of clauses."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from alignment.retrieval.gallery import Gallery
from alignment.scorers.base import Banks, Clauses, Validation
from tests.alignment.retrieval.made import pairs_gallery

DIM = 24


def unit(*shape: int, seed: int) -> Tensor:
    return functional.normalize(torch.randn(*shape, generator=torch.Generator().manual_seed(seed)), dim=-1)


def make_banks(count: int, seed: int, noise: float = 0.7, crops: int = 5, hub: float = 0.0) -> Banks:
    """Texts near their pictures, crops nearer than the whole; `hub` pulls pictures to where texts lean."""
    ideas = unit(count, DIM, seed=seed)
    place = hub * unit(1, DIM, seed=0)
    shift = place * torch.rand(count, 1, generator=torch.Generator().manual_seed(seed))
    whole = functional.normalize(ideas + noise * unit(count, DIM, seed=seed + 1) + shift, dim=1)
    texts = functional.normalize(ideas + noise * unit(count, DIM, seed=seed + 2) + place / 2, dim=1)
    near = unit(count, crops, DIM, seed=seed + 3)
    parts = functional.normalize(ideas[:, None] + noise * near, dim=-1)
    owners = torch.arange(count).repeat_interleave(2)
    clauses = functional.normalize(ideas[owners] + noise * unit(2 * count, DIM, seed=seed + 4), dim=1)
    return Banks(whole, texts, parts, Clauses(clauses, owners))


def make_validation(count: int = 60, seed: int = 100, **given: float) -> Validation:
    return Validation(make_banks(count, seed, **given), pairs_gallery(count))  # type: ignore[arg-type]


def gallery(count: int) -> Gallery:
    return pairs_gallery(count)
