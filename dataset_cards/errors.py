"""The errors of this floor, so that readers of versions need not know the extractors."""

from extractors.errors import DamagedWorkspaceError, UsageError

__all__ = ["DamagedWorkspaceError", "UsageError"]
