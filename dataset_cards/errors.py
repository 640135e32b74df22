"""The errors of this floor, so that readers of versions need not know the extractors."""

from extractors.errors import (
    BAD_INPUT,
    DamagedWorkspaceError,
    MissingDependencyError,
    TuwenError,
    UsageError,
)

__all__ = [
    "BAD_INPUT",
    "DamagedWorkspaceError",
    "MissingDependencyError",
    "NoPairsError",
    "TuwenError",
    "UsageError",
]


class NoPairsError(UsageError):
    """Books and people together came to no image–text pair: there is nothing to publish."""
