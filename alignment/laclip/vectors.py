"""A picture's vector from those of its crops.

u_I is the unit feature of the whole picture, u_k those of its K crops. LACLIP scores a text T by
sum_k w_k (u_k · u_T), the weights w_k taken from u_I · u_k. Neither w_k nor u_k depends on T, so the picture
has one vector, z_I = sum_k w_k u_k, and a query costs what it costs with plain features.

‖z_I‖ is not 1: between texts of one picture that changes nothing, between pictures for one text it does.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Weighting = Literal["softmax", "cosine"]
# Assumption, as WCA: softmax over e^4 times the cosine.
SHARPNESS = math.exp(4)


def crop_weights(whole: Tensor, crops: Tensor, weighting: Weighting = "softmax") -> Tensor:
    """w_k of each picture, [N, K], summing to 1.

    Args:
        whole: unit features of the pictures, [N, dim].
        crops: unit features of their crops, [N, K, dim].
        weighting: `softmax` of e^4 · cos (assumption, as WCA), or `cosine`: cos over their sum, those below
            zero left out.
    """
    cosines = torch.einsum("nd,nkd->nk", whole, crops)
    if weighting == "softmax":
        return (SHARPNESS * cosines).softmax(dim=1)
    kept = cosines.clamp(min=0)
    total = kept.sum(dim=1, keepdim=True)
    return torch.where(total > 0, kept / total.clamp(min=1e-12), 1 / crops.shape[1])


def laclip_vectors(
    whole: Tensor,
    crops: Tensor,
    *,
    weighting: Weighting = "softmax",
    include_global: bool = False,
    renormalize: bool = False,
) -> Tensor:
    """z_I of each picture, [N, dim]; see `crop_weights` for `whole` and `crops`.

    `include_global` counts the whole picture as one more crop, with the weight its cosine of 1 gives it;
    `renormalize` gives every z_I the length 1. Both are ours to choose, not the paper's.
    """
    parts = torch.cat([whole[:, None], crops], dim=1) if include_global else crops
    vectors = torch.einsum("nk,nkd->nd", crop_weights(whole, parts, weighting), parts)
    return functional.normalize(vectors, dim=1) if renormalize else vectors
