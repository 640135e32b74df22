from __future__ import annotations

import math

import pytest
import torch

from alignment.backbones.base import lock_tower
from alignment.backbones.chinese_clip import ChineseClip
from alignment.training.optimisation import (
    build_optimizer,
    keep_scale_low,
    learning_rates,
    schedule,
    set_learning_rates,
)
from tests.alignment.backbones.small import small_resnet


def groups_by_name(backbone: ChineseClip, **options: float) -> dict[str, dict[str, float]]:
    settings = {"lr": 1.0, "image_lr_ratio": 0.1, "weight_decay": 0.2, **options}
    optimizer = build_optimizer(backbone, **settings)
    names = {id(parameter): name for name, parameter in backbone.module.named_parameters()}
    return {names[id(parameter)]: group for group in optimizer.param_groups for parameter in group["params"]}


def test_every_weight_is_in_one_group_and_only_matrices_decay(mini: ChineseClip) -> None:
    groups = groups_by_name(mini)
    assert set(groups) == {name for name, _ in mini.module.named_parameters()}
    undecayed = {name for name, group in groups.items() if group["weight_decay"] == 0}
    for name, parameter in mini.module.named_parameters():
        plain = parameter.ndim < 2 or "position" in name or "token_type" in name
        assert (name in undecayed) == plain, name
    assert "bert.encoder.layer.0.output.LayerNorm.weight" in undecayed
    assert "logit_scale" in undecayed
    assert "bert.embeddings.word_embeddings.weight" not in undecayed


def test_towers_and_layers_have_their_own_rates(mini: ChineseClip) -> None:
    groups = groups_by_name(mini, layer_decay=0.5)
    rates = {name: group["peak"] for name, group in groups.items()}
    assert rates["text_projection"] == 1
    assert rates["bert.encoder.layer.1.output.dense.weight"] == 0.5
    assert rates["bert.encoder.layer.0.output.dense.weight"] == 0.25
    assert rates["bert.embeddings.word_embeddings.weight"] == 0.125
    assert rates["visual.proj"] == pytest.approx(0.1)
    assert rates["visual.transformer.resblocks.0.mlp.c_fc.weight"] == pytest.approx(0.025)
    assert rates["visual.conv1.weight"] == rates["visual.class_embedding"] == pytest.approx(0.0125)
    assert rates["logit_scale"] == 1


def test_a_residual_networks_stages_have_their_own_rates() -> None:
    rates = {
        name: group["peak"]
        for name, group in groups_by_name(small_resnet(), layer_decay=0.5, image_lr_ratio=1.0).items()
    }
    assert rates["visual.attnpool.positional_embedding"] == rates["visual.attnpool.q_proj.weight"] == 1
    assert rates["visual.layer4.0.conv1.weight"] == 0.5
    assert rates["visual.layer1.0.bn3.weight"] == 0.0625
    assert rates["visual.conv1.weight"] == rates["visual.bn3.bias"] == 0.03125


def test_locked_towers_are_left_out(mini: ChineseClip) -> None:
    lock_tower(mini, "image")
    assert not any(name.startswith("visual.") for name in groups_by_name(mini))


def test_the_rate_rises_then_falls(mini: ChineseClip) -> None:
    factors = [schedule(step, 100, 10) for step in range(100)]
    assert factors[:3] == pytest.approx([0.1, 0.2, 0.3])
    assert max(factors) == factors[9] == 1
    assert factors[55] == pytest.approx(0.5)
    assert sorted(factors[10:], reverse=True) == factors[10:]
    assert 0 <= factors[-1] < 0.001
    optimizer = build_optimizer(mini, lr=2.0, image_lr_ratio=0.1, weight_decay=0.0)
    set_learning_rates(optimizer, 0.25)
    assert learning_rates(optimizer) == pytest.approx({"text": 0.5, "image": 0.05, "scale": 0.5})


def test_the_scale_stays_below_a_hundred(mini: ChineseClip) -> None:
    with torch.no_grad():
        mini.logit_scale.fill_(7.0)
    keep_scale_low(mini.logit_scale)
    assert mini.logit_scale.item() == pytest.approx(math.log(100))
