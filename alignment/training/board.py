"""The records as TensorBoard files, for those who watch a run in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from alignment.errors import MissingDependencyError


def open_board(folder: Path) -> Callable[[Mapping[str, Any]], None]:
    """What writes a record into `folder`. Raises MissingDependencyError without the package."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise MissingDependencyError(
            "finetune.tensorboard needs a package that is not installed: pip install 'tuwen[tensorboard]'"
        ) from error
    writer = SummaryWriter(str(folder))

    def write(record: Mapping[str, Any]) -> None:
        for name, value in _scalars(record):
            writer.add_scalar(f"{record['stage']}/{name}", value, record["step"])
        writer.flush()

    return write


def _scalars(values: Mapping[str, Any], above: str = "") -> list[tuple[str, float]]:
    """Every number of a record, with its path as its name."""
    found: list[tuple[str, float]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found += _scalars(value, f"{above}{name}/")
        elif isinstance(value, (int, float)) and name not in ("step", "epoch"):
            found.append((f"{above}{name}", float(value)))
    return found
