"""Writes the trained network as ONNX, its weights stored as float16 and widened when it is loaded.

Beside it a JSON file says how it was made.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from extractors.errors import UsageError
from extractors.figures.finder_input import SINGLE
from extractors.fitting.finder.network import Convolution, FinderNetwork
from extractors.fitting.finder.provenance import model_digest
from extractors.fitting.finder.training import CHECKPOINT

OPSET = 17
LARGE = 256
"""Tensors with more numbers than this are stored as float16: half the file, the same arithmetic."""


class _Widened(nn.Module):
    """A weight kept as float16, used as float32."""

    def forward(self, half: Tensor) -> Tensor:
        return half.float()


class _Answers(nn.Module):
    """The network with its logits turned into 0..1."""

    def __init__(self, network: FinderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pages: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        score, distance, maps = self.network(pages)
        return torch.sigmoid(score), distance, torch.sigmoid(maps)


def _prepared(network: FinderNetwork) -> nn.Module:
    """The network for export: each batch norm folded into its convolution, large weights halved."""
    network.eval()
    for module in network.modules():
        if isinstance(module, Convolution):
            module[0] = torch.nn.utils.fusion.fuse_conv_bn_eval(module[0], module[1])  # type: ignore[type-var, arg-type]
            module[1] = nn.Identity()
    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear) and module.weight.numel() > LARGE:
            module.weight = nn.Parameter(module.weight.detach().half(), requires_grad=False)
            parametrize.register_parametrization(module, "weight", _Widened(), unsafe=True)
    return _Answers(network).eval()


def export(run: Path, path: Path) -> str:
    """Write the averaged weights of the run in folder `run` to `path`, and how they were made to `path`.json.

    Returns what was written, in words.

    Raises UsageError where the folder holds no run.
    """
    if not (run / CHECKPOINT).exists():
        raise UsageError(f"{run}: no {CHECKPOINT}; train first")
    state = torch.load(run / CHECKPOINT, weights_only=True)
    network = FinderNetwork(tuple(state["plan"]["widths"]))
    network.load_state_dict(state["averaged"])
    names = {"score": "8", "distance": "8", "maps": "4"}
    axes = {"page": {2: "height", 3: "width"}}
    axes |= {name: {2: f"height{step}", 3: f"width{step}"} for name, step in names.items()}
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the exporter's advice to use its successor, which needs more packages
        torch.onnx.export(
            _prepared(network),
            (torch.zeros(1, 3, *SINGLE),),
            str(path),
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=False,  # folding would widen the stored weights
            input_names=["page"],
            output_names=list(names),
            dynamic_axes=axes,
        )
    made = {
        "model": model_digest(path),
        "sources": state["progress"]["sources"],
        "torch": torch.__version__,
        "plan": state["plan"] | {"widths": list(state["plan"]["widths"])},
        "steps": state["progress"]["step"],
        "pages": state["progress"]["pages"],
        "minutes": round(state["progress"]["seconds"] / 60),
    }
    path.with_suffix(".json").write_text(json.dumps(made, indent=1) + "\n")
    return (
        f"{path}: {path.stat().st_size / 1e6:.1f} MB, {made['pages']} pages seen in {made['minutes']} minutes"
    )
