"""The digest of code, so that readers of versions need not know the extractors."""

from extractors.code_digest import code_digest

__all__ = ["code_digest"]
