"""Contrast between pictures and texts where a text may own several pictures, and a picture several texts."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


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


def symmetric_contrast(
    images: Tensor, texts: Tensor, scale: Tensor, positive: Tensor, ignored: Tensor | None = None
) -> Tensor:
    """The mean of both directions: texts that find pictures, and pictures that find texts.

        L = ½ [ L(scale · T Vᵀ) + L(scale · V Tᵀ) ]

    With unique pairs (positive = the identity) this is the loss of CLIP (Radford et al., ICML 2021).

    Args:
        images, texts: features [N, dim] and [M, dim], not normalised.
        scale: 1/temperature, a scalar.
        positive, ignored: bool [M, N], texts in rows.
    """
    logits = scale * unit(texts) @ unit(images).T
    back = None if ignored is None else ignored.T
    forth = multi_positive_contrast(logits, positive, ignored)
    return (forth + multi_positive_contrast(logits.T, positive.T, back)) / 2


def unit(features: Tensor) -> Tensor:
    """Features of length one, in float32: half precision is too coarse for the softmax that follows."""
    return functional.normalize(features.float(), dim=-1)
