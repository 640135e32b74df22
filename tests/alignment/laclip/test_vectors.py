from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from alignment.laclip.vectors import Weighting, crop_weights, laclip_vectors


def made(seed: int, count: int = 5, crops: int = 7, dim: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    whole = functional.normalize(torch.randn(count, dim, generator=generator), dim=-1)
    near = functional.normalize(whole[:, None] + torch.randn(count, crops, dim, generator=generator), dim=-1)
    return whole, near


@pytest.mark.parametrize("weighting", ["softmax", "cosine"])
def test_one_vector_scores_like_the_published_loop(weighting: Weighting) -> None:
    whole, crops = made(1)
    texts = functional.normalize(torch.randn(9, 16, generator=torch.Generator().manual_seed(2)), dim=-1)
    scores = laclip_vectors(whole, crops, weighting=weighting) @ texts.T
    for image in range(5):
        cosines = [float(whole[image].double() @ crop.double()) for crop in crops[image]]
        raw = [math.exp(math.exp(4) * c) if weighting == "softmax" else max(c, 0.0) for c in cosines]
        for text in range(9):
            looped = sum(
                w / sum(raw) * float(crop.double() @ texts[text].double())
                for w, crop in zip(raw, crops[image], strict=True)
            )
            assert float(scores[image, text]) == pytest.approx(looped, abs=1e-6)


def test_renormalised_vectors_have_length_one_and_published_ones_have_not() -> None:
    whole, crops = made(3)
    assert laclip_vectors(whole, crops).norm(dim=1).min() < 0.99
    assert laclip_vectors(whole, crops, renormalize=True).norm(dim=1) == pytest.approx(torch.ones(5))


def test_the_whole_picture_may_count_as_a_crop() -> None:
    whole, crops = made(4)
    weights = crop_weights(whole, torch.cat([whole[:, None], crops], dim=1))
    assert (weights.argmax(dim=1) == 0).all()
    expected = torch.einsum("nk,nkd->nd", weights, torch.cat([whole[:, None], crops], dim=1))
    assert torch.allclose(laclip_vectors(whole, crops, include_global=True), expected)


def test_crops_equal_to_the_whole_change_nothing() -> None:
    whole, _ = made(5)
    assert torch.allclose(laclip_vectors(whole, whole[:, None].expand(-1, 6, -1)), whole, atol=1e-6)


def test_crops_that_all_point_away_weigh_the_same() -> None:
    whole = torch.tensor([[1.0, 0.0]])
    crops = torch.tensor([[[-1.0, 0.0], [0.0, 1.0]]])
    assert crop_weights(whole, crops - 0.5, "cosine").tolist() == [[0.5, 0.5]]
