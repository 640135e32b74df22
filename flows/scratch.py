"""Folders for unfinished work, each held by a lock that the kernel frees when its process dies.

A lock tells the living from the dead where a process number cannot: on another machine, in another container.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".tuwen-"
LOCK = "lock"
RETRY_SECONDS = 0.01
_token = secrets.token_hex(4)


def scratch_folder(out: Path) -> Path:
    """Where this process keeps its unfinished work below `out`."""
    return out / f"{PREFIX}{os.getpid()}-{_token}"


@contextmanager
def open_scratch(out: Path) -> Iterator[Path]:
    """The scratch folder below `out`, removed at the end; those of processes that died are removed first."""
    sweep_scratch(out)
    folder = scratch_folder(out)
    descriptor = _claim(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def sweep_scratch(out: Path) -> None:
    """Remove the scratch folders below `out` that no living process holds."""
    for folder in sorted(out.glob(f"{PREFIX}*")):
        try:
            descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            continue  # no folder, or another user's
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass  # held, or on a file system without locks, where nobody can tell
        finally:
            os.close(descriptor)


def _claim(folder: Path) -> int:
    """Make the folder and hold its lock, also when a sweeper takes it for a dead one in between."""
    while True:
        folder.mkdir(exist_ok=True)
        try:
            descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:
            continue
        if _holds(descriptor, folder / LOCK):
            return descriptor
        os.close(descriptor)
        time.sleep(RETRY_SECONDS)


def _holds(descriptor: int, path: Path) -> bool:
    """Lock the file; False when another process holds it or has removed it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: nobody sweeps there either
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
