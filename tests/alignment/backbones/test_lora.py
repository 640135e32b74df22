from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch

from alignment.backbones.base import lock_tower
from alignment.backbones.chinese_clip import ChineseClip
from alignment.backbones.lora import add_adapters, has_adapters, merge_adapters
from tests.alignment.backbones.small import TEXTS, small_resnet, small_vit


def _features(backbone: ChineseClip) -> torch.Tensor:
    size = backbone.image_size
    pixels = torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(0))
    return torch.cat([backbone.encode_images(pixels), backbone.encode_texts(backbone.tokenize(TEXTS))])


def _train(backbone: ChineseClip, steps: int = 3) -> None:
    optimizer = torch.optim.SGD([one for one in backbone.module.parameters() if one.requires_grad], lr=1.0)
    for _ in range(steps):
        optimizer.zero_grad()
        _features(backbone).square().mean().backward()  # type: ignore[no-untyped-call]
        optimizer.step()


@pytest.mark.parametrize("make", [small_vit, small_resnet])
def test_adapters_start_as_nothing_learn_and_merge_to_the_bit(make: Callable[[], ChineseClip]) -> None:
    backbone = make()
    names = list(backbone.module.state_dict())
    with torch.no_grad():
        before = _features(backbone)
    added = add_adapters(backbone, rank=2)
    trained = [name for name, one in backbone.module.named_parameters() if one.requires_grad]
    assert sum(backbone.module.get_parameter(name).numel() for name in trained) == added + 1
    assert all(name.endswith((".up", ".down")) for name in trained if name != "logit_scale")
    with torch.no_grad():
        assert torch.equal(_features(backbone), before)
    _train(backbone)
    with torch.no_grad():
        learnt = _features(backbone)
        plain = copy.deepcopy(backbone)
        merge_adapters(plain.module)
        assert torch.equal(_features(plain), learnt)
        assert torch.equal(_features(backbone), learnt)
    assert not torch.allclose(learnt, before)
    assert has_adapters(backbone.module)
    assert not has_adapters(plain.module)
    assert sorted(plain.module.state_dict()) == sorted(names)


def test_attention_of_pictures_is_adapted_too() -> None:
    backbone = small_vit()
    add_adapters(backbone, rank=2, texts=False)
    adapted = {name for name, _ in backbone.image_parameters() if name.endswith(".up")}
    assert "visual.transformer.resblocks.0.attn.parametrizations.in_proj_weight.0.up" in adapted
    assert len(adapted) == 4 * 2
    assert all(one.requires_grad and not name.endswith(".up") for name, one in backbone.text_parameters())


def test_the_adapted_weights_stay_locked_when_their_tower_is_unlocked() -> None:
    backbone = small_vit()
    add_adapters(backbone, rank=2)
    weights = {
        name: value.clone()
        for name, value in backbone.module.state_dict().items()
        if name.endswith(".original")
    }
    lock_tower(backbone, "text")
    assert not any(one.requires_grad for _, one in backbone.text_parameters())
    lock_tower(backbone, "text", locked=False)
    _train(backbone)
    assert weights
    for name, value in weights.items():
        assert torch.equal(backbone.module.state_dict()[name], value)
