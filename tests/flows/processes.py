"""Child processes of tests: which one was started, and that it ends with the test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]


def child_beside(others: set[psutil.Process]) -> psutil.Process:
    """The one child process that is not among `others`.

    Not the last of them all: process numbers start again at their limit, and a newer process has a lower one.
    """
    (child,) = set(psutil.Process().children()) - others
    return child


@contextmanager
def running(command: Sequence[str], *, ready: str, stream: str = "stdout") -> Iterator[subprocess.Popen[str]]:
    """The process, once it has printed a line with `ready` on its stdout or stderr."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, **{stream: subprocess.PIPE})
    try:
        output = getattr(process, stream)
        line = output.readline()
        assert ready in line, line
        yield process
    finally:
        process.kill()
        process.communicate()
