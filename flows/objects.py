"""A store of read-only files named by their sha256, written as `extractors.durable` does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.durable import READ_ONLY, file_sha256, replace_bytes, sweep
from extractors.errors import DamagedWorkspaceError

REMEDY = "`tuwen verify --repair` makes it again"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a stage wrote: its name in the stage's folder, and the object that holds its bytes."""

    path: str
    sha256: str
    size: int
    """Bytes."""


class ObjectStore:
    """Files named by their content: `root`/ab/<sha256>, read-only."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the object lies, whether or not it is there."""
        return self.root / sha256[:2] / sha256

    def put(self, data: bytes, name: str) -> StoredFile:
        """Store `data`; an object already there is believed only if its bytes are right, else replaced."""
        stored = StoredFile(name, hashlib.sha256(data).hexdigest(), len(data))
        if not self.is_sound(stored):
            replace_bytes(self.path(stored.sha256), data, mode=READ_ONLY)
        return stored

    def is_there(self, stored: StoredFile) -> bool:
        """Whether the object exists with the right size: the quick check."""
        try:
            return self.path(stored.sha256).stat().st_size == stored.size
        except FileNotFoundError:
            return False

    def is_sound(self, stored: StoredFile) -> bool:
        """Whether the object exists and its bytes are right: the full check."""
        return self.is_there(stored) and file_sha256(self.path(stored.sha256)) == stored.sha256

    def read(self, stored: StoredFile) -> bytes:
        """The object's bytes. Raises DamagedWorkspaceError when they are missing or wrong."""
        path = self.path(stored.sha256)
        if not self.is_there(stored):
            raise DamagedWorkspaceError(
                f"{path}: missing or cut short; `tuwen verify --repair` makes it again"
            )
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != stored.sha256:
            raise DamagedWorkspaceError(
                f"{path}: its bytes have changed; `tuwen verify --repair` makes it again"
            )
        return data

    def sweep(self) -> int:
        """Remove temporary files a crash left behind; the caller holds the lock. Returns how many."""
        return sweep(self.root)

    def __iter__(self) -> Iterator[str]:
        """Every stored sha256, sorted."""
        return iter(sorted(path.name for path in self.root.glob("??/*") if not path.name.startswith(".")))
