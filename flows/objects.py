"""Durable files: atomic writes, and a store of read-only files named by their sha256.

A reader never sees a half-written file: bytes go to a temporary file in the same folder, are fsynced, and
take their name by a rename, after which the folder is fsynced. A crash between any two steps leaves at most
a temporary file, which `ObjectStore.sweep` removes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.errors import DamagedWorkspaceError

TEMPORARY_SUFFIX = ".part"
READ_ONLY = 0o444
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a stage wrote: its name in the stage's folder, and the object that holds its bytes."""

    path: str
    sha256: str
    size: int
    """Bytes."""


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write `data` to `path` so that a reader finds all of it or the file as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=TEMPORARY_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """sha256 of the file's bytes, lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


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
            write_atomic(self.path(stored.sha256), data, mode=READ_ONLY)
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
            raise DamagedWorkspaceError(f"{path}: missing or cut short; `tuwen build` makes it again")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != stored.sha256:
            raise DamagedWorkspaceError(f"{path}: its bytes have changed; `tuwen build` makes it again")
        return data

    def sweep(self) -> int:
        """Remove temporary files a crash left behind; the caller holds the lock. Returns how many."""
        leftovers = list(self.root.glob(f"*/.*{TEMPORARY_SUFFIX}"))
        for leftover in leftovers:
            leftover.unlink()
        return len(leftovers)

    def __iter__(self) -> Iterator[str]:
        """Every stored sha256, sorted."""
        return iter(sorted(path.name for path in self.root.glob("??/*") if not path.name.startswith(".")))
