"""A running mean of the weights (EMA): steadier than those of any one step (Polyak and Juditsky, 1992)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from alignment.training.state import Weights, put_weights


class RunningMean:
    """m ← d · m + (1 − d) · w after every step, of the weights that take gradients.

    d is `decay`, less in the first steps, (1 + n) / (10 + n) after n of them, so that the start is soon
    forgotten. With a decay of 0 there is no mean: the weights stand for themselves.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._module, self._decay = module, decay
        self.weights = self._copy() if decay else {}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after `step`, counted from 1."""
        share = 1 - min(self._decay, (1 + step) / (10 + step))
        for name, parameter in self._module.named_parameters():
            if name in self.weights:
                self.weights[name].lerp_(parameter, share)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The mean in the place of the weights, for the time of a block."""
        if not self._decay:
            yield
            return
        weights = self._copy()
        put_weights(self._module, self.weights)
        yield
        put_weights(self._module, weights)

    def take_up(self, weights: Weights) -> None:
        """Go on from a saved mean."""
        for name, weight in weights.items():
            self.weights[name].copy_(weight)

    def _copy(self) -> Weights:
        return {
            name: parameter.detach().clone()
            for name, parameter in self._module.named_parameters()
            if parameter.requires_grad
        }
