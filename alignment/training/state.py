"""Where a run stands, on disk: written whole or not at all, so that a run killed at any moment goes on.

    state.pt      weights that are trained, optimizer, position in the epoch, records so far
    best.pt       the weights of the best validation of the stage in hand
    metrics.jsonl the records, to look at meanwhile
    stage-0.pt …  the weights each finished stage ended with

Batches, cuts of pictures and dropout masks are functions of seed and position, so there is no state of random
generators to keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from alignment.backbones.checkpoints import UNREADABLE
from alignment.errors import ModelFileError
from dataset_cards.files import json_line, make_folder, replace_text, replacing

Weights = dict[str, Tensor]


@dataclass
class Position:
    """How far a run has come; all but weights and optimizer."""

    stage: int = 0
    epoch: int = 0
    """Of the stage."""
    batch: int = 0
    """Of the epoch: the next to be taken."""
    step: int = 0
    """Steps taken in the stage."""
    steps_before: int = 0
    """Steps of the stages before."""
    best: float | None = None
    """Highest validation mean recall of the stage."""
    best_step: int = 0
    best_epoch: int = 0
    stale: int = 0
    """Validations since then."""
    records: list[dict[str, Any]] = field(default_factory=list)


class StateFolder:
    """The files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_folder(folder)

    def read(self) -> tuple[Position, dict[str, Any]]:
        """The position and the rest of what was last saved; a new position and nothing else at the start."""
        path = self.folder / "state.pt"
        if not path.is_file():
            return Position(), {}
        saved = read_tensors(path)
        return Position(**saved.pop("position")), saved

    def save(self, position: Position, **rest: Any) -> None:
        """Write the position with tensors and plain values of any names."""
        write_tensors(self.folder / "state.pt", {"position": asdict(position), **rest})
        write_records(self.folder / "metrics.jsonl", position.records)

    @property
    def best(self) -> Path:
        """The best weights of the stage in hand."""
        return self.folder / "best.pt"

    def finished_stage(self, number: int) -> Path:
        """The weights stage `number` ended with."""
        return self.folder / f"stage-{number}.pt"


def write_records(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """One record a line."""
    replace_text(path, "".join(map(json_line, records)))


def trained_weights(module: nn.Module) -> Weights:
    """A copy, on the CPU, of the parameters that take gradients."""
    return {
        name: parameter.detach().cpu().clone()
        for name, parameter in module.named_parameters()
        if parameter.requires_grad
    }


def put_weights(module: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Copy weights into the parameters and buffers of these names."""
    named = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    with torch.no_grad():
        for name, weight in weights.items():
            named[name].copy_(weight)


def read_tensors(path: Path) -> dict[str, Any]:
    """A file of tensors and plain values. Raises ModelFileError when it cannot be read."""
    try:
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except UNREADABLE as error:
        remedy = "begin anew (tuwen finetune --no-resume)"
        raise ModelFileError(path, f"the state of the run cannot be read; {remedy}") from error
    return saved


def write_tensors(path: Path, values: Mapping[str, Any]) -> None:
    """Write tensors and plain values so that a reader finds the old file or the new one, whole."""
    with replacing(path) as file:
        torch.save(dict(values), file)
