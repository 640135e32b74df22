"""One folder put in the place of another: a crash half-way leaves the old one there or the new one."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from pathlib import Path

from extractors.durable import flush, flush_tree

# linux/fs.h and linux/fcntl.h.
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
# What the kernel, the C library or the file system says when it cannot exchange two names.
_NOT_SUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}


def swap_in(new: Path, target: Path) -> None:
    """Flush the folder `new`, put it at `target` beside it, and remove what was there.

    The two names are exchanged in one step where the file system can do that. Elsewhere the old folder is
    renamed away first; `recover` puts it back when the process is killed before the new one is in its place.
    """
    flush_tree(new)
    aside = _aside(target)
    if not target.exists():
        os.rename(new, target)
    elif _exchange(new, target):
        aside = new
    else:
        os.rename(target, aside)
        try:
            os.rename(new, target)
        except BaseException:
            os.rename(aside, target)
            raise
    flush(target.parent)
    if aside.exists():
        shutil.rmtree(aside)


def recover(target: Path) -> None:
    """Put back, or remove where it is not needed, the folder that a killed `swap_in` left beside `target`.

    To be called before `target` is looked at.
    """
    aside = _aside(target)
    if not aside.exists():
        return
    if target.exists():
        shutil.rmtree(aside)
    else:
        os.rename(aside, target)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where that is not supported. Raises OSError."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NOT_SUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))
