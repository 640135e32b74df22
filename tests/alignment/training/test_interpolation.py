from __future__ import annotations

import pytest
import torch

from alignment.backbones.chinese_clip import ChineseClip
from alignment.retrieval.metrics import Recalls
from alignment.training.interpolation import interpolate, sweep


def test_the_best_share_on_validation_is_kept(mini: ChineseClip) -> None:
    """Validation here likes the scale at 2.5: between 2 before and 3 after tuning."""
    module = mini.module
    with torch.no_grad():
        mini.logit_scale.fill_(2.0)
    before = {name: weight.clone() for name, weight in module.state_dict().items()}
    with torch.no_grad():
        mini.logit_scale.fill_(3.0)

    def recalls() -> Recalls:
        value = 1 - abs(float(mini.logit_scale.detach()) - 2.5)
        return Recalls({1: value}, {1: value}, 9, 9)

    share, found = sweep(module, before, (0.25, 0.5), recalls)
    assert share == 0.5
    assert found.keys() == {0.25, 0.5, 1.0}
    assert found[0.5].mean == pytest.approx(1)
    assert mini.logit_scale.item() == pytest.approx(2.5)


def test_of_equals_the_tuned_weights_are_kept_and_untouched(mini: ChineseClip) -> None:
    tuned = {name: weight.clone() for name, weight in mini.module.state_dict().items()}
    before = {name: torch.zeros_like(weight) for name, weight in tuned.items()}
    share, _ = sweep(mini.module, before, (0.5,), lambda: Recalls({1: 0.3}, {1: 0.3}, 9, 9))
    assert share == 1
    assert all(torch.equal(weight, tuned[name]) for name, weight in mini.module.state_dict().items())


def test_whole_numbers_are_not_mixed() -> None:
    before = {"count": torch.tensor(4), "weight": torch.tensor([1.0])}
    tuned = {"count": torch.tensor(8), "weight": torch.tensor([3.0])}
    assert interpolate(before, tuned, 0.25) == {"count": torch.tensor(8), "weight": torch.tensor([1.5])}
