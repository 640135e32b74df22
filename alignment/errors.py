"""What can go wrong with a model, beside the errors of the floors below."""

from __future__ import annotations

from pathlib import Path

from dataset_cards.errors import (
    BAD_INPUT,
    DamagedWorkspaceError,
    MissingDependencyError,
    TuwenError,
    UsageError,
)

__all__ = [
    "BadDatasetError",
    "DamagedWorkspaceError",
    "KilledProcessError",
    "MissingDependencyError",
    "ModelFileError",
    "NotFiniteError",
    "TuwenError",
    "UsageError",
]


class ModelFileError(TuwenError):
    """A file that does not hold the model it should. `path` is the file."""

    exit_code = BAD_INPUT

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message

    def __reduce__(self) -> tuple[type[ModelFileError], tuple[Path, str]]:
        return type(self), (self.path, self.message)


class BadDatasetError(TuwenError):
    """A file of someone else's dataset that is not what it should be. `path` is the file."""

    exit_code = BAD_INPUT

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")


class NotFiniteError(TuwenError, ValueError):
    """Features or scores that are no numbers (NaN, infinity): nothing can be ranked by them."""

    exit_code = BAD_INPUT


class KilledProcessError(TuwenError):
    """A training process that a signal ended, such as that of a system short of memory."""
