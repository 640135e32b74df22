"""Word-level alignment: how far the words of a text must go to become those of its translation."""

from __future__ import annotations

import torch
from torch import Tensor

from alignment.training.losses.contrast import unit

# Weight of the entropy, and rounds: enough for texts of a hundred words at costs between 0 and 2.
EPSILON = 0.1
ITERATIONS = 30


def transport_plan(
    cost: Tensor, rows: Tensor, columns: Tensor, *, epsilon: float = EPSILON, iterations: int = ITERATIONS
) -> Tensor:
    """The plan of least cost, smoothed by entropy, between two even distributions (Cuturi, NeurIPS 2013).

        argmin_P ⟨P, C⟩ − ε H(P)   with   P 1 = a,  Pᵀ 1 = b

    Computed in the log domain, which does not underflow for small ε. What Sinkhorn's rounds leave of the
    marginals is then settled by rounding (Altschuler et al., NeurIPS 2017, algorithm 2), so that they hold.

    Args:
        cost: float [B, N, M].
        rows, columns: which words are real, bool [B, N] and [B, M]; at least one each. Mass is even over
            them.

    Returns the plan [B, N, M], float32, without gradient: at the optimum the gradient of the transport cost
    by C is the plan itself.
    """
    with torch.no_grad():
        kernel = -cost.detach().float() / epsilon
        a, b = _even(rows), _even(columns)
        u, v = torch.zeros_like(a), torch.zeros_like(b).masked_fill(~columns, -torch.inf)
        for _ in range(iterations):
            u = a.log() - torch.logsumexp(kernel + v[:, None, :], dim=2)
            v = b.log() - torch.logsumexp(kernel + u[:, :, None], dim=1)
        return _round(torch.exp(kernel + u[:, :, None] + v[:, None, :]), a, b)


def transport_cost(states: Tensor, mask: Tensor, other_states: Tensor, other_mask: Tensor) -> Tensor:
    """The mean cost over pairs of texts of moving one's words onto the other's: Σ P ⊙ (1 − cos).

    Noise of a translation costs little: mass goes where words agree (CL2CM, AAAI 2024, arXiv 2312.08984).

    Args:
        states, other_states: token states [B, N, dim] and [B, M, dim].
        mask, other_mask: the real tokens, bool [B, N] and [B, M].
    """
    cost = 1 - unit(states) @ unit(other_states).transpose(1, 2)
    plan = transport_plan(cost, mask, other_mask)
    return (plan * cost).sum(dim=(1, 2)).mean()


def _even(mask: Tensor) -> Tensor:
    return mask.float() / mask.sum(dim=1, keepdim=True)


def _round(plan: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Cut rows and columns that hold too much; spread what is missing evenly over those with too little."""
    plan = plan * _capped_ratio(a, plan.sum(dim=2))[:, :, None]
    plan = plan * _capped_ratio(b, plan.sum(dim=1))[:, None, :]
    missing_a, missing_b = (a - plan.sum(dim=2)).clamp(min=0), (b - plan.sum(dim=1)).clamp(min=0)
    total = missing_a.sum(dim=1).clamp(min=torch.finfo(plan.dtype).tiny)
    return plan + missing_a[:, :, None] * missing_b[:, None, :] / total[:, None, None]


def _capped_ratio(wanted: Tensor, held: Tensor) -> Tensor:
    return (wanted / held.clamp(min=torch.finfo(held.dtype).tiny)).clamp(max=1)
