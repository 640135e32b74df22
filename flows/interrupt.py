"""Stopping at once: Ctrl-C or SIGTERM ends the workers and leaves with the published exit code.

Everything on disk is written so that a stop loses only the work in hand; so nothing is waited for.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeVar

import psutil  # type: ignore[import-untyped]

from extractors.errors import INTERRUPTED
from flows.progress import stop_display

T = TypeVar("T")

AWAKE_SECONDS = 0.2
"""How long a signal that the system gave to another thread may stay unanswered."""


def run_interruptible(
    work: Callable[[], T], *, abandon: Path | None = None, stop: Callable[[], None] | None = None
) -> T:
    """The result of `work`, run on a thread so that the main thread is free to answer signals.

    `abandon` is a folder of unfinished work: a stop removes it. `stop` is called at a stop, before all child
    processes are killed. Prefect takes SIGTERM over in a main thread
    and then waits for its tasks; a page may take two minutes.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed over whole, raised again below
            future.set_exception(error)

    before = signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        threading.Thread(target=run, name="work", daemon=True).start()
        # Python answers signals in the main thread, but only one that takes a signal itself is woken by it.
        while not wait([future], timeout=AWAKE_SECONDS).done:
            pass
        return future.result()
    except KeyboardInterrupt:
        _ignore_signals()
        if stop is not None:
            stop()
        leave(abandon)
    finally:
        signal.signal(signal.SIGTERM, before)


def leave(
    abandon: Path | None = None,
    *,
    code: int = INTERRUPTED,
    last_words: str = "interrupted: what was finished is kept",
) -> NoReturn:
    """End all child processes and this one with exit code `code`; remove the folder `abandon`."""
    _ignore_signals()
    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    if abandon is not None:
        shutil.rmtree(abandon, ignore_errors=True)
    stop_display()
    print(last_words, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _ignore_signals() -> None:
    # A second signal (timeout sends two, a person presses Ctrl-C again) must not stop the stopping.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
