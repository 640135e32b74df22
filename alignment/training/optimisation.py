"""Which weights learn how fast: parameter groups, layer decay, warm-up and cosine."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import nn

from alignment.backbones.base import Backbone

# As CLIP was trained (Radford et al., ICML 2021, table 18).
BETAS = (0.9, 0.98)
EPSILON = 1e-6
# Its ceiling on the scale of the logits: beyond it training becomes unstable.
LARGEST_SCALE = math.log(100)

_BLOCK = re.compile(r"\.(?:resblocks|layers?)\.(\d+)\.|\.layer([1-4])\.")
_BEFORE_BLOCKS = re.compile(
    r"(?<!\.attnpool\.positional_)embedding|\.conv[123]\.|\.bn[123]\.|\.ln_pre\.", re.IGNORECASE
)
# Positions, classes and segments are biases in all but shape; the table of words is a matrix like others.
_UNDECAYED = re.compile(r"position|class_embedding|token_type|logit_scale", re.IGNORECASE)


def build_optimizer(
    backbone: Backbone, *, lr: float, image_lr_ratio: float, weight_decay: float, layer_decay: float = 1.0
) -> torch.optim.AdamW:
    """AdamW over what of `backbone` takes gradients.

    Each group holds "lr", its highest learning rate as "peak", and "tower". The image tower's rate is
    `image_lr_ratio` times the text tower's; with `layer_decay` d a block n below the top has dⁿ of its
    tower's, what comes before the blocks one factor less still. LayerNorm, biases, `logit_scale`, position,
    segment and class embeddings are not decayed.
    """
    groups: dict[tuple[str, float, float], list[nn.Parameter]] = defaultdict(list)
    towers = (
        ("image", lr * image_lr_ratio, list(backbone.image_parameters())),
        ("text", lr, list(backbone.text_parameters())),
        ("scale", lr, [("logit_scale", backbone.logit_scale)]),
    )
    for tower, peak, named in towers:
        top = _blocks(name for name, _ in named)
        for name, parameter in named:
            if parameter.requires_grad:
                rate = peak * layer_decay ** (top - _height(name, top))
                groups[tower, rate, _decay(name, parameter, weight_decay)].append(parameter)
    return torch.optim.AdamW(
        [
            {"params": members, "lr": rate, "peak": rate, "weight_decay": decay, "tower": tower}
            for (tower, rate, decay), members in groups.items()
        ],
        betas=BETAS,
        eps=EPSILON,
    )


def set_learning_rates(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Every group's learning rate as `factor` times its highest."""
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


def learning_rates(optimizer: torch.optim.Optimizer) -> dict[str, float]:
    """The highest learning rate now of each tower that learns."""
    rates: dict[str, float] = {}
    for group in optimizer.param_groups:
        rates[group["tower"]] = max(group["lr"], rates.get(group["tower"], 0.0))
    return rates


def schedule(step: int, steps: int, warmup: int) -> float:
    """The factor on the learning rate at `step` (from 0): a line up to 1, then half a cosine down to 0."""
    if step < warmup:
        return (step + 1) / warmup
    return (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))) / 2


def keep_scale_low(logit_scale: nn.Parameter) -> None:
    """Bound the scale of the logits to 1 … 100, as CLIP does."""
    with torch.no_grad():
        logit_scale.clamp_(0.0, LARGEST_SCALE)


def trained(parameters: Iterable[nn.Parameter]) -> list[nn.Parameter]:
    """Those that take gradients."""
    return [parameter for parameter in parameters if parameter.requires_grad]


def _decay(name: str, parameter: nn.Parameter, weight_decay: float) -> float:
    return 0.0 if parameter.ndim < 2 or _UNDECAYED.search(name) else weight_decay


def _blocks(names: Iterable[str]) -> int:
    """One more than the highest block's number: where what follows the blocks stands."""
    return 1 + max((number for name in names if (number := _block(name)) is not None), default=-1)


def _height(name: str, top: int) -> int:
    block = _block(name)
    if block is not None:
        return block
    return -1 if _BEFORE_BLOCKS.search(f".{name}") and "proj" not in name else top


def _block(name: str) -> int | None:
    found = _BLOCK.search(f".{name}")
    if found is None:
        return None
    return int(found[1]) if found[1] else int(found[2]) - 1  # a residual network counts its stages from 1
