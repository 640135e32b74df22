"""One builder, one training at a time: an flock on a folder, which the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractors.errors import BusyError

FILE_NAME = ".lock"


@contextmanager
def workspace_lock(workspace: Path, what: str = "build") -> Iterator[None]:
    """Hold the folder for `what`; raises BusyError naming the process that holds it already."""
    path = workspace / FILE_NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
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
    """The process that holds the workspace now, or None; 0 when it has not yet said who it is."""
    try:
        descriptor = os.open(workspace / FILE_NAME, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.read(descriptor, 32).strip() or b"0")
    finally:
        os.close(descriptor)
    return None
