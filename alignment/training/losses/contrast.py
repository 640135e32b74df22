"""Contrast between pictures and texts where a text may own several pictures, and a picture several texts."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

# Halvings of the interval a bias is searched in: below float32's resolution.
_HALVINGS = 40

Contrast = Callable[[Tensor, Tensor, Tensor | None], Tensor]
"""(logits, positive, ignored) to a loss, as the two of this module."""


def multi_positive_contrast(logits: Tensor, positive: Tensor, ignored: Tensor | None = None) -> Tensor:
    """Cross entropy of each row against the even distribution over its positives.

        L = −1/R Σᵢ 1/|Pᵢ| Σ_{j∈Pᵢ} log( exp zᵢⱼ / Σ_{k∉Nᵢ} exp zᵢₖ )

    With one positive a row this is InfoNCE, cross entropy against the diagonal. With several, the even
    distribution is what the softmax should give: equal captions are no negatives of each other's pictures
    (supervised contrast, Khosla et al., NeurIPS 2020, its L_out).

    Args:
        logits: similarities times the scale, float [R, C].
        positive: which columns belong to a row, bool [R, C]. A row without any takes no part.
        ignored: columns Nᵢ that are neither positive nor negative, bool [R, C]; a positive is never ignored.

    Returns the mean over the rows that have a positive, a scalar; zero where none has.
    """
    if ignored is not None:
        logits = logits.masked_fill(ignored & ~positive, -torch.inf)
    # -inf times a target of zero is NaN, so the ignored are left out of the product too.
    log_share = functional.log_softmax(logits.float(), dim=1).masked_fill(~positive, 0.0)
    owned = positive.sum(dim=1)
    return -(log_share.sum(dim=1) / owned.clamp(min=1)).sum() / (owned > 0).sum().clamp(min=1)


def sigmoid_contrast(logits: Tensor, positive: Tensor, ignored: Tensor | None = None) -> Tensor:
    """Each text and picture for itself: is it a pair or not (SigLIP, Zhai et al., ICCV 2023)?

        L = min_b −1/R Σᵢ Σ_{j∉Nᵢ} log σ( yᵢⱼ (zᵢⱼ + b) ),   yᵢⱼ = 1 for positives, −1 for others

    The bias b, which SigLIP learns, is solved for: there the mean of σ is the share of positives, whatever
    the scale a model comes with. At a minimum no gradient goes by b, so the logits' gradient is exact.

    Arguments and rows without a positive as in `multi_positive_contrast`; returns a scalar.
    """
    counted = positive.any(dim=1, keepdim=True).expand_as(positive)
    if ignored is not None:
        counted = counted & (positive | ~ignored)
    logits = logits.float()
    answers = torch.where(positive, 1.0, -1.0) * (logits + _best_bias(logits.detach(), positive, counted))
    rows = positive.any(dim=1).sum().clamp(min=1)
    return -functional.logsigmoid(answers).masked_fill(~counted, 0.0).sum() / rows


def _best_bias(logits: Tensor, positive: Tensor, counted: Tensor) -> Tensor:
    """b with Σ σ(z + b) = the number of positives, over what is counted."""
    wanted = positive.sum()
    reach = logits.abs().amax() + counted.sum().clamp(min=1).log() + 1
    low, high = -reach, reach
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_low = (torch.sigmoid(logits + middle) * counted).sum() < wanted
        low, high = torch.where(too_low, middle, low), torch.where(too_low, high, middle)
    return (low + high) / 2


def symmetric_contrast(
    images: Tensor,
    texts: Tensor,
    scale: Tensor,
    positive: Tensor,
    ignored: Tensor | None = None,
    contrast: Contrast = multi_positive_contrast,
) -> Tensor:
    """The mean of both directions: texts that find pictures, and pictures that find texts.

        L = ½ [ L(scale · T Vᵀ) + L(scale · V Tᵀ) ]

    With unique pairs (positive = the identity) this is the loss of CLIP (Radford et al., ICML 2021).

    Args:
        images, texts: features [N, dim] and [M, dim], not normalised.
        scale: 1/temperature, a scalar.
        positive, ignored: bool [M, N], texts in rows.
        contrast: L.
    """
    logits = scale * unit(texts) @ unit(images).T
    back = None if ignored is None else ignored.T
    return (contrast(logits, positive, ignored) + contrast(logits.T, positive.T, back)) / 2


def unit(features: Tensor) -> Tensor:
    """Features of length one, in float32: half precision is too coarse for the softmax that follows."""
    return functional.normalize(features.float(), dim=-1)


CONTRASTS: dict[str, Contrast] = {"softmax": multi_positive_contrast, "sigmoid": sigmoid_contrast}
"""By the setting `contrast`."""
