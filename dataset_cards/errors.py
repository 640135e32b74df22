"""The errors of this floor, so that readers of versions need not know the extractors."""

from extractors.errors import DamagedWorkspaceError, MissingDependencyError, UsageError

__all__ = ["DamagedWorkspaceError", "MissingDependencyError", "UsageError"]
