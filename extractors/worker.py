"""The life of a worker process, which `extractors.sandbox` starts and ends: one job after the other."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import resource
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from extractors.errors import PageError, TuwenError
from extractors.pymupdf_layout import keep_layout_networks_out
from extractors.worker_messages import (
    JOB,
    READY,
    error_message,
    failure_message,
    result_message,
    result_type,
)


class WorkerStartError(TuwenError):
    """No worker process could be started, so that no job can run at all."""


def serve() -> None:
    """Says it is ready, then answers one job after the other until the parent goes."""
    connection: Connection[Any, Any] = Connection(int(sys.argv[1]))
    sys.argv[1:] = []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # crashes are expected: no gigabytes of core files
    _die_with_parent()
    keep_layout_networks_out()
    function: Callable[[Any], Any] = repr  # never called: a function comes before the first job
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            message = connection.recv_bytes()
            kind, content = message[:1], message[1:]
            if kind == JOB:
                connection.send_bytes(_answer(function, content))
                continue
            try:
                function = _loaded(content)
            except TuwenError as error:
                connection.send_bytes(_raised(error))
            else:
                connection.send_bytes(READY)


def _die_with_parent() -> None:
    """Has the kernel end this process when the parent's end of stdin closes, even inside native code.

    The parent never writes there, so the only event is its end; the signal of an O_ASYNC file is SIGIO,
    whose default is to end the process.
    """
    lifeline = os.dup(0)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _loaded(start: bytes) -> Callable[[Any], Any]:
    """The job function. Raises WorkerStartError, or the TuwenError of an import (a missing package)."""
    try:
        function: Callable[[Any], Any] = pickle.loads(start)
    except TuwenError:
        raise
    except Exception as error:
        raise WorkerStartError(
            f"a worker process could not import the function of its jobs ({type(error).__name__}: {error}); "
            "it must live in an importable module."
        ) from error
    return function


def _answer(function: Callable[[Any], Any], job: bytes) -> bytes:
    """The message with the outcome of one job: what the function returned, or why it did not."""
    try:
        return result_message(result_type(function), function(pickle.loads(job)))
    except TuwenError as error:
        return _raised(error)
    except PageError as error:
        return failure_message(error.reason, str(error))
    except MemoryError:
        return failure_message("memory", "It ran out of memory.")
    except Exception as error:  # noqa: BLE001 - the boundary: any fault of a job becomes its outcome
        return failure_message("error", _described(error))


def _raised(error: TuwenError) -> bytes:
    """The message with an error for the parent to raise; a failed job where it could not."""
    return error_message(error) or failure_message("error", _described(error))


def _described(error: Exception) -> str:
    """Type, message and place of an unexpected error, on one line."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    return " ".join(f"{type(error).__name__}: {error}{place}".split())
