"""Distilling how texts relate to their translations into how they relate to pictures."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from alignment.training.losses.contrast import unit


def relation_divergence(teacher: Tensor, student: Tensor) -> Tensor:
    """How far the student's softmax is from the teacher's, over rows and over columns.

        L = ½ [ mean KL(softmax_row Z_T ‖ softmax_row Z_S) + mean KL(softmax_col Z_T ‖ softmax_col Z_S) ]

    A teacher that is one-hot on the diagonal adds nothing that contrast does not say: L is then InfoNCE on
    the student's logits, both directions.

    Args:
        teacher: logits [N, N]; no gradient reaches them.
        student: logits [N, N].
    """
    teacher = teacher.detach()
    return (_divergence(teacher, student) + _divergence(teacher.T, student.T)) / 2


def cross_lingual_distillation(
    images: Tensor, targets: Tensor, teacher_sources: Tensor, teacher_targets: Tensor, temperature: float
) -> Tensor:
    """CL2CM's second stage (AAAI 2024, arXiv 2312.08984): pictures take the place of the source texts.

        Z_T = f(s) f(t)ᵀ / τ,   Z_S = g(v) h(t)ᵀ / τ,   L = `relation_divergence`(Z_T, Z_S)

    Args:
        images, targets: the student's features g(v), h(t) of pictures and texts, [N, dim].
        teacher_sources, teacher_targets: the teacher's f(s), f(t) of translations and texts, [N, any].
        temperature: τ, of both.
    """
    teacher = unit(teacher_sources) @ unit(teacher_targets).T / temperature
    return relation_divergence(teacher, unit(images) @ unit(targets).T / temperature)


def _divergence(teacher: Tensor, student: Tensor) -> Tensor:
    return functional.kl_div(
        functional.log_softmax(student.float(), dim=1),
        functional.log_softmax(teacher.float(), dim=1),
        log_target=True,
        reduction="batchmean",
    )
