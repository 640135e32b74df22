"""One builder, one training at a time: a lock on a folder, which the kernel frees when its holder dies.

An open-file-description lock (fcntl): unlike flock's, it can be asked for without being taken, so that a look
at the workspace never keeps a builder out.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractors.errors import BusyError

FILE_NAME = ".lock"
# struct flock of <fcntl.h>: type, whence, start, length (0: to the end), process; padded to its alignment.
_FLOCK = "hhqqi0q"


@contextmanager
def workspace_lock(workspace: Path, what: str = "build") -> Iterator[None]:
    """Hold the folder for `what`; raises BusyError naming the process that holds it already."""
    path = workspace / FILE_NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _request(fcntl.F_WRLCK))
        except (BlockingIOError, PermissionError):  # EAGAIN or EACCES, by the file system
            pid = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            raise BusyError(
                f"{workspace}: another {what} is running (process {pid}); wait for it or stop it"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)


def lock_holder(workspace: Path) -> int | None:
    """The process that holds the workspace now, or None; 0 when it has not yet said who it is.

    Takes no lock and writes nothing, so it never disturbs a builder and works on a read-only file system.
    """
    try:
        descriptor = os.open(workspace / FILE_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _request(fcntl.F_WRLCK))
        if struct.unpack(_FLOCK, answer)[0] == fcntl.F_UNLCK:
            return None
        said = os.read(descriptor, 32).strip()
        return int(said) if said.isdigit() else 0
    finally:
        os.close(descriptor)


def _request(kind: int) -> bytes:
    """The whole file, as fcntl wants it; of the kinds F_WRLCK is held by one process alone."""
    return struct.pack(_FLOCK, kind, os.SEEK_SET, 0, 0, 0)
