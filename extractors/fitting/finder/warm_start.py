"""Begins a training with the weights of an exported model, whose checkpoint need not exist any more.

Export folds each batch norm into its convolution. Here each convolution gets a batch norm back that leaves
its output as it is: it multiplies by the spread of its input and adds the mean, as seen on drawn pages. So
the network answers as the file does; with the statistics of a batch, nearly so.

Folding leaves small filters, which the first few hundred steps would overwrite. They are scaled to the size
that training gives them, which batch norm takes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from extractors.errors import UsageError
from extractors.fitting.finder.network import Convolution, FinderNetwork

FILTER_SIZE = 0.05
"""Root mean square to which the filters before a batch norm are scaled."""
_PREFIX = "network."
_HALVED = ".parametrizations.weight.original"


def load_exported(network: FinderNetwork, model: Path, pages: Iterable[Tensor]) -> None:
    """Give `network` the weights of the exported file `model`.

    `pages` are batches B x 3 x H x W, 0..255, on which the inputs of the batch norms are measured.

    Raises UsageError where the file holds no network of the same widths.
    """
    stored = _stored(model)
    convolutions = {name: part for name, part in network.named_modules() if isinstance(part, Convolution)}
    scales = []
    for name, part in convolutions.items():
        filters, folded = stored.get(f"{name}.0.weight"), stored.pop(f"{name}.0.bias", None)
        if filters is not None and folded is not None:
            scales.append(FILTER_SIZE / float(filters.square().mean().sqrt()))
            filters *= scales[-1]
            stored |= {
                f"{name}.1.{key}": value for key, value in _neutral(part[1], folded, scales[-1]).items()
            }
    try:
        network.load_state_dict(stored)
    except RuntimeError as error:
        what = str(error).splitlines()[1].strip()
        raise UsageError(f"{model}: holds another network than the one to be trained: {what}") from None
    _normalise([part[1] for part in convolutions.values()], scales, network, pages)


def _stored(model: Path) -> dict[str, Tensor]:
    """The weights in an exported file as float32, by the names that they have in the network."""
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    try:
        tensors = onnx.load(str(model)).graph.initializer
    except DecodeError:
        raise UsageError(f"{model}: is no ONNX file; name an exported .onnx file") from None
    return {
        tensor.name.removeprefix(_PREFIX).replace(_HALVED, ".weight"): torch.tensor(
            numpy_helper.to_array(tensor)
        ).float()
        for tensor in tensors
    }


def _neutral(norm: Any, folded: Tensor, scale: float) -> dict[str, Tensor]:
    """The state of a batch norm that divides by `scale` and adds `folded`."""
    one = torch.ones_like(folded)
    return {
        "weight": one * (1 + norm.eps) ** 0.5 / scale,
        "bias": folded,
        "running_mean": 0 * one,
        "running_var": one,
        "num_batches_tracked": torch.zeros_like(norm.num_batches_tracked),
    }


def _normalise(
    norms: list[Any], scales: list[float], network: FinderNetwork, pages: Iterable[Tensor]
) -> None:
    """Let neutral batch norms normalise by the mean and spread that their inputs have on `pages`."""
    moments: dict[int, list[tuple[Tensor, Tensor]]] = {index: [] for index in range(len(norms))}

    def measure(index: int, _: nn.Module, inputs: tuple[Tensor]) -> None:
        variance, mean = torch.var_mean(inputs[0], (0, 2, 3), correction=0)
        moments[index].append((mean, variance + mean**2))

    hooks = [norm.register_forward_pre_hook(partial(measure, index)) for index, norm in enumerate(norms)]
    network.eval()
    with torch.no_grad():
        for batch in pages:
            network(batch)
        for index, norm in enumerate(norms):
            hooks[index].remove()
            mean, square = (torch.stack(seen).mean(0) for seen in zip(*moments[index], strict=True))
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(square - mean**2).clamp_(min=0)
            norm.weight.copy_((norm.running_var + norm.eps).sqrt() / scales[index])
            norm.bias.add_(mean / scales[index])
    network.train()
