"""WiSE-FT: weights between the model before and after tuning (Wortsman et al., CVPR 2022).

Tuning on little data forgets; a point on the line between the two often does better than either end. Which
one is chosen on validation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from alignment.retrieval.metrics import Recalls
from alignment.training.state import put_weights


def sweep(
    module: nn.Module,
    before: Mapping[str, Tensor],
    shares: Sequence[float],
    recalls: Callable[[], Recalls],
) -> tuple[float, dict[float, Recalls]]:
    """Put the best of the weights (1 − α) · before + α · tuned into `module`, which holds the tuned ones.

    Tries every α of `shares` and 1. Returns the best α and what each gave; of equals the largest α.
    """
    tuned = {name: weight.detach().clone() for name, weight in module.state_dict().items()}
    found: dict[float, Recalls] = {}
    for share in sorted({*shares, 1.0}, reverse=True):
        put_weights(module, interpolate(before, tuned, share))
        found[share] = recalls()
    best = max(found, key=lambda share: (found[share].mean, share))
    put_weights(module, interpolate(before, tuned, best))
    return best, found


def interpolate(before: Mapping[str, Tensor], tuned: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Each weight that far from `before` to `tuned`; counters and other whole numbers as tuned."""
    if share == 1:
        return dict(tuned)
    return {
        name: torch.lerp(before[name].to(weight), weight, share) if weight.is_floating_point() else weight
        for name, weight in tuned.items()
    }
