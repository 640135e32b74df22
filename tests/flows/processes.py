"""Child processes of tests: they end with the test, whatever becomes of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


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
