from __future__ import annotations

import pytest
import torch
from torch import nn

from alignment.training.running_mean import RunningMean


def module_of(*values: float) -> nn.Linear:
    module = nn.Linear(1, len(values))
    with torch.no_grad():
        module.weight.copy_(torch.tensor(values)[:, None])
    module.bias.requires_grad_(False)
    return module


def test_the_mean_is_its_formula_and_stands_in_for_a_block_only() -> None:
    module = module_of(0.0, 8.0)
    mean = RunningMean(module, 0.5)
    expected = module.weight.detach().clone()
    for step, value in enumerate((1.0, -2.0, 4.0), start=1):
        with torch.no_grad():
            module.weight.fill_(value)
        mean.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
    with mean.in_place():
        assert torch.allclose(module.weight, expected)
    assert module.weight.unique().item() == 4
    assert set(mean.weights) == {"weight"}  # the bias is locked


def test_a_saved_mean_is_taken_up() -> None:
    module = module_of(1.0)
    mean = RunningMean(module, 0.9)
    mean.take_up({"weight": torch.tensor([[5.0]])})
    with mean.in_place():
        assert module.weight.item() == 5
    assert module.weight.item() == 1


@pytest.mark.parametrize("step", [1, 1000])
def test_without_decay_there_is_no_mean(step: int) -> None:
    module = module_of(3.0)
    mean = RunningMean(module, 0.0)
    with torch.no_grad():
        module.weight.fill_(7.0)
    mean.update(step)
    with mean.in_place():
        assert module.weight.item() == 7
    assert mean.weights == {}
