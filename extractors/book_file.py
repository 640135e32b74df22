"""A book as a file: opened only when it is a regular one, so that a pipe or a device never hangs a run."""

from __future__ import annotations

import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

from extractors.errors import FileAccessError, NoSuchFileError

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def open_book_file(path: Path) -> BufferedReader:
    """The file at `path`, open for reading.

    Raises NoSuchFileError, or FileAccessError for what is no regular file or may not be read.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits for a writer; on a regular file it changes nothing.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoSuchFileError(path, f"does not exist; check the path ({path}).") from None
    except OSError as error:
        kind = _kind_at(path)
        if kind:
            raise FileAccessError(path, f"is {kind}, no file; name a PDF file.") from None
        raise FileAccessError(
            path, f"cannot be read ({error.strerror}); check the path and its permissions."
        ) from error
    if kind := kind_of(os.fstat(descriptor)):
        os.close(descriptor)
        raise FileAccessError(path, f"is {kind}, no file; name a PDF file.")
    return os.fdopen(descriptor, "rb")


def kind_of(status: os.stat_result) -> str:
    """What it is that is no regular file, such as "a named pipe"; "" for a regular file."""
    if stat.S_ISREG(status.st_mode):
        return ""
    return _KINDS.get(stat.S_IFMT(status.st_mode), "something else")


def book_sha256(path: Path) -> str:
    """The SHA-256 of a book's bytes, lower-case hexadecimal. Raises FileAccessError as `open_book_file`."""
    with open_book_file(path) as file:
        try:
            return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise FileAccessError(path, f"cannot be read ({error.strerror}); check its disk.") from error


def _kind_at(path: Path) -> str:
    """As `kind_of`; "" also where nothing can be found out. A socket cannot be opened at all."""
    try:
        return kind_of(path.stat())
    except OSError:
        return ""
