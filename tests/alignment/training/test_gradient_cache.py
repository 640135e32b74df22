from __future__ import annotations

import pytest
import torch
from torch import Tensor

from alignment.backbones.chinese_clip import ChineseClip
from alignment.training.gradient_cache import Outputs, View, backward
from alignment.training.losses.contrast import symmetric_contrast

ROWS = 7


def gradients(backbone: ChineseClip, chunk: int, dropout: bool) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randn(ROWS, 3, 32, 32, generator=generator)
    tokens = backbone.tokenize([f"第{number}幅，{'莲花' * (number % 3)}" for number in range(ROWS)])
    backbone.train(dropout)
    backbone.module.zero_grad()

    def loss(outputs: Outputs) -> tuple[Tensor, None]:
        (images,), (texts, _) = outputs["images"], outputs["texts"]
        scale = backbone.logit_scale.exp()
        return symmetric_contrast(images, texts[:, 0], scale, torch.eye(ROWS, dtype=torch.bool)), None

    views = {
        "images": View(pixels, lambda rows: (backbone.encode_images(rows),)),
        "texts": View(tokens, backbone.encode_words),
    }
    backward(views, loss, chunk=chunk, seed=5)
    named = backbone.module.named_parameters()
    return {name: parameter.grad.clone() for name, parameter in named if parameter.grad is not None}


@pytest.mark.parametrize("chunk", [1, 3, 7, 50])
def test_cached_gradients_are_the_plain_ones(mini: ChineseClip, chunk: int) -> None:
    plain, cached = gradients(mini, 0, dropout=False), gradients(mini, chunk, dropout=False)
    assert plain.keys() == cached.keys()
    assert "logit_scale" in plain
    assert plain["logit_scale"].abs() > 0
    for name, gradient in plain.items():
        assert torch.allclose(gradient, cached[name], atol=1e-6, rtol=1e-4), name


def test_both_passes_drop_the_same(mini: ChineseClip) -> None:
    plain, cached = gradients(mini, 0, dropout=True), gradients(mini, ROWS, dropout=True)
    for name, gradient in plain.items():
        assert torch.allclose(gradient, cached[name], atol=1e-6, rtol=1e-4), name
    still = gradients(mini, 0, dropout=False)
    assert not torch.allclose(plain["text_projection"], still["text_projection"], rtol=1e-2)
