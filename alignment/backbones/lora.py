"""Low-rank adapters (LoRA, arXiv 2106.09685): W + (alpha / rank) · B A in place of a trained W."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from alignment.backbones.base import Backbone


class Adapter(nn.Module):
    """The low-rank addition to one weight [rows, columns]; nothing at the start, for B is zero."""

    def __init__(self, weight: Tensor, rank: int, alpha: float, generator: torch.Generator) -> None:
        super().__init__()
        rows, columns = weight.shape
        first = torch.randn(rank, columns, generator=generator) / math.sqrt(columns)
        self.down = nn.Parameter(first.to(weight))
        self.up = nn.Parameter(weight.new_zeros(rows, rank))
        self.share = alpha / rank

    def forward(self, weight: Tensor) -> Tensor:
        """The adapted weight."""
        return weight + self.share * (self.up @ self.down)


def add_adapters(
    backbone: Backbone,
    rank: int,
    alpha: float | None = None,
    *,
    images: bool = True,
    texts: bool = True,
    seed: int = 0,
) -> int:
    """Train adapters of `rank` in place of the towers' matrices; how many weights they have.

    All else in the chosen towers is locked (a locked tower is best left out); `logit_scale` is not touched.
    `alpha` is twice the rank unless given.
    """
    generator = torch.Generator().manual_seed(seed)
    towers = (backbone.image_parameters() if images else (), backbone.text_parameters() if texts else ())
    chosen = [parameter for tower in towers for _, parameter in tower]
    for parameter in chosen:
        parameter.requires_grad_(False)
    chosen_ids = {id(parameter) for parameter in chosen}
    added = 0
    for module, name in list(_matrices(backbone.module)):
        weight = getattr(module, name)
        if id(weight) in chosen_ids:
            adapter = Adapter(weight, rank, 2.0 * rank if alpha is None else alpha, generator)
            parametrize.register_parametrization(module, name, adapter)
            added += adapter.down.numel() + adapter.up.numel()
    return added


def has_adapters(module: nn.Module) -> bool:
    """Whether a weight of `module` is adapted."""
    return any(isinstance(one, Adapter) for one in module.modules())


def merge_adapters(module: nn.Module) -> None:
    """Put the adapted weights in the originals' place: the same features to the bit, the plain names."""
    for one in list(module.modules()):
        if parametrize.is_parametrized(one):
            stacks: Any = one.parametrizations
            adapted = {name: (stacks[name].original, getattr(one, name).detach()) for name in stacks}
            del one.parametrizations
            # torch's own removal changes the class, and so breaks copies of the module, which share it.
            one.__class__ = type(one).__bases__[0]
            for name, (weight, value) in adapted.items():
                weight.data = value
                one.register_parameter(name, weight)


def _matrices(module: nn.Module) -> Iterator[tuple[nn.Module, str]]:
    """Every matrix a token passes through: linear layers, and attention's joined queries, keys and values."""
    for one in module.modules():
        if isinstance(one, nn.Linear):
            yield one, "weight"
        elif isinstance(one, nn.MultiheadAttention):
            yield one, "in_proj_weight"
